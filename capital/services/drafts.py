"""Drafts of capital calls: written, written anew, deleted. Amounts are in the fund's currency."""

from collections.abc import Iterable

from django.db.models import Max

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput
from blackgem.lib.sql import service
from capital.access import check_change_draft
from capital.models import (
    CapitalCall,
    CapitalCallItem,
    CapitalCallItemLine,
    CapitalCallLine,
    FundAllocation,
)
from capital.services.locks import lock_call_for, lock_fund, role_on_call
from capital.services.planning import WorkedOutCall, raise_problems, work_out
from capital.services.plans import CallPlan
from funds.access import DRAFT, check_may
from funds.queries.periods import check_open

_LINE_ORDER = {kind: index for index, kind in enumerate(CapitalCallLine.Kind.values)}


@service
def draft_call(*, plan: CallPlan, ctx: WriteContext) -> CapitalCall:
    """Write a draft with its number, lines and items. Refuses with every problem of the plan at once."""
    check_may(ctx.by, plan.fund_id, DRAFT)
    return write_draft(plan, ctx)


@service
def change_draft(*, call_id, plan: CallPlan, revision: int | None = None, ctx: WriteContext) -> CapitalCall:
    """Write a draft anew under its number. A `revision` that is no longer the newest is refused (stale_version)."""
    lock_fund(role_on_call(ctx.by, call_id)[0])
    call = lock_call_for(ctx.by, call_id)
    check_change_draft(call, ctx.by, revision=revision)
    if call.fund_id != plan.fund_id:
        raise InvalidInput("call.fund_fixed", "A call stays with its fund.", field="fund_id")
    worked_out = _checked(plan)
    changes = audit.changed(call, _fields(plan) | {"revision": call.revision + 1})
    before = _decided(call)
    call.item_lines_of_draft().delete()
    call.items.all().delete()
    call.lines.all().delete()
    call.save()
    _write_parts(call, worked_out)
    changes |= audit.differences(before, _decided(call))
    audit.record(verb="change_draft", ctx=ctx, subject=call, fund_id=call.fund_id, changes=changes)
    return call


@service
def delete_draft(*, call_id, ctx: WriteContext) -> None:
    """Delete a draft; its number is not given again."""
    call = lock_call_for(ctx.by, call_id)
    check_change_draft(call, ctx.by)
    audit.record(
        verb="delete_draft",
        ctx=ctx,
        subject=call,
        also=[call.fund],
        fund_id=call.fund_id,
        changes={"total_amount": [call.total_amount, None], "purpose": [call.purpose, None]},
    )
    call.item_lines_of_draft().delete()
    call.items.all().delete()
    call.lines.all().delete()
    call.delete()


def write_draft(plan, ctx: WriteContext) -> CapitalCall:
    fund = lock_fund(plan.fund_id)
    worked_out = _checked(plan)
    call = CapitalCall.objects.create(fund=fund, number=next_number(fund), created_by=ctx.by, **_fields(plan))
    _write_parts(call, worked_out)
    audit.record(
        verb="draft_call",
        ctx=ctx,
        subject=call,
        also=[fund, *_drawn_on(worked_out)],
        fund_id=fund.pk,
        changes={"total_amount": [None, call.total_amount], "status": [None, call.status]},
    )
    return call


def next_number(fund) -> int:
    """The number of the fund's next call, taken. Calls that were imported took theirs without asking."""
    highest = fund.capital_calls.aggregate(highest=Max("number"))["highest"] or 0
    fund.last_call_number = 1 + max(fund.last_call_number, highest)
    fund.save(update_fields=["last_call_number"])
    return fund.last_call_number


