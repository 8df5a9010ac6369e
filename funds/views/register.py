"""The register: dated events of a commitment."""

from django.shortcuts import redirect
from django.utils import timezone

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page
from funds.access import MANAGE, check_may
from funds.forms.partners import RegisterEventForm
from funds.queries import funds as queries
from funds.queries.accounts import account_of
from funds.services import register as services

from .deciding import approval, refusal, say_asked


def _event_page(request, commitment_id) -> FormPage:
    commitment = queries.commitment_of(request.user, commitment_id)
    check_may(request.user, commitment.fund_id, MANAGE)
    today = commitment.fund.day_of(timezone.now())
    form = RegisterEventForm(
        request.POST or None, currency=commitment.fund.currency, initial={"effective_on": today}
    )
    context = {"commitment": commitment, "fund": commitment.fund, "account": account_of(commitment)}
    return FormPage(template="funds/register_event.html", form=form, context=context)


@manager_page
@form_page(_event_page)
def register_event(request, page: FormPage, commitment_id):
    """Increase, release, expire or reduce what a partner promised, from a day on, with the reason."""
    event = services.change_register(
        commitment_id=commitment_id, **page.form.cleaned_data, ctx=context_of(request)
    )
    say_asked(request, event, "change", "The commitment is changed.")
    return redirect("funds:commitment_edit", commitment_id)


approve_event = approval(services.approve_event, "The commitment is changed.", sees=True)
reject_event = refusal(services.reject_event, "The change is turned down.")
