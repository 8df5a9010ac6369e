"""What a person had shown whole is shown for two minutes, in this session."""

from datetime import datetime, timedelta

from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib import audit
from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.navigation import address
from funds.services import payees, revealing

#: In the session: what was shown whole last, and until when.
REVEALED = "revealed"
SHOWN_FOR = timedelta(minutes=2)


def remember(request, row, at: datetime) -> None:
    request.session[REVEALED] = [audit.key(row), (at + SHOWN_FOR).isoformat()]


def is_revealed(request, row, at: datetime) -> bool:
    shown, until = request.session.get(REVEALED, (None, ""))
    return shown == audit.key(row) and at < datetime.fromisoformat(until)


@manager_page
@require_POST
@with_fresh_factor
def payee_details_reveal(request, payee_details_id):
    ctx = context_of(request)
    details = payees.reveal_payee_details(payee_details_id=payee_details_id, ctx=ctx)
    remember(request, details, ctx.at)
    return redirect("funds:payee_details", details.pk)


@manager_page
@require_POST
@with_fresh_factor
def bank_details_reveal(request, bank_details_id):
    ctx = context_of(request)
    details = revealing.reveal_bank_details(bank_details_id=bank_details_id, ctx=ctx)
    remember(request, details, ctx.at)
    return redirect("funds:bank_details_verify", details.pk)


@manager_page
@require_POST
@with_fresh_factor
def tax_reference_reveal(request, investor_id):
    ctx = context_of(request)
    investor = revealing.reveal_tax_reference(investor_id=investor_id, ctx=ctx)
    remember(request, investor, ctx.at)
    return redirect(address("investor", investor.pk))
