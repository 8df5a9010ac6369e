"""What partners' fees are taken of where it is not the commitment: what they paid for investments, less what was sold
or written down of it, and what it is worth; read from the ledger, the write-downs and the net asset values.

A fee is taken of what stood at the end of a day as far as it is recorded: what is recorded later changes what the next
run knows of it, and so is trued up there. What a later closing moved between partners counts from the day on which it
was first paid for, as if all had been there from the start; what a transfer moved, from the day of the transfer.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

from django.db.models import Q

from blackgem.lib.money import round_to_unit, split
from distributions.models import DistributionItem, TakenShare, WriteDown
from distributions.states import DISTRIBUTION_ISSUED, DistributionType
from fees.calc.terms import ZERO, BaseEntry, DealBase
from fees.models import FeeRealisation
from funds.models import CapitalTransaction, Fund, NavEntry, NavEntryDeal

Amounts = dict[int, Decimal]


@dataclass(frozen=True, slots=True)
class _Dated:
    on: date
    deal: int
    amount: Decimal
    partner: int = 0


@dataclass(frozen=True, slots=True)
class _Valued:
    """A net asset value that was entered, and what of it each deal is; `deals` is empty where it says nothing of it."""

    on: date
    deals: Mapping[int, Decimal]


def bases_of(fund: Fund, days: Iterable[date], unit: Decimal) -> dict[int, tuple[BaseEntry, ...]]:
    """By partner, what its fee is taken of at the end of each of these days, deal by deal."""
    record = _Record(fund, unit)
    found: dict[int, list[BaseEntry]] = defaultdict(list)
    partners = sorted({one.partner for one in record.paid})
    for day in sorted(set(days)):
        by_partner = record.on(day)
        for key in partners:
            found[key].append(BaseEntry(day, date.min, deals=by_partner.get(key, ())))
    return {key: tuple(entries) for key, entries in found.items()}


def sold_by_deal(fund: Fund, deal: int, *more: FeeRealisation) -> list[Decimal]:
    """The cost said to be sold of a deal after each day on which that changed, these rows counted in."""
    rows = [*FeeRealisation.objects.approved().filter(fund=fund, deal=deal), *more]
    by_day: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for one in rows:
        by_day[one.effective_on] += one.amount
    return list(accumulate(by_day[day] for day in sorted(by_day)))


class _Record:
    """What is on record of a fund's investments, by now."""

    def __init__(self, fund: Fund, unit: Decimal) -> None:
        self.unit = unit
        self.paid = [*_paid(fund), *_given_back(fund)]
        self.sold = _amounts(FeeRealisation.objects.approved().filter(fund=fund), "effective_on")
        self.lost = _amounts(WriteDown.objects.in_force().filter(fund=fund), "date")
        self.values = _values(fund)

    def on(self, day: date) -> dict[int, tuple[DealBase, ...]]:
        """By partner, its part of each deal at the end of a day. A part of a deal is shared by what each had paid for
        it, to the unit."""
        paid = _by_deal_and_partner(one for one in self.paid if one.on <= day)
        valued = max((one for one in self.values if one.on <= day), key=lambda one: one.on, default=None)
        found: dict[int, list[DealBase]] = defaultdict(list)
        for deal, parts in sorted(paid.items()):
            cost = {key: amount for key, amount in parts.items() if amount > 0}
            if not cost:
                continue
            sold = self._split(min(self._of(self.sold, deal, day), sum(cost.values())), cost)
            left = {key: cost[key] - sold[key] for key in cost}
            lost = self._split(min(self._of(self.lost, deal, day), sum(left.values(), ZERO)), left)
            worth = self._split(value, cost) if (value := self._worth(deal, day, valued)) is not None else {}
            for key in cost:
                found[key].append(
                    DealBase(cost[key], sold[key], ZERO, lost[key], worth.get(key) if worth else None)
                )
        return {key: tuple(deals) for key, deals in found.items()}

    def _of(self, rows: list[_Dated], deal: int, day: date) -> Decimal:
        return max(sum((one.amount for one in rows if one.deal == deal and one.on <= day), ZERO), ZERO)

    def _split(self, amount: Decimal, weights: Amounts) -> Amounts:
        if not amount:
            return dict.fromkeys(weights, ZERO)
        return dict(zip(weights, split(amount, list(weights.values()), self.unit), strict=True))

    def _worth(self, deal: int, day: date, valued: _Valued | None) -> Decimal | None:
        """What a deal is worth by the value entered last: with what was paid for it since, without the part of its cost
        that was sold since. None where no value by deal was entered."""
        if valued is None or not valued.deals:
            return None

        def cost_by(until: date) -> Decimal:
            return sum((one.amount for one in self.paid if one.deal == deal and one.on <= until), ZERO)

        then, sold_then = cost_by(valued.on), self._of(self.sold, deal, valued.on)
        left = then - sold_then
        sold_since = min(self._of(self.sold, deal, day) - sold_then, left) if left > 0 else ZERO
        kept = Fraction(left - max(sold_since, ZERO)) / Fraction(left) if left > 0 else Fraction(1)
        entered = round_to_unit(Fraction(valued.deals.get(deal, ZERO)) * kept, self.unit)
        return max(entered + cost_by(day) - then, ZERO)


# ---------------------------------------------------------------- rows


def _paid(fund: Fund) -> list[_Dated]:
    """What partners paid for deals, and what of it moved between them. What was reversed drops out."""
    rows = CapitalTransaction.objects.filter(
        Q(deal__isnull=False, counts_as_paid_in=True, reverses=None, reversed_by_row=None), fund=fund
    )
    named = rows.order_by("pk").values_list(
        "commitment", "deal", "amount", "value_date", "accrues_from", "transfer_id"
    )
    return [
        _Dated(value_date if transfer or since is None else since, deal, amount, partner)
        for partner, deal, amount, value_date, since, transfer in named
    ]


def _given_back(fund: Fund) -> list[_Dated]:
    """What of it was not used and given back, outside the waterfall."""
    of = {
        "distribution__fund": fund,
        "distribution__status__in": DISTRIBUTION_ISSUED,
        "distribution__type": DistributionType.RETURN_OF_EXCESS_CAPITAL,
        "distribution__deal__isnull": False,
    }
    items = DistributionItem.objects.filter(**of).values_list(
        "distribution__date", "distribution__deal", "gross_amount", "commitment"
    )
    taken = TakenShare.objects.filter(**of).values_list(
        "effective_on", "distribution__deal", "gross_amount", "commitment"
    )
    return [_Dated(on, deal, -amount, key) for rows in (items, taken) for on, deal, amount, key in rows]


def _amounts(rows, day: str) -> list[_Dated]:
    return [_Dated(*one) for one in rows.order_by("pk").values_list(day, "deal", "amount")]


def _values(fund: Fund) -> list[_Valued]:
    """The net asset values that were entered, the newest of each day."""
    by_entry: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for entry, deal, amount in NavEntryDeal.objects.filter(fund=fund).values_list("entry", "deal", "amount"):
        by_entry[entry][deal] = amount
    entries = NavEntry.objects.filter(fund=fund).order_by("pk").values_list("as_of", "pk")
    newest = dict(entries)
    return [_Valued(day, by_entry.get(pk, {})) for day, pk in newest.items()]


def _by_deal_and_partner(rows: Iterable[_Dated]) -> dict[int, Amounts]:
    found: dict[int, Amounts] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for one in rows:
        found[one.deal][one.partner] += one.amount
    return found
