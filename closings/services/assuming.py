"""What is owed of calls as an interest is transferred, where the two agreed that it is assumed: by which lines it may
be, and what both are told. The transferee owes its share from then on, by a letter with the fund's bank details; the
letter of the transferor asks for what it is left with."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Q

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from capital.models import (
    CapitalCall,
    CapitalCallItem,
    LineChange,
    ResidualSettlement,
)
from capital.notice_lines import lines_assumed
from capital.notices import write_what_is_due
from capital.queries.carried import carried_to, outstanding_with
from closings.models import AssumedPart, Default, Transfer
from closings.queries.assumed import OpenLine
from closings.queries.excused import left_out_of
from funds.models import Notice
from funds.services.notice_facts import text
from funds.services.notices import items_expecting, nudge, queue_deliveries, queue_next_versions

ZERO = Decimal("0.00")


def check_may_be_assumed(transfer: Transfer, lines: Sequence[OpenLine]) -> None:
    """Whether what the transferor owes may be owed by the transferee: nothing of it is a debt of one of the two alone,
    and all of it counted by the day of the transfer."""
    calls = {one.call_id for one in lines}
    items = CapitalCallItem.objects.filter(
        call__in=calls, commitment__in=(transfer.transferor_id, transfer.transferee_id)
    )
    in_default = Default.objects.not_taken_back().filter(item__in=items.values("pk"))
    if in_default.exists():
        raise Conflict(
            "transfer.in_default",
            "One of the two is in default on a call that would be assumed: that is cured or withdrawn first.",
            field="open_items",
        )
    its_own = CapitalCall.objects.filter(
        Q(lines__equalises__isnull=False) | Q(lines__counts_as_called=False), pk__in=calls
    )
    settled = ResidualSettlement.objects.filter(item__in=items.values("pk"), approved_at__isnull=False)
    if its_own.exists() or settled.exists():
        raise Conflict(
            "transfer.own_debts",
            "Interest, what a later closing collects and a rest that was settled pass to nobody: they are paid first.",
            field="open_items",
        )
    on = transfer.effective_on
    issued = CapitalCall.objects.filter(pk__in=calls).values_list("call_date", "approved_at")
    changes = LineChange.objects.filter(item__in=items.values("pk"), effective_on__gt=on)
    if any(min(day, transfer.fund.day_of(at)) > on for day, at in issued) or changes.exists():
        raise Conflict(
            "transfer.rows_after_it", "One of the two has entries after that day.", field="effective_on"
        )


def check_nobody_is_excused(takers: Iterable[int | None], lines: Iterable[int]) -> None:
    """Whether none of those who would take over is excused from a deal of these lines, at a call or since, or as it
    came in: by the last word, because who takes part after all may hold what was asked before, too."""
    of_them = left_out_of(list(lines)).filter(pk__in=[one for one in takers if one])
    names = list(of_them.order_by("reference").values_list("investor__name", flat=True))
    if names:
        raise Conflict(
            "transfer.excused",
            f"Excused from an investment that would move: {', '.join(names)}. Who is excused takes over nothing of it.",
            field="transferee",
        )


def parts_of(transfer: Transfer, lines: Iterable[OpenLine]) -> list[AssumedPart]:
    """What is written of lines of which something is owed."""
    return [
        AssumedPart(
            transfer=transfer,
            fund_id=transfer.fund_id,
            call_id=one.call_id,
            item_id=one.item_id,
            line_id=one.line_id,
            commitment_id=transfer.transferor_id,
            owed=one.owed,
            amount=one.moved,
        )
        for one in lines
    ]


def tell_of_assumed(transfer: Transfer, lines: Iterable[OpenLine], ctx: WriteContext) -> None:
    """Once it is posted, call by call: who owes it now, and who owes less. The audit says so of both parts."""
    by_call: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for one in lines:
        by_call[one.call_id] += one.moved
    calls = CapitalCall.objects.select_related("fund").in_bulk(
        [call for call, moved in by_call.items() if moved]
    )
    for key, call in sorted(calls.items()):
        both = CapitalCallItem.objects.filter(
            call=call, commitment__in=(transfer.transferor_id, transfer.transferee_id)
        ).select_related("capital", "call", "commitment__investor")
        items = {one.commitment_id: one for one in both}
        gave, took = items[transfer.transferor_id], items[transfer.transferee_id]
        audit.record(
            verb="assume_open_item",
            ctx=ctx,
            subject=took,
            also=[gave, call, transfer],
            fund_id=transfer.fund_id,
            reason=transfer.reason,
            changes={"assumed": [None, by_call[key]]},
        )
        _tell(call, gave, took, transfer, ctx)
    nudge()


def _tell(call, gave: CapitalCallItem, took: CapitalCallItem, transfer: Transfer, ctx: WriteContext) -> None:
    """The next version of the one's letter, and the other one's first or next: sent at once where the one's was."""
    carried = carried_to(call)
    was_sent = gave.pk in items_expecting(Notice.Kind.CAPITAL_CALL, call.pk)
    for item, is_given, note in (
        (gave, True, "Another investor took over what it assumed of this call with a part of your interest."),
        (took, False, "It asks for what you assumed with the interest that you took over."),
    ):
        lines = [] if is_given else lines_assumed(item)
        said = {
            "assumed": {"on": transfer.effective_on.isoformat(), "given": is_given, "lines": lines},
            "ask": text(outstanding_with(item, carried)),
        }
        written = write_what_is_due(call=call, items=[item], change_note=note, said=said, ctx=ctx)
        queue_next_versions(notices=written, ctx=ctx)
        if was_sent:
            queue_deliveries(notices=written, ctx=ctx)
