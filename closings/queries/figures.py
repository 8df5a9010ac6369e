"""What a closing comes to, line by line and partner by partner: worked out now before it is settled, and by what was
posted afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Max, Q, Sum, Value
from django.db.models.functions import Coalesce

from blackgem.lib.fields import MoneyField
from blackgem.lib.frozen import fingerprint
from capital.models import CapitalCallItemLine, CapitalCallLine
from closings.models import Closing, EqualisationPart, EqualisedShare
from closings.queries.fees_before import fees_written
from closings.queries.fees_shown import FeeShown, fees_shown
from closings.queries.shares import ShareRoot, key_of
from closings.queries.working import Root, WorkedOutClosing, work_out
from closings.states import CLOSING_POSTED, ClosingStatus
from distributions.models import Distribution
from funds.models import Commitment

ZERO = Decimal("0.00")
Kind = CapitalCallLine.Kind


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of a call, or a distribution that is shared anew: what of it goes from one partner to another, and
    interest with premium; the changes of all partners add up to `changes`, their interest and premium to `interests`:
    both are zero. Of a distribution there is no call, and `due_date` is the day on which it was paid out."""

    pk: int | str
    call_id: int | None
    call_number: int | None
    name: str
    due_date: date
    amount: Decimal
    days: int
    taken: Decimal
    interest: Decimal
    changes: Decimal
    interests: Decimal
    line_id: int | None = None
    distribution_id: int | None = None


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
    """What one partner pays or gets back; `interest` is with premium, `fee_tax` what comes on top of its fee."""

    investor_id: int
    name: str
    before: Decimal
    after: Decimal
    capital: Decimal
    not_paid: Decimal
    interest: Decimal
    fee: Decimal
    fee_interest: Decimal
    fee_tax: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """Cash: above zero the partner pays."""
        return self.capital + self.not_paid + self.interest + self.fee + self.fee_tax + self.fee_interest

    @property
    def pays(self) -> Decimal:
        return max(self.net, ZERO)

    @property
    def receives(self) -> Decimal:
        return max(-self.net, ZERO)


@dataclass(frozen=True)
class ClosingFigures:
    """Lines in the order of calls, partners in that of references; `fees` are how those for the time before were worked
    out; `fees_follow`, while it is not settled: those of some days are charged by the run after who comes in has paid.
    `moved`: it would come to something else now than when it was submitted."""

    lines: list[LineShown]
    notices: list[NoticeShown]
    parts_of: Callable[[int | str], list[PartShown]]
    fees: list[FeeShown]
    moved: bool = False
    fees_follow: bool = False

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
    roots = {root.line.pk: root for root in found.roots} | {one.key: one for one in found.shares}
    changes = {change.key: change for change in found.equalisation.lines}

    def parts_of(line: int | str) -> list[PartShown]:
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
        [_line_of(roots[key], change) for key, change in changes.items()],
        [_notice_of(one, found.equalisation.notices[one.investor_id]) for one in found.parties],
        parts_of,
        fees_shown(found.closing, found.parties, found.fees),
        moved,
        found.fees.of_investments,
    )


def _line_of(root: Root | ShareRoot, change) -> LineShown:
    interests = [change.interest[key] + change.premium[key] for key in change.delta]
    return LineShown(
        **_named(root.distribution, root.paid_on) if isinstance(root, ShareRoot) else _named_line(root.line),
        amount=sum(change.held.values(), ZERO),
        days=change.days,
        taken=_above(change.delta.values()),
        interest=_above(interests),
        changes=sum(change.delta.values(), ZERO),
        interests=sum(interests, ZERO),
    )


def _named(distribution: Distribution, paid_on: date) -> dict:
    deal = f": {distribution.deal.name}" if distribution.deal_id else ""
    return {
        "pk": key_of(distribution.pk),
        "call_id": None,
        "call_number": None,
        "name": f"{distribution}{deal}",
        "due_date": paid_on,
        "distribution_id": distribution.pk,
    }


def _named_line(line: CapitalCallLine) -> dict:
    return {
        "pk": line.pk,
        "call_id": line.call_id,
        "call_number": line.call.number,
        "name": line.allocation.deal.name if line.allocation_id else line.get_kind_display(),
        "due_date": line.call.due_date,
        "line_id": line.pk,
    }


def _above(amounts) -> Decimal:
    return sum((amount for amount in amounts if amount > 0), ZERO)


def _notice_of(party, notice) -> NoticeShown:
    return NoticeShown(
        party.investor_id,
        party.name,
        party.before,
        party.after,
        notice.capital,
        notice.reduces_open,
        notice.interest + notice.premium,
        notice.fee,
        notice.fee_interest,
        notice.fee_tax,
    )


# ---------------------------------------------------------------- once it is settled


class _Joined(NamedTuple):
    """A partner, as far as its fees ask for it."""

    investor_id: int
    name: str
    kind: str


