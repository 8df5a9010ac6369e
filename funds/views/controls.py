"""The decisions about changes of a fund's controls."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.navigation import address
from blackgem.lib.pages import FormPage, form_page
from funds.forms.controls import TurnDownForm
from funds.models import Adviser
from funds.queries.controls import change_to_decline
from funds.services.controls import approve_change, reject_change

from .deciding import approval

approve_control_change = approval(approve_change, "The change is approved.")


def _page(request, change_id) -> FormPage | HttpResponse:
    change = change_to_decline(request.user, change_id)
    if asked := Adviser.objects.filter(change=change).first():
        return redirect("funds:adviser_decline", asked.pk)
    form = TurnDownForm(request.POST or None)
    form.fields["reason"].required = change.recorded_by != request.user
    return FormPage(template="funds/control_change_reject.html", form=form, context={"change": change})


@manager_page
@form_page(_page)
def reject_control_change(request: HttpRequest, page: FormPage, change_id: int) -> HttpResponse:
    """Turned down, with a reason that whoever asked reads, or taken back; where an investor asked for it, on the page
    that asks why on its behalf."""
    reject_change(change_id=change_id, reason=page.form.cleaned_data["reason"], ctx=context_of(request))
    messages.success(request, "The change is turned down.")
    return redirect(address("approvals"))
