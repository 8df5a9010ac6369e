"""What a call would ask of whom after a partner was excused from one of its lines."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from blackgem.lib.checks import Offer, offer, out_of_state
from blackgem.lib.money import unit_of
from capital.access import check_excuse
from capital.calc.excuses import ask_others, limits_of
from capital.models import (
    CapitalCall,
    CapitalCallItem,
    CapitalCallItemLine,
    CapitalCallLine,
    Excuse,
    HeldPart,
    LineChange,
)
from capital.queries.room import room_on
from funds.models import CapitalTransaction

ZERO = Decimal("0.00")
Basis = CapitalCallItemLine.Basis


@dataclass(frozen=True, slots=True)
class RevisedPart:
    """One partner's part of a line as it was `called`, as it is `held`, and as it is `revised`, at most `limit` (None
    for whom is excused), with what was `paid` of it. `weight` is what it was worked out from."""

    part: HeldPart
    revised: Decimal
    limit: Decimal | None
    paid: Decimal
    weight: Decimal
    basis: Basis

    @property
    def change(self) -> Decimal:
        return self.revised - self.part.held

    @property
    def too_much(self) -> Decimal:
        """What was paid beyond what is held by then."""
        return max(ZERO, self.paid - self.revised)


@dataclass(frozen=True, slots=True)
class Revision:
    """A line after an excuse, partners by reference. `uncovered` is what nobody can be asked for: it is no longer
    called."""

    parts: tuple[RevisedPart, ...]
    uncovered: Decimal

    @property
    def changed(self) -> list[RevisedPart]:
        return [one for one in self.parts if one.change]

    @property
    def sums(self) -> dict[str, Decimal]:
        return {
            "called": sum((one.part.called for one in self.parts), ZERO),
            "held": sum((one.part.held for one in self.parts), ZERO),
            "revised": sum((one.revised for one in self.parts), ZERO),
            "change": sum((one.change for one in self.parts), ZERO),
            "too_much": sum((one.too_much for one in self.parts), ZERO),
        }


def held_of(line_id: int, commitment_id: int) -> HeldPart | None:
    """What a partner holds of a line; None where it is no part of it."""
    return HeldPart.objects.filter(line=line_id, commitment=commitment_id).first()


def revision_of(
    line: CapitalCallLine, *, commitment_id: int, amount: Decimal, limit: Decimal, day: date
) -> Revision:
    """The line after a partner is excused from `amount` of its part, from a day on: the others are asked in proportion
    to what remains of their commitments, each for at most `limit` more than at first. In the fund's currency."""
    unit = unit_of(line.fund.currency)
    parts = list(
        HeldPart.objects.filter(line=line)
        .select_related("commitment__investor")
        .annotate(room=room_on(day, of='"held_parts"."commitment_id"'))
        .order_by("commitment__reference", "commitment")
    )
    others = [one for one in parts if one.basis != Basis.EXCUSED and one.commitment_id != commitment_id]
    remaining = {
        one.pk: max(ZERO, one.room + (one.held if line.reduces_unfunded else ZERO)) for one in others
    }
    limits = limits_of(
        {one.pk: one.called for one in others},
        remaining if line.reduces_unfunded else dict.fromkeys(remaining),
        Fraction(limit),
        unit,
    )
    asked = sum((one.held for one in others), amount)
    if any(remaining.values()):
        revised, uncovered = ask_others(asked, remaining, limits, unit=unit)
    else:
        revised, uncovered = {one.pk: one.held for one in others}, amount
    paid = _paid_of(line)

    def part(one: HeldPart) -> RevisedPart:
        if one.pk in revised:
            at_most = limits[one.pk]
            basis = Basis.CAPPED if revised[one.pk] == at_most else Basis.PRO_RATA
            said = (revised[one.pk], at_most, paid.get(one.commitment_id, ZERO), remaining[one.pk], basis)
        else:
            left = one.held - amount if one.commitment_id == commitment_id else one.held
            said = (left, None, paid.get(one.commitment_id, ZERO), one.weight, Basis.EXCUSED)
        return RevisedPart(one, *said)

    return Revision(tuple(part(one) for one in parts), uncovered)


def _paid_of(line) -> dict[int, Decimal]:
    """By commitment, what the ledger says was paid of a line."""
    rows = CapitalTransaction.objects.filter(fund=line.fund_id, call_line_id=line.pk)
    paid: dict[int, Decimal] = {}
    for commitment, amount in rows.values_list("commitment_id", "amount"):
        paid[commitment] = paid.get(commitment, ZERO) + amount
    return paid


def excuses_of(call: CapitalCall, item: CapitalCallItem | None = None) -> QuerySet[Excuse]:
    """What was decided, or waits to be, about partners excused from an issued call, newest first: by how much each
    `changed` the call, or this item of it."""
    changes = LineChange.objects.filter(excuse=OuterRef("pk"), **({"item": item} if item else {}))
    total = changes.order_by().values("excuse").annotate(total=Sum("amount")).values("total")
    related = ("commitment__investor", "line__allocation__deal", "recorded_by", "approved_by")
    excuses = Excuse.objects.filter(call=call).select_related(*related).order_by("-pk")
    return excuses.annotate(changed=Coalesce(Subquery(total), ZERO))


def investments_of(item: CapitalCallItem) -> list[HeldPart]:
    """What the partner holds of the investments of a call, from which it may be excused."""
    parts = HeldPart.objects.filter(line__kind=CapitalCallLine.Kind.INVESTMENT, held__gt=0)
    parts = parts.filter(call=item.call_id, commitment=item.commitment_id)
    return list(parts.select_related("line__fund", "allocation__deal").order_by("line__position"))


def excuse_offer(item: CapitalCallItem, by, parts: list[CapitalCallItemLine], excuses: list[Excuse]) -> Offer:
    """Whether there is an investment among its `parts`, each with what was `revised` of it, from which this person may
    excuse the partner, or ask to; `excuses` are those of its call."""
    waits = any(not one.approved_at and not one.rejected_at for one in excuses)
    offers = []
    for part in parts:
        if part.line.kind == CapitalCallLine.Kind.INVESTMENT:
            part.line.call, part.line.role = item.call, item.role
            offers.append(offer(check_excuse, part.line, part.amount + part.revised, by, waits=waits))
    none = Offer(out_of_state("excuse.not_investment", "A partner is excused from investments alone."))
    return next(filter(bool, offers), offers[0] if offers else none)
