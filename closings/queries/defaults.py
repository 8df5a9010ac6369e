"""A partner in default as it stands: what it owes, the interest so far, and what the others may be asked for."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Sum

from blackgem.lib.errors import Conflict
from blackgem.lib.money import unit_of
from blackgem.lib.rates import DayCount
from capital.models import (
    CallItemCapital,
    CapitalCallItemLine,
    CapitalCallLine,
    LineChange,
    Payment,
)
from closings.calc.default import (
    CapBase,
    DefaultInterest,
    InterestTo,
    Item,
    Other,
    PassedOn,
    Shortfall,
    call_shortfall,
    default_interest,
    pass_on,
)
from closings.models import Default, DefaultRemedy
from funds.models import Commitment

ZERO = Decimal("0.00")
Kind = DefaultRemedy.Kind


@dataclass(frozen=True, slots=True)
class Accrued:
    """Interest of a default up to a day: what payments that came late bear, what the rest does, and what of both was
    asked for already."""

    found: DefaultInterest
    asked: Decimal

    @property
    def total(self) -> Decimal:
        return self.found.paid + self.found.accrued

    @property
    def due(self) -> Decimal:
        """What was not asked for yet."""
        return max(self.total - self.asked, ZERO)


@dataclass(frozen=True, slots=True)
class Owed:
    """What a partner in default owes of its item: all of it, and what of that is for the fee."""

    amount: Decimal
    fee_part: Decimal
    outstanding: Decimal
    paid_on: date | None


def owed_of(default: Default) -> Owed:
    """Of its item, up to now; `paid_on` is the day of its last payment."""
    capital = CallItemCapital.objects.get(item=default.item_id)
    fee = {"item": default.item_id, "line__kind": CapitalCallLine.Kind.MANAGEMENT_FEE}
    parts = CapitalCallItemLine.objects.filter(**fee).aggregate(total=Sum("amount"))["total"] or ZERO
    changed = LineChange.objects.filter(changes_owed=True, **fee).aggregate(total=Sum("amount"))["total"]
    return Owed(capital.called, parts + (changed or ZERO), capital.outstanding, capital.paid_on)


def cured_on(default: Default, owed: Owed) -> date | None:
    """The day on which nothing of it was owed any longer; None while something is."""
    if owed.outstanding:
        return None
    return owed.paid_on or default.effective_on


def accrued_of(default: Default, day: date) -> Accrued:
    """The interest up to a day, by what was paid until then. Raises DefaultRefused."""
    by_day: dict[date, Decimal] = defaultdict(Decimal)
    payments = Payment.objects.filter(item=default.item_id, value_date__lte=day)
    for on, amount in payments.values_list("value_date", "amount"):
        by_day[on] += amount
    changes = LineChange.objects.filter(item=default.item_id, changes_owed=True, effective_on__lte=day)
    amount = default.item.amount + (changes.aggregate(total=Sum("amount"))["total"] or ZERO)
    found = default_interest(
        Item(amount, default.due_on),
        [(on, paid) for on, paid in sorted(by_day.items()) if paid],
        default.rate,
        day_count=DayCount(default.day_count),
        as_of=day,
        unit=unit_of(default.fund.currency),
    )
    asked = standing(default, Kind.INTEREST).aggregate(total=Sum("amount"))["total"]
    return Accrued(found, asked or ZERO)


def standing(default: Default, kind: str):
    """The remedies of a kind that were approved, and whose call was not cancelled."""
    rows = DefaultRemedy.objects.approved().filter(default=default, kind=kind)
    return rows.exclude(asked__call__status="cancelled")


def others_of(default: Default) -> list[Other]:
    """The partners of the fund that are not in default themselves, by reference."""
    in_default = Default.objects.approved().filter(fund=default.fund_id, item__capital__outstanding__gt=0)
    partners = (
        Commitment.objects.filter(fund=default.fund_id)
        .exclude(pk=default.commitment_id)
        .exclude(pk__in=in_default.values("commitment"))
        .select_related("capital")
        .order_by("reference", "pk")
    )
    items = dict(CallItemCapital.objects.filter(call=default.call_id).values_list("commitment", F("called")))
    return [
        Other(
            key=one.pk,
            commitment=one.capital.committed,
            remaining=max(one.capital.unfunded, ZERO),
            item=items.get(one.pk, ZERO),
            contributed=max(one.capital.paid, ZERO),
        )
        for one in partners
    ]


def passed_on_of(default: Default, amount: Decimal, costs: Decimal) -> PassedOn:
    """Whose an amount of interest is, once it was paid."""
    others = others_of(default)
    to = InterestTo(default.interest_to)
    if to == InterestTo.OTHERS and amount > costs and not any(one.commitment for one in others):
        raise Conflict("default.nobody", "There is no other partner to whom interest could be passed on.")
    return pass_on(amount, costs, others, to=to, unit=unit_of(default.fund.currency))


def shortfall_of(default: Default, amount: Decimal | None = None) -> Shortfall:
    """What each of the others would be asked for in place of what is owed; of it, an `amount`. They are asked once.
    Raises Conflict, DefaultRefused."""
    if standing(default, Kind.SHORTFALL).exists():
        raise Conflict("default.shortfall_stands", "The other partners were asked for it already.")
    owed = owed_of(default)
    most = min(owed.outstanding, owed.amount - owed.fee_part)
    asked = most if amount is None else amount
    if most <= 0 or asked > most:
        raise Conflict(
            "default.shortfall_exceeds",
            "No more is asked of the others than is owed, without its part for the fee.",
            field="amount",
        )
    others = others_of(default)
    if not any(one.remaining for one in others):
        raise Conflict("default.nobody", "None of the other partners has anything left that could be called.")
    return call_shortfall(
        Item(owed.amount, default.due_on, owed.fee_part),
        others,
        amount=asked,
        cap=default.cap_share,
        cap_base=CapBase(default.cap_base),
        unit=unit_of(default.fund.currency),
    )
