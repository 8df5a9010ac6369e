"""What a letter about a call says of its lines: what the money is for, and how each is shared."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Sum

from capital.models import CapitalCall, CapitalCallItem, CapitalCallItemLine, CapitalCallLine, LineChange
from funds.services.notice_facts import text


def item_lines_of(call: CapitalCall) -> dict[int, dict[int, CapitalCallItemLine]]:
    """By item, then by line."""
    found: dict[int, dict[int, CapitalCallItemLine]] = defaultdict(dict)
    for item_line in CapitalCallItemLine.objects.filter(call=call):
        found[item_line.item_id][item_line.line_id] = item_line
    return found


def collects_of(lines: Iterable[CapitalCallLine]) -> bool:
    """Whether a call collects what a later closing asks for."""
    return any(one.equalises_id for one in lines)


def lines_told(lines: list[CapitalCallLine], item_lines: Mapping[int, CapitalCallItemLine]) -> list[dict]:
    collects = collects_of(lines)
    return [_line(one, item_lines[one.pk], collects=collects) for one in lines if one.pk in item_lines]


def lines_assumed(item: CapitalCallItem) -> list[dict]:
    """By line, what was assumed with it as interests were transferred, in the order of the lines."""
    changes = LineChange.objects.filter(item=item, transfer_id__isnull=False).order_by()
    taken = dict(changes.values_list("line").annotate(Sum("amount")))
    lines = CapitalCallLine.objects.select_related("allocation__deal", "equalises__allocation__deal")
    return [
        {"label": label_of(one), "reduces_unfunded": one.reduces_unfunded, "partner": text(taken[one.pk])}
        for one in lines.filter(pk__in=[pk for pk, amount in taken.items() if amount > 0]).order_by(
            "position"
        )
    ]


def _line(line: CapitalCallLine, item_line: CapitalCallItemLine, *, collects: bool) -> dict:
    fee = {"is_fee": True} if collects and line.kind == CapitalCallLine.Kind.MANAGEMENT_FEE else {}
    return fee | {
        "label": label_of(line, collects=collects),
        "reduces_unfunded": line.reduces_unfunded,
        "split": _split(line, collects=collects),
        "fund": text(line.amount),
        "partner": text(item_line.amount),
        "excuse_reason": item_line.excuse_reason,
    }


def _split(line: CapitalCallLine, *, collects: bool) -> str:
    """By what a line is shared, in words."""
    if line.equalises_id:
        return "Your share as if you had been a partner from the first closing"
    if not line.counts_as_called:
        of_default = line.kind == CapitalCallLine.Kind.DEFAULT_INTEREST
        return f"{'N' if of_default else 'Passed on to earlier partners: n'}o contribution of capital"
    if collects:
        return "For the time since the first closing"
    if line.kind == CapitalCallLine.Kind.DEEMED_CONTRIBUTION:
        return "By what was waived of your management fees"
    return f"Split {line.get_split_by_display().lower()}"


def label_of(line: CapitalCallLine, *, collects: bool = False) -> str:
    if not line.counts_as_called and line.kind != CapitalCallLine.Kind.DEFAULT_INTEREST:
        return "Interest on your part of earlier calls"
    if collects and line.kind == CapitalCallLine.Kind.SUBSEQUENT_CLOSE_INTEREST:
        return "Interest on fees, for the manager"
    first = line.equalises or line
    deal = f" – {first.allocation.deal.name}" if first.allocation else ""
    part = f", your part of Capital Call #{first.call.number}" if line.equalises else ""
    return f"{line.get_kind_display()}{deal}{part}"