def _posted(closing: Closing) -> ClosingFigures:
    frozen = Closing.objects.values_list("inputs", flat=True).get(pk=closing.pk)
    partners = Commitment.objects.filter(fund=closing.fund).order_by("reference")
    named = list(partners.values_list("pk", "investor_id", "investor__name", "reference", "kind"))
    partners, joined = [one[:4] for one in named], [_Joined(one[1], one[2], one[4]) for one in named]
    shares = {key_of(pk): (pk, paid_on, held) for pk, _, paid_on, held, _ in frozen.get("shares", [])}
    held = {line: dict(before) for line, _, before, *_ in frozen["lines"]}
    held |= {key: {one: amount for one, amount, _ in rows} for key, (_, _, rows) in shares.items()}

    def parts_of(line: int | str) -> list[PartShown]:
        moved = _posted_parts(closing, line, shares)
        shown = []
        for pk, investor, name, _ in partners:
            before = Decimal(held[line].get(investor, ZERO))
            if before or pk in moved:
                change, interest, not_paid = moved.get(pk, (ZERO, ZERO, ZERO))
                gives = -change if line in shares else change
                shown.append(PartShown(name, before, before + gives, change, interest, not_paid))
        return shown

    lines = [*_posted_lines(closing, held), *_posted_shares(closing, shares)]
    fees = fees_shown(closing, joined, fees_written(closing, worked_out_alone=True))
    return ClosingFigures(lines, _posted_notices(closing, frozen, partners), parts_of, fees)


def _posted_parts(closing: Closing, line: int | str, shares: dict) -> dict[int, tuple]:
    """By partner: change, interest with premium, and what was not paid."""
    if line in shares:
        rows = EqualisedShare.objects.filter(closing=closing, distribution=shares[line][0])
        rows = rows.annotate(not_paid=Value(ZERO, MoneyField()))
        columns = ("delta", "interest", "not_paid")
    else:
        rows = EqualisationPart.objects.filter(closing=closing, line=line)
        columns = ("delta", F("interest") + F("premium"), "reduces_open")
    return {row[0]: row[1:] for row in rows.values_list("commitment", *columns)}


def _posted_lines(closing: Closing, held: dict) -> list[LineShown]:
    both = F("interest") + F("premium")
    charged = Q(interest__gt=0) | Q(premium__gt=0)
    sums = _sums(EqualisationPart.objects.filter(closing=closing), "line", both, charged)
    lines = CapitalCallLine.objects.filter(pk__in=sums).select_related("call", "allocation__deal")
    return [
        LineShown(
            **_named_line(line),
            amount=sum((Decimal(amount) for amount in held[line.pk].values()), ZERO),
            **sums[line.pk],
        )
        for line in lines.order_by("call__due_date", "call__number", "position")
    ]


def _posted_shares(closing: Closing, shares: dict) -> list[LineShown]:
    if not shares:
        return []
    rows = EqualisedShare.objects.filter(closing=closing)
    sums = _sums(rows, "distribution", F("interest"), Q(interest__gt=0))
    ones = Distribution.objects.select_related("deal").defer("inputs").in_bulk(sums)
    return [
        LineShown(
            **_named(ones[pk], date.fromisoformat(paid_on)),
            amount=sum((Decimal(amount) for _, amount, _ in held), ZERO),
            **sums[pk],
        )
        for pk, paid_on, held in shares.values()
        if pk in sums
    ]


def _sums(rows, by: str, both, charged: Q) -> dict[int, dict]:
    """By line or distribution: days, what is taken and charged, and the sums of all partners, which are zero."""
    found = rows.order_by().values(by)
    found = found.annotate(
        counted=Max("days"),
        taken=Coalesce(Sum("delta", filter=Q(delta__gt=0)), ZERO),
        charge=Coalesce(Sum(both, filter=charged), ZERO),
        changes=Sum("delta"),
        interests=Sum(both),
    )
    return {
        row[by]: {
            "days": row["counted"],
            "taken": row["taken"],
            "interest": row["charge"],
            "changes": row["changes"],
            "interests": row["interests"],
        }
        for row in found
    }


def _posted_notices(closing: Closing, frozen: dict, partners) -> list[NoticeShown]:
    parts = EqualisationPart.objects.filter(closing=closing).order_by().values("commitment")
    sums = {
        row["commitment"]: (row["capital"], row["not_paid"], row["charged"])
        for row in parts.annotate(
            capital=Sum("delta"), not_paid=Sum("reduces_open"), charged=Sum(F("interest") + F("premium"))
        )
    }
    for row in (
        EqualisedShare.objects.filter(closing=closing)
        .order_by()
        .values("commitment")
        .annotate(capital=Sum("delta"), charged=Sum("interest"))
    ):
        capital, not_paid, charged = sums.get(row["commitment"], (ZERO, ZERO, ZERO))
        sums[row["commitment"]] = (capital + row["capital"], not_paid, charged + row["charged"])
    asked = CapitalCallItemLine.objects.filter(line__call=closing.call_id).order_by().values("commitment")
    fees = {
        row["commitment"]: (row["fee"], row["fee_interest"], row["fee_tax"])
        for row in asked.annotate(
            fee=Coalesce(Sum("amount", filter=Q(line__kind=Kind.MANAGEMENT_FEE)), ZERO),
            fee_interest=Coalesce(
                Sum(
                    "amount",
                    filter=Q(line__kind=Kind.SUBSEQUENT_CLOSE_INTEREST, line__counts_as_called=True),
                ),
                ZERO,
            ),
            fee_tax=Coalesce(
                Sum("amount", filter=Q(line__kind=Kind.PARTNERSHIP_EXPENSES, line__equalises=None)), ZERO
            ),
        )
    }
    register = {
        reference: (Decimal(before), Decimal(after)) for reference, _, before, after in frozen["partners"]
    }
    return [
        NoticeShown(
            investor_id,
            name,
            *register[reference],
            *sums.get(pk, (ZERO, ZERO, ZERO)),
            *fees.get(pk, (ZERO, ZERO, ZERO)),
        )
        for pk, investor_id, name, reference in partners
        if reference in register
    ]
