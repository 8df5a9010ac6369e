"""Withdrawing a notice of default: nobody is in default by it any longer, and its partner is told so."""

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import NotFound
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from closings.default_access import check_nothing_followed, check_withdrawal
from closings.default_notices import tell_of_withdrawal
from closings.models import Default, DefaultWithdrawal
from closings.services.defaults import lock_default
from funds.access import MANAGE, check_may
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of


@service
def request_withdrawal(*, default_id, reason: str, ctx: WriteContext) -> DefaultWithdrawal:
    """Withdraw the notice of a default; `reason` stands in the letter that takes its place. Without four eyes it counts
    at once; notice may be given anew afterwards.

    Raises Conflict where notice was not given or was withdrawn, or something was done about the default that counts or
    waits; InvalidInput without a reason.
    """
    default = Default.objects.select_related("item", "commitment", "call").filter(pk=default_id).first()
    if default is None:
        raise NotFound("not_found", "There is no such default.")
    default.role = check_may(ctx.by, default.fund_id, MANAGE)
    lock_default(default)
    check_withdrawal(default, ctx.by)
    withdrawal = DefaultWithdrawal(
        default=default,
        fund=default.fund,
        reason=(reason or "").strip(),
        four_eyes=default.fund.four_eyes,
        requested_by=ctx.by,
        requested_at=ctx.at,
    )
    raise_if(problems_of(withdrawal, ["reason"]))
    return WITHDRAWALS.ask(withdrawal, ctx=ctx)


@service
def approve_withdrawal(*, withdrawal_id, ctx: WriteContext) -> DefaultWithdrawal:
    """Let it take effect, as another person than the one who asked where the fund demanded it. Raises Conflict where
    something was done about the default meanwhile."""
    return WITHDRAWALS.approve(withdrawal_id, ctx=ctx)


@service
def reject_withdrawal(*, withdrawal_id, ctx: WriteContext) -> DefaultWithdrawal:
    """Turn it down: the notice stands, and its withdrawal may be asked for again."""
    return WITHDRAWALS.reject(withdrawal_id, ctx=ctx)


def _lock(withdrawal: DefaultWithdrawal) -> None:
    lock_default(withdrawal.default)
    withdrawal.fund = withdrawal.default.fund


def _withdraw(withdrawal: DefaultWithdrawal, ctx: WriteContext) -> None:
    WITHDRAWALS.approved(withdrawal, ctx)
    tell_of_withdrawal(withdrawal, ctx)


WITHDRAWALS = Decidable(
    pending=DefaultWithdrawal.objects.pending,
    fetch=("fund", "default__call", "default__item", "default__commitment__investor", "requested_by"),
    code="default_withdrawal",
    noun="withdrawal",
    asked="request_default_withdrawal",
    granted="withdraw_default",
    refused="reject_default_withdrawal",
    asked_by="requested_by",
    also=lambda withdrawal: [withdrawal.default, withdrawal.default.call, withdrawal.default.commitment],
    lock=_lock,
    check=lambda withdrawal, at: check_nothing_followed(withdrawal.default),
    effect=_withdraw,
)
