"""Excusing a partner from an investment that was called already: the others are asked for its part, within a limit.

The items of the call stay as they were issued; dated changes of their lines say what is owed by now. What was paid too
much is cash of its receipt again, which a person applies or returns.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import format_money, parse_amount
from blackgem.lib.sql import service
from capital.access import check_excuse
from capital.models import (
    CapitalCallItem,
    CapitalCallLine,
    Excuse,
    HeldPart,
    LineChange,
    Payment,
    Receipt,
)
from capital.notices import write_what_is_due
from capital.queries.excuses import RevisedPart, Revision, held_of, revision_of
from capital.services.carried import keep_letters_to_what_is_carried
from capital.services.incoming import check_fields
from capital.services.locks import lock_call, lock_fund
from capital.services.moves import move_allocations, move_call
from funds.access import MANAGE, check_may
from funds.models import CapitalTransaction, Commitment
from funds.queries.periods import check_open
from funds.services.decidable import Decidable
from funds.services.notices import nudge, queue_next_versions

#: By how much more than at first the others are asked at most, where nothing else is said.
USUAL_LIMIT = Decimal("0.5")


@service
def excuse_partner(
    *,
    line_id,
    commitment_id,
    reason: str,
    amount=None,
    limit: Decimal = USUAL_LIMIT,
    effective_on: date | None = None,
    called=None,
    ctx: WriteContext,
) -> Excuse:
    """Excuse a partner from all of its part of an investment line of an issued call, or from `amount` of it (the fund's
    currency), from a day on (the fund's today).

    The others are asked for what it leaves in proportion to what remains of their commitments, each for at most `limit`
    (a share of 1) more than it was first asked for; what nobody can be asked for is no longer called. Without four eyes
    it counts at once; otherwise a second person approves it. `called` is what the person saw as called of the partner;
    left out, it is what is. Raises Conflict where something else is called by now, for a line that is no investment of
    an issued call, where one waits already, where something of the part was waived or charged to expenses, or nothing
    is held; InvalidInput for more than is held, and for a day in the future, before the call or before the last payment
    of whom money is freed.
    """
    line = _lock_line(ctx.by, line_id)
    fund = line.call.fund
    part = held_of(line.pk, commitment_id)
    if part is None:
        raise NotFound("commitment.not_found", "This partner has no part in the line.")
    check_excuse(line, part.held, ctx.by)
    item = CapitalCallItem.objects.select_related("capital").get(call=line.call_id, commitment=commitment_id)
    if (
        called
        and parse_amount(called, currency=fund.currency, field="called", allow_zero=True)
        != item.capital.called
    ):
        now = format_money(item.capital.called, fund.currency)
        raise Conflict("excuse.changed", f"What is called of this partner changed since: it is {now} now.")
    asked = parse_amount(amount, currency=fund.currency, field="amount") if amount else part.held
    excuse = Excuse(
        fund=fund,
        call=line.call,
        line=line,
        item=item,
        commitment_id=commitment_id,
        amount=asked,
        limit=limit,
        effective_on=effective_on or ctx.today(fund),
        reason=(reason or "").strip(),
        four_eyes=fund.four_eyes,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    if not excuse.reason:
        raise InvalidInput("reason.required", "Say why the partner is excused.", field="reason")
    if not 0 <= limit <= 1 or limit != round(limit, 4):
        raise InvalidInput(
            "excuse.limit", "The limit lies between 0 % and 100 %, with two decimals at most.", field="limit"
        )
    check_fields(excuse, "effective_on", "reason")
    check_open(fund, excuse.effective_on, field="effective_on")
    check_revision(excuse, today=ctx.today(fund))
    return EXCUSES.ask(excuse, ctx=ctx, changes={"excused": [None, asked]})


@service
def approve_excuse(*, excuse_id, ctx: WriteContext) -> Excuse:
    """Approve an excuse; where the fund demanded it, as another person than the one who asked. The others' parts are
    worked out as their commitments stand by now."""
    return EXCUSES.approve(excuse_id, ctx=ctx)


@service
def reject_excuse(*, excuse_id, ctx: WriteContext) -> Excuse:
    """Turn an excuse down: the call stays as it is."""
    return EXCUSES.reject(excuse_id, ctx=ctx)


# ---------------------------------------------------------------- what it rests on


def _lock_line(by, line_id) -> CapitalCallLine:
    """The line, under the locks of its fund, receipts, partners, items and call, with the `role` of who asks."""
    line = CapitalCallLine.objects.filter(pk=line_id).first()
    if line is None:
        raise NotFound("not_found", "There is no such line.")
    role = check_may(by, line.fund_id, MANAGE)
    line = _locked(line)
    line.role = role
    return line


def _locked(line: CapitalCallLine) -> CapitalCallLine:
    lock_fund(line.fund_id)
    items = CapitalCallItem.objects.filter(call=line.call_id)
    paying = Payment.objects.filter(call=line.call_id, receipt__isnull=False).values("receipt")
    for rows in (
        Receipt.objects.filter(pk__in=paying),
        Commitment.objects.filter(pk__in=items.values("commitment")),
        items,
    ):
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    lock_call(line.call_id)
    return CapitalCallLine.objects.select_related("call__fund", "fund").get(pk=line.pk)


def _lock(excuse) -> None:
    excuse.line = _locked(excuse.line)
    excuse.call, excuse.fund = excuse.line.call, excuse.line.fund


def check_revision(excuse: Excuse, *, today: date) -> Revision:
    """The line as it will be after an excuse, which need not be written: what is called after it is shown while a
    person types. Raises what would refuse it, by what it rests on, when it is asked for and when it takes effect."""
    part = HeldPart.objects.get(line=excuse.line_id, commitment=excuse.commitment_id)
    if excuse.amount > part.held:
        raise InvalidInput("excuse.more_than_held", "This is more than is held of the line.", field="amount")
    if LineChange.objects.filter(item=excuse.item_id, line=excuse.line_id, changes_held=False).exists():
        raise Conflict("excuse.waived", "A rest of this part was waived: its partner is not excused from it.")
    if excuse.effective_on > today:
        raise InvalidInput(
            "effective_on.future", "The excuse must not take effect in the future.", field="effective_on"
        )
    revision = revision_of(
        excuse.line,
        commitment_id=excuse.commitment_id,
        amount=excuse.amount,
        limit=excuse.limit,
        day=excuse.effective_on,
    )
    freed = [one.part.commitment_id for one in revision.changed if one.too_much]
    paid = Payment.objects.filter(call=excuse.call_id, commitment__in=freed, amount__gt=0)
    standing = paid.filter(reversed_by_payment=None)
    last = standing.order_by("-value_date").values_list("value_date", flat=True).first()
    if excuse.effective_on < max(excuse.call.call_date, last or date.min):
        raise InvalidInput(
            "effective_on.before_payment",
            "A partner is excused from the day of the call and of its last payment, or later.",
            field="effective_on",
        )
    return revision


# ---------------------------------------------------------------- what it does


def _take_effect(excuse, ctx: WriteContext) -> None:
    revision = check_revision(excuse, today=ctx.today(excuse.fund))
    EXCUSES.approved(excuse, ctx, changes={"excused": [None, excuse.amount]})
    items = dict(CapitalCallItem.objects.filter(call=excuse.call_id).values_list("commitment", "pk"))
    LineChange.objects.bulk_create(
        _change(excuse, one, items[one.part.commitment_id]) for one in revision.changed
    )
    _free(excuse, {items[one.part.commitment_id]: one.too_much for one in revision.changed}, ctx)
    move_call(excuse.call_id, "revise", ctx=ctx)
    move_allocations([excuse.line.allocation_id] if excuse.line.allocation_id else [], "revise", ctx=ctx)
    changed = [items[one.part.commitment_id] for one in revision.changed]
    keep_letters_to_what_is_carried(changed, settled=True, ctx=ctx)
    _tell(excuse, changed, ctx)


def _change(excuse, one: RevisedPart, item_id: int) -> LineChange:
    return LineChange(
        fund_id=excuse.fund_id,
        call_id=excuse.call_id,
        item_id=item_id,
        line_id=excuse.line_id,
        commitment_id=one.part.commitment_id,
        allocation_id=excuse.line.allocation_id,
        excuse=excuse,
        reduces_unfunded=excuse.line.reduces_unfunded,
        amount=one.change,
        changes_held=True,
        weight=one.weight,
        basis=one.basis,
        effective_on=excuse.effective_on,
        recorded_at=excuse.approved_at,
    )


def _free(excuse, too_much: dict[int, Decimal], ctx: WriteContext) -> None:
    """By item, take what was paid too much off the line: it is unapplied cash of its receipts again."""
    items = CapitalCallItem.objects.select_related("commitment__investor").in_bulk(
        [item for item, amount in too_much.items() if amount]
    )
    freed = [
        _freed(excuse, item, receipt, amount, ctx)
        for pk, item in sorted(items.items())
        for receipt, amount in _receipts_of(excuse, pk, too_much[pk])
    ]
    for payment in Payment.objects.bulk_create(freed):
        audit.record(
            verb="free_payment",
            ctx=ctx,
            subject=payment,
            also=[payment.item, excuse.call, payment.receipt],
            fund_id=excuse.fund_id,
            changes={
                "freed": [None, -payment.amount],
                "investor": [None, payment.item.commitment.investor.name],
            },
        )


def _receipts_of(excuse, item_id: int, too_much: Decimal) -> Iterator[tuple[int, Decimal]]:
    """What of it each receipt paid on the line, from the newest back."""
    rows = CapitalTransaction.objects.filter(call_item_id=item_id, call_line_id=excuse.line_id)
    posted: dict[int, Decimal] = defaultdict(Decimal)
    for payment, amount in rows.values_list("payment_id", "amount"):
        posted[payment] += amount
    by_receipt: dict[int, Decimal] = defaultdict(Decimal)
    for payment in Payment.objects.filter(pk__in=posted, receipt__isnull=False).order_by("-pk"):
        by_receipt[payment.receipt_id] += posted[payment.pk]
    for receipt, applied in by_receipt.items():
        part = min(too_much, applied)
        if part > 0:
            too_much -= part
            yield receipt, part
    if too_much:
        raise Conflict(
            "excuse.expensed",
            "Something of this part was charged to the fund's expenses or set off: reverse that first.",
        )


def _freed(excuse, item: CapitalCallItem, receipt_id: int, amount: Decimal, ctx: WriteContext) -> Payment:
    return Payment(
        receipt_id=receipt_id,
        excuse=excuse,
        fund_id=excuse.fund_id,
        call_id=excuse.call_id,
        item=item,
        commitment_id=item.commitment_id,
        amount=-amount,
        value_date=excuse.effective_on,
        method="revised",
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )


def _tell(excuse, item_ids, ctx: WriteContext) -> None:
    """The next version of every letter that says something else by now, sent to whom the one before was sent."""
    items = CapitalCallItem.objects.select_related("capital", "call").filter(pk__in=item_ids)
    written = write_what_is_due(
        call=excuse.call,
        items=items,
        change_note="What is called from you was revised after the call was issued.",
        ctx=ctx,
    )
    queue_next_versions(notices=written, ctx=ctx)
    nudge()


EXCUSES = Decidable(
    pending=Excuse.objects.pending,
    fetch=("line__call__fund", "item", "recorded_by"),
    code="excuse",
    noun="excuse",
    asked="request_excuse",
    granted="excuse_partner",
    refused="reject_excuse",
    also=lambda excuse: [excuse.item, excuse.call],
    lock=_lock,
    effect=_take_effect,
)
