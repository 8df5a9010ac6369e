"""What a closing comes to, line by line and partner by partner: worked out now before it is settled, and by what was
posted afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Max, Q, Sum
from django.db.models.functions import Coalesce

from blackgem.lib.frozen import fingerprint
from capital.models import CapitalCallItemLine, CapitalCallLine
from closings.models import Closing, EqualisationPart
from closings.queries.working import WorkedOutClosing, work_out
from closings.states import CLOSING_POSTED, ClosingStatus
from funds.models import Commitment

ZERO = Decimal("0.00")
Kind = CapitalCallLine.Kind


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line: what later partners take over of it, what earlier ones give, and interest with premium; the changes of
    all partners add up to `changes`, their interest and premium to `interests`: both are zero."""

    pk: int
    call_id: int
    call_number: int
    name: str
    due_date: date
    amount: Decimal
    days: int
    taken: Decimal
    interest: Decimal
    changes: Decimal
    interests: Decimal


@dataclass(frozen=True, slots=True)
class PartShown:
    """One partner's part of a line before and after. `interest` is with premium; `not_paid` is what of an amount that
    goes back was never paid."""

    name: str
    before: Decimal
    after: Decimal
    change: Decimal
    interest: Decimal
    not_paid: Decimal


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """What one partner pays or gets back; `interest` is with premium."""

    name: str
    before: Decimal
    after: Decimal
    capital: Decimal
    not_paid: Decimal
    interest: Decimal
    fee: Decimal
    fee_interest: Decimal

    @property
    def net(self) -> Decimal:
        """Cash: above zero the partner pays."""
        return self.capital + self.not_paid + self.interest + self.fee + self.fee_interest

    @property
    def pays(self) -> Decimal:
        return max(self.net, ZERO)

    @property
    def receives(self) -> Decimal:
        return max(-self.net, ZERO)


@dataclass(frozen=True)
class ClosingFigures:
    """Lines in the order of calls, partners in that of references. `moved`: it would come to something else now than
    when it was submitted."""

    lines: list[LineShown]
    notices: list[NoticeShown]
    parts_of: Callable[[int], list[PartShown]]
    moved: bool = False

    @property
    def comes_in(self) -> Decimal:
        return sum((one.pays for one in self.notices), ZERO)

    @property
    def goes_out(self) -> Decimal:
        return sum((one.receives for one in self.notices), ZERO)


def figures_of(closing: Closing) -> ClosingFigures:
    """Raises what `work_out` raises, while it is not settled."""
    if closing.status in CLOSING_POSTED:
        return _posted(closing)
    worked_out = work_out(closing)
    waits = closing.status == ClosingStatus.PENDING_APPROVAL
    moved = waits and fingerprint(worked_out.frozen()) != closing.inputs_sha256
    return _worked_out(worked_out, moved=moved)


# ---------------------------------------------------------------- before it is settled


def _worked_out(found: WorkedOutClosing, *, moved: bool) -> ClosingFigures:
    roots = {root.line.pk: root for root in found.roots}
    changes = {change.key: change for change in found.equalisation.lines}

    def parts_of(line: int) -> list[PartShown]:
        change, held = changes[line], roots[line].held()
        return [
            PartShown(
                one.name,
                held.get(one.investor_id, ZERO),
                change.held.get(one.investor_id, ZERO),
                change.delta[one.investor_id],
                change.interest[one.investor_id] + change.premium[one.investor_id],
                change.reduces_open[one.investor_id],
            )
            for one in found.parties
        ]

    return ClosingFigures(
        [_line_of(roots[key].line, change) for key, change in changes.items()],
        [_notice_of(one, found.equalisation.notices[one.investor_id]) for one in found.parties],
        parts_of,
        moved,
    )


def _line_of(line: CapitalCallLine, change) -> LineShown:
    interests = [change.interest[key] + change.premium[key] for key in change.delta]
    return LineShown(
        pk=line.pk,
        call_id=line.call_id,
        call_number=line.call.number,
        name=line.allocation.deal.name if line.allocation_id else line.get_kind_display(),
        due_date=line.call.due_date,
        amount=sum(change.held.values(), ZERO),
        days=change.days,
        taken=_above(change.delta.values()),
        interest=_above(interests),
        changes=sum(change.delta.values(), ZERO),
        interests=sum(interests, ZERO),
    )


