"""What the manager waived of its fees, used as the general partner's own contribution to a call.

The general partner is deemed to have paid its item, as far as what was waived goes; the partners who were spared the
fee pay as much for it, by a call of their own. No more cash comes in than without it: they pay less of a fee, and more
of an investment. Source: life of a fund, F4 (cashless contribution).
"""

from datetime import date

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import format_money, parse_amount
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from capital.models import CallItemCapital, CapitalCall, CapitalCallItem, CapitalCallLine
from capital.services.collecting import AskedLine, issue_collecting_call
from capital.services.setoffs import pay_set_off
from capital.services.told import tell_of_waived_fees
from fees.access import check_use_waived
from fees.models import FeeWaiverCall, FeeWaiverUse
from fees.queries.waivers import WaiverAccount, waiver_account
from fees.queries.working import schedules_of
from funds.access import MANAGE, check_may
from funds.models import Commitment, Fund
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of


@service
def use_waived_fees(
    *, fund_id, item_id, due_on: date, amount=None, reason: str = "", ctx: WriteContext
) -> FeeWaiverUse:
    """Ask to deem an item of a general partner paid out of what was waived: all that is owed of it, as far as the
    waived fees go, or a smaller `amount` (fund currency). The partners pay it by a call that is due on `due_on`. It
    takes effect where the fund demands no second person.

    Raises NotFound, InvalidInput for a day that is not ahead, Conflict for another partner's item, one of which nothing
    is owed, and more than is available.
    """
    role = check_may(ctx.by, fund_id, MANAGE)
    item = CapitalCallItem.objects.filter(pk=item_id, fund=fund_id).select_related("commitment").first()
    if item is None:
        raise NotFound("not_found", "There is no such part of a call.")
    row = FeeWaiverUse(item=item, fund_id=item.fund_id, due_on=due_on, reason=(reason or "").strip())
    _lock(row)
    row.role = role
    if item.commitment.kind != Commitment.Kind.GP:
        raise Conflict("fee.waiver_of_gp", "Only a general partner uses what was waived.", field="item_id")
    most = _most(row)
    row.amount = most
    if amount is not None:
        row.amount = parse_amount(amount, currency=row.fund.currency, field="amount")
    row.fund.role = role
    check_use_waived(row.account, ctx.by)
    row.effective_on, row.four_eyes = ctx.today(row.fund), row.fund.four_eyes
    row.recorded_at, row.recorded_by = ctx.at, ctx.by
    raise_if(problems_of(row, ["due_on", "reason"]))
    _check(row, ctx.at)
    return USES.ask(row, ctx=ctx)


@service
def approve_waiver_use(*, use_id, ctx: WriteContext) -> FeeWaiverUse:
    """Deem the item paid and ask the partners, as another person than the one who asked where the fund demanded it.
    Raises Conflict where less is owed or available by now."""
    return USES.approve(use_id, ctx=ctx)


@service
def reject_waiver_use(*, use_id, ctx: WriteContext) -> FeeWaiverUse:
    """Turn it down: the general partner pays its item itself."""
    return USES.reject(use_id, ctx=ctx)


def _lock(row: FeeWaiverUse) -> None:
    row.fund = Fund.objects.select_for_update(no_key=True).get(pk=row.fund_id)
    partners = Commitment.objects.filter(fund=row.fund).order_by("pk")
    list(partners.select_for_update(no_key=True, of=("self",)).values_list("pk"))
    CapitalCallItem.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.item_id)


def _most(row: FeeWaiverUse):
    """The most of it that can be used now: what is owed, as far as what was waived goes."""
    row.account = waiver_account(row.fund)
    owed = CallItemCapital.objects.get(pk=row.item_id).outstanding
    return min(owed, row.account.available)


def _check(row: FeeWaiverUse, at) -> None:
    most = _most(row)
    if most <= 0:
        raise Conflict("fee.nothing_to_use", "Nothing is owed here, or nothing is left of what was waived.")
    if row.amount > most:
        left = format_money(most, row.fund.currency)
        raise Conflict("fee.waiver_too_much", f"No more than {left} can be used here.", field="amount")
    if row.due_on <= row.fund.day_of(at):
        raise InvalidInput("due_on.past", "The partners pay on a day ahead.", field="due_on")


def _take_effect(row: FeeWaiverUse, ctx: WriteContext) -> None:
    USES.approved(row, ctx)
    account: WaiverAccount = row.account
    of_call = CapitalCall.objects.get(pk=row.item.call_id)
    call = CapitalCall(
        fund=row.fund,
        call_date=ctx.today(row.fund),
        due_date=row.due_on,
        purpose=f"Contribution for the general partner to Capital Call #{of_call.number}, of waived fees",
        created_by=ctx.by,
    )
    schedules = schedules_of(row.fund)
    line = CapitalCallLine(
        kind=CapitalCallLine.Kind.DEEMED_CONTRIBUTION,
        reduces_unfunded=schedules[-1].inside if schedules else True,
    )
    asked = AskedLine(line, account.parts(row.amount))
    issue_collecting_call(call, [asked], account.by_partner, ctx=ctx)
    FeeWaiverCall.objects.create(use=row, fund=row.fund, call=call)
    [paid] = pay_set_off(
        call_id=row.item.call_id,
        parts=[(row.item_id, row.amount, None)],
        value_date=row.effective_on,
        reference=f"Capital Call #{call.number}",
        waiver_use_id=row.pk,
        ctx=ctx,
    )
    tell_of_waived_fees(paid, ctx)


USES = Decidable(
    pending=FeeWaiverUse.objects.pending,
    fetch=("fund", "item__commitment", "item__call", "recorded_by"),
    code="fee_waiver_use",
    noun="use of waived fees",
    asked="request_fee_waiver_use",
    granted="use_waived_fees",
    refused="reject_fee_waiver_use",
    announced=False,
    also=lambda row: [row.fund, row.item.call],
    told=lambda row: {"amount": [None, row.amount]},
    lock=_lock,
    check=_check,
    effect=_take_effect,
)
