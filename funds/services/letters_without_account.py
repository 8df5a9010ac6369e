"""Whether notices of a fund may leave though no bank details are verified: asked for by an administrator, decided by
another person, ended by an administrator alone."""

from blackgem.lib import audit
from blackgem.lib.checks import out_of_state
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Forbidden
from blackgem.lib.sql import service
from funds.models import ControlChange, Fund

from .controls import Control, Kind, propose, register_control

FIELD = "letters_without_account"


def check_let_leave(fund: Fund, by) -> None:
    """Whether this person may ask that its letters leave without bank details."""
    _check_administrator(by)
    if fund.letters_without_account:
        raise out_of_state("letters.leave_already", f"Letters of {fund} leave without bank details already.")


def check_hold_back(fund: Fund, by) -> None:
    """Whether this person may end that."""
    _check_administrator(by)
    if not fund.letters_without_account:
        raise out_of_state("letters.held_already", f"No letter of {fund} leaves without bank details.")


def _check_administrator(by) -> None:
    if not by.is_superuser:
        raise Forbidden(
            "role.insufficient", "An administrator says whether letters may leave without bank details."
        )


@service
def let_letters_leave(*, fund_id: int, ctx: WriteContext) -> ControlChange:
    """Ask that notices of a fund may leave without payment instructions; another person decides it.

    Raises Forbidden("role.insufficient"), Conflict("letters.leave_already", "control.pending").
    """
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    check_let_leave(fund, ctx.by)
    asked = {"was": {FIELD: False}, "becomes": {FIELD: True}, "about": "letters without bank details"}
    return propose(funds=[fund.pk], kind=Kind.NO_ACCOUNT, **asked, ctx=ctx)


@service
def hold_letters_back(*, fund_id: int, ctx: WriteContext) -> Fund:
    """From now on notices of a fund leave with payment instructions only. Raises as `let_letters_leave`."""
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    check_hold_back(fund, ctx.by)
    _write(fund, False)
    changes = {FIELD: [True, False]}
    audit.record(verb="change_fund", ctx=ctx, subject=fund, fund_id=fund.pk, changes=changes)
    return fund


def _write(fund: Fund, leave: bool) -> None:
    fund.letters_without_account = leave
    fund.save(update_fields=[FIELD])


register_control(
    Kind.NO_ACCOUNT,
    Control(
        now=lambda change: {FIELD: change.fund.letters_without_account},
        apply=lambda change, ctx: _write(change.fund, change.becomes[FIELD]),
    ),
)
