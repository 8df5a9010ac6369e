"""What is mailed to whom, as the investor says itself."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page, found
from funds.models import Investor
from funds.services.mails import KINDS, check_switch_mails, seen_of, switch_mails, takers_of
from portal.reader import portal_page
from portal.row_security import outside

LABELS = {"gets_calls": "Capital call notices", "gets_distributions": "Distribution and refund notices"}


class MailsForm(forms.Form):
    """A tick for each kind of letter and mailbox; `seen` says which mailboxes these are."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data, *, takers):
        super().__init__(data, initial={"seen": seen_of(takers)})
        self.takers = takers
        for place, one in enumerate(takers):
            for kind in KINDS:
                self.fields[f"{kind}_{place}"] = forms.BooleanField(
                    label=LABELS[kind], required=False, initial=getattr(one, kind)
                )

    def groups(self):
        """Each mailbox with its ticks."""
        return [(one, [self[f"{kind}_{place}"] for kind in KINDS]) for place, one in enumerate(self.takers)]

    def gets(self) -> list[frozenset[str]]:
        """What is ticked of each mailbox, in their order."""
        ticked = self.cleaned_data
        return [
            frozenset(kind for kind in KINDS if ticked[f"{kind}_{place}"])
            for place in range(len(self.takers))
        ]


def _page(request, investor: UUID) -> FormPage:
    own = found(
        Investor.objects.filter(pk__in=[one.pk for one in request.reader.investors]), public_id=investor
    )
    if not request.reader.viewed_by:
        with outside():
            check_switch_mails(own, request.user)
    form = MailsForm(request.POST or None, takers=takers_of(own))
    return FormPage(template="portal/mails.html", form=form, context={"investor": own})


@portal_page
@form_page(_page)
def mails(request: HttpRequest, page: FormPage, investor: UUID) -> HttpResponse:
    """Which letters are mailed to which of the investor's mailboxes."""
    demand_fresh_factor(request)
    form = page.form
    switch_mails(investor=investor, gets=form.gets(), seen=form.cleaned_data["seen"], ctx=context_of(request))
    messages.success(request, "What is mailed to whom is saved. Everybody who takes notices is told.")
    return redirect("portal:profile")