def _above(amounts) -> Decimal:
    return sum((amount for amount in amounts if amount > 0), ZERO)


def _notice_of(party, notice) -> NoticeShown:
    return NoticeShown(
        party.name,
        party.before,
        party.after,
        notice.capital,
        notice.reduces_open,
        notice.interest + notice.premium,
        notice.fee,
        notice.fee_interest,
    )


# ---------------------------------------------------------------- once it is settled


def _posted(closing: Closing) -> ClosingFigures:
    frozen = Closing.objects.values_list("inputs", flat=True).get(pk=closing.pk)
    partners = Commitment.objects.filter(fund=closing.fund).order_by("reference")
    partners = list(partners.values_list("pk", "investor_id", "investor__name", "reference"))
    held = {line: dict(before) for line, _, before, *_ in frozen["lines"]}

    def parts_of(line: int) -> list[PartShown]:
        columns = ("delta", F("interest") + F("premium"), "reduces_open")
        rows = EqualisationPart.objects.filter(closing=closing, line=line)
        moved = {row[0]: row[1:] for row in rows.values_list("commitment", *columns)}
        shown = []
        for pk, investor, name, _ in partners:
            before = Decimal(held[line].get(investor, ZERO))
            if before or pk in moved:
                change, interest, not_paid = moved.get(pk, (ZERO, ZERO, ZERO))
                shown.append(PartShown(name, before, before + change, change, interest, not_paid))
        return shown

    return ClosingFigures(_posted_lines(closing, held), _posted_notices(closing, frozen, partners), parts_of)


def _posted_lines(closing: Closing, held: dict) -> list[LineShown]:
    both = F("interest") + F("premium")
    rows = (
        EqualisationPart.objects.filter(closing=closing)
        .values("line")
        .annotate(
            counted=Max("days"),
            taken=Coalesce(Sum("delta", filter=Q(delta__gt=0)), ZERO),
            charged=Coalesce(Sum(both, filter=Q(interest__gt=0) | Q(premium__gt=0)), ZERO),
            changes=Sum("delta"),
            interests=Sum(both),
        )
    )
    sums = {row["line"]: row for row in rows.order_by()}
    lines = CapitalCallLine.objects.filter(pk__in=sums).select_related("call", "allocation__deal")
    return [
        LineShown(
            line.pk,
            line.call_id,
            line.call.number,
            line.allocation.deal.name if line.allocation_id else line.get_kind_display(),
            line.call.due_date,
            sum((Decimal(amount) for amount in held[line.pk].values()), ZERO),
            *(sums[line.pk][name] for name in ("counted", "taken", "charged", "changes", "interests")),
        )
        for line in lines.order_by("call__due_date", "call__number", "position")
    ]


def _posted_notices(closing: Closing, frozen: dict, partners) -> list[NoticeShown]:
    parts = EqualisationPart.objects.filter(closing=closing).order_by().values("commitment")
    sums = {
        row["commitment"]: (row["capital"], row["not_paid"], row["charged"])
        for row in parts.annotate(
            capital=Sum("delta"), not_paid=Sum("reduces_open"), charged=Sum(F("interest") + F("premium"))
        )
    }
    asked = CapitalCallItemLine.objects.filter(line__call=closing.call_id).order_by().values("commitment")
    fees = {
        row["commitment"]: (row["fee"], row["fee_interest"])
        for row in asked.annotate(
            fee=Coalesce(Sum("amount", filter=Q(line__kind=Kind.MANAGEMENT_FEE)), ZERO),
            fee_interest=Coalesce(
                Sum(
                    "amount",
                    filter=Q(line__kind=Kind.SUBSEQUENT_CLOSE_INTEREST, line__counts_as_called=True),
                ),
                ZERO,
            ),
        )
    }
    register = {
        reference: (Decimal(before), Decimal(after)) for reference, _, before, after in frozen["partners"]
    }
    return [
        NoticeShown(
            name,
            *register[reference],
            *sums.get(pk, (ZERO, ZERO, ZERO)),
            *fees.get(pk, (ZERO, ZERO)),
        )
        for pk, _, name, reference in partners
        if reference in register
    ]