def _decided(call) -> dict[str, str]:
    """What people decided about the parts of a call, in words: its lines, amounts by hand, excuses with reasons."""
    lines = list(
        CapitalCallLine.objects.filter(call=call).select_related("allocation__deal").order_by("position")
    )
    names = {line.pk: f"line {line.position}" for line in lines}
    decided = {
        f"{names[line.pk]}: {line.get_kind_display()}{f', {line.allocation.deal}' if line.allocation else ''}": str(
            line.amount
        )
        for line in lines
    }
    decided |= {f"{names[line.pk]}: split": line.get_split_by_display() for line in lines}
    basis = CapitalCallItemLine.Basis
    parts = CapitalCallItemLine.objects.filter(call=call, basis__in=[basis.EDITED, basis.EXCUSED])
    for part in parts.select_related("item", "commitment__investor").order_by("pk"):
        who = f"{part.commitment.investor.name} ({part.commitment.reference})"
        if part.basis == basis.EDITED:
            decided[f"by hand: {who}"] = str(part.item.amount)
        else:
            decided[f"excused from {names[part.line_id]}: {who}"] = part.excuse_reason
    included = CapitalCallItemLine.objects.filter(call=call).exclude(included_reason="")
    for part in included.select_related("commitment__investor").order_by("pk"):
        who = f"{part.commitment.investor.name} ({part.commitment.reference})"
        decided[f"takes part in {names[part.line_id]} after all: {who}"] = part.included_reason
    return decided


def _checked(plan) -> WorkedOutCall:
    worked_out = work_out(plan)
    raise_problems(worked_out)
    check_open(worked_out.fund, plan.call_date, field="call_date")
    check_open(worked_out.fund, plan.due_date, field="due_date")
    return worked_out


def _fields(plan) -> dict:
    return {
        "total_amount": plan.total_amount,
        "purpose": plan.purpose.strip(),
        "purpose_detail": plan.purpose_detail,
        "call_date": plan.call_date,
        "due_date": plan.due_date,
    }


def _drawn_on(worked_out) -> list[FundAllocation]:
    ids = [line.allocation_id for line in worked_out.plan.lines if line.allocation_id]
    return list(FundAllocation.objects.filter(pk__in=ids).select_related("fund", "deal"))


def _write_parts(call, worked_out) -> None:
    """Lines, items and what each item owes on each line: three statements, whatever the number of partners."""
    lines = CapitalCallLine.objects.bulk_create(_lines(call, worked_out.plan))
    items = CapitalCallItem.objects.bulk_create(
        CapitalCallItem(call=call, fund_id=call.fund_id, commitment_id=row.commitment_id, amount=row.called)
        for row in worked_out.rows
    )
    CapitalCallItemLine.objects.bulk_create(
        CapitalCallItemLine(
            item=item,
            line=line,
            call=call,
            fund_id=call.fund_id,
            commitment_id=row.commitment_id,
            reduces_unfunded=line.reduces_unfunded,
            counts_as_called=line.counts_as_called,
            amount=row.line_amounts[index],
            weight=row.weights[index],
            basis=row.bases[index],
            excuse_reason=row.excuse_reasons[index].strip(),
            included_reason=row.included_reasons[index],
        )
        for row, item in zip(worked_out.rows, items, strict=True)
        for index, line in enumerate(lines)
    )


def _lines(call, plan) -> list[CapitalCallLine]:
    """The lines in the plan's order. Payments are applied by `position`: fees first, unless told otherwise."""
    order = sorted(
        range(len(plan.lines)),
        key=lambda i: (0 if plan.keep_line_order else _LINE_ORDER[plan.lines[i].kind], i),
    )
    places = {index: place for place, index in enumerate(order, start=1)}
    lines = [
        CapitalCallLine(
            call=call,
            fund_id=call.fund_id,
            position=places[index],
            kind=line.kind,
            allocation_id=line.allocation_id,
            amount=line.amount,
            reduces_unfunded=line.reduces_unfunded,
            split_by=line.split_by,
        )
        for index, line in enumerate(plan.lines)
    ]
    number_lines(lines)
    return lines


def number_lines(lines: Iterable[CapitalCallLine]) -> None:
    """Give each line that draws on an allocation the next number there."""
    drawn_on = {line.allocation_id for line in lines if line.allocation_id}
    allocations = FundAllocation.objects.filter(pk__in=drawn_on).annotate(last=Max("call_lines__seq_no"))
    numbers = {pk: last or 0 for pk, last in allocations.values_list("pk", "last")}
    for line in lines:
        if line.allocation_id:
            numbers[line.allocation_id] += 1
            line.seq_no = numbers[line.allocation_id]
