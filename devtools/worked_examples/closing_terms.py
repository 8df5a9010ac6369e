"""Reading the terms of an equalisation: its closings, its register, its lines and distributions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NoReturn

from blackgem.lib.money import round_to_unit
from blackgem.lib.rates import DayCount
from closings.calc.interest import Compounding, EqualisationRefused, InterestTerms, RateFrom, check_interest
from closings.calc.terms import (
    ZERO,
    DistributionsRule,
    EqualisationTerms,
    FeeInstalment,
    FeeInterest,
    InterestEnd,
)
from devtools.worked_examples.reading import (
    CaseError,
    read_choice,
    read_date,
    read_flag,
    read_fraction,
    read_number,
    read_optional,
    read_unit,
)
from devtools.worked_examples.shapes import (
    Terms,
    read_amounts,
    read_list,
    read_names,
    read_object,
    read_objects,
    read_signed,
)


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing as a case states it; the first is paid on no day of its own."""

    on: date
    pay_on: date
    admit: Mapping[str, Decimal]
    exclude: Sequence[str]
    at_value: Mapping[str, Decimal]
    fees: Mapping[str, tuple[FeeInstalment, ...]]
    net_with: Sequence[str]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A line of a call, or a distribution. `items`: set by hand."""

    id: str
    amount: Decimal
    due_on: date
    issued_on: date
    inside: Decimal
    deal: str | None
    excused: frozenset[str]
    items: Mapping[str, Decimal] | None = None
    is_fee: bool = False
    is_distribution: bool = False


@dataclass(frozen=True, slots=True)
class Fund:
    """Who committed what at which closing. `gp`: a name, and its share of all other commitments."""

    closings: tuple[Closing, ...]
    partners: tuple[str, ...]
    gp: tuple[str, Fraction] | None
    unit: Decimal
    registers: list[dict[str, Decimal]] = field(default_factory=list)

    def register_on(self, day: date) -> dict[str, Decimal]:
        """Commitments on a day, a closing of that day included; in the order of the partners."""
        return self.register_after(sum(closing.on <= day for closing in self.closings))

    def register_after(self, count: int) -> dict[str, Decimal]:
        """Commitments after so many closings."""
        admitted = [pair for closing in self.closings[:count] for pair in closing.admit.items()]
        found = {
            name: sum((amount for other, amount in admitted if other == name), ZERO)
            for name in self.partners
            if any(other == name for other, _ in admitted)
        }
        if self.gp and count:
            name, share = self.gp
            found[name] = round_to_unit(Fraction(sum(found.values(), ZERO)) * share, self.unit)
        return {name: found[name] for name in self.partners if name in found}


def read_fund(terms: Terms) -> Fund:
    """The closings and who comes in at each. Raises EqualisationRefused, CaseError and MoneyError."""
    listed = read_objects(terms, "closings")
    if not listed:
        raise CaseError("terms.closings has to name a closing")
    closings = tuple(_closing(f"terms.closings[{number}]", own, terms) for number, own in enumerate(listed))
    _check_order(closings, listed)
    gp = terms.get("gp")
    if gp is not None and not (isinstance(gp, dict) and isinstance(gp.get("name"), str)):
        raise CaseError("terms.gp has to be an object with a name")
    share = None if gp is None else (gp["name"], read_fraction(gp.get("percent"), "terms.gp.percent"))
    if share and not 0 < share[1] <= 1:
        _refuse("share_out_of_range", "The share of the GP is above 0, and 1 at most.")
    admitted = dict.fromkeys(name for closing in closings for name in closing.admit)
    if share and share[0] in admitted:
        raise CaseError(f"{share[0]} has a share of the commitments and is not admitted with an amount")
    known = [*admitted, *([share[0]] if share else [])]
    order = read_names(terms, "partners", "terms") if "partners" in terms else known
    check_known(known, order)
    check_known(order, known)
    return Fund(closings, tuple(order), share, read_unit(terms))


def _closing(where: str, own: Terms, terms: Terms) -> Closing:
    on = read_date(own.get("on"), f"{where}.on")
    admit = read_amounts(own, "admit", terms, where)
    if any(amount <= 0 for amount in admit.values()):
        _refuse("amount_not_positive", f"{where}: who is admitted commits more than nothing.")
    values = read_amounts(own, "at_value", terms, where)
    fees = {
        name: tuple(
            _fee(f"{where}.fees.{name}", fee, terms) for fee in read_list(listed, f"{where}.fees.{name}")
        )
        for name, listed in read_object(own, "fees", where).items()
    }
    return Closing(
        on,
        read_date(own["pay_on"], f"{where}.pay_on") if own.get("pay_on") is not None else on,
        admit,
        read_names(own, "exclude", where),
        values,
        fees,
        read_names(own, "net_with", where),
    )


def _fee(where: str, fee: object, terms: Terms) -> FeeInstalment:
    if not isinstance(fee, dict) or fee.keys() != {"amount", "due"}:
        raise CaseError(f"{where}: a fee has an amount and a due")
    return FeeInstalment(read_signed(fee["amount"], terms), read_date(fee["due"], f"{where}.due"))


def _check_order(closings: Sequence[Closing], listed: Sequence[Terms]) -> None:
    if any(own.get("pay_on") is None for own in listed[1:]):
        _refuse("closing_order", "Every closing after the first says on which day its notices are paid.")
    if any(closing.pay_on < closing.on for closing in closings):
        _refuse("closing_order", "The notices of a closing are paid on its day or later.")
    for earlier, closing in pairwise(closings):
        if closing.on <= earlier.on:
            _refuse("closing_order", "Each closing is later than the one before.")
        if closing.on < earlier.pay_on:
            _refuse("earlier_closing_unsettled", f"The closing of {earlier.on} waits for its payments.")


# ---------------------------------------------------------------- lines


def read_lines(terms: Terms, fund: Fund) -> list[CaseLine]:
    """Lines of calls, then distributions. Raises EqualisationRefused, CaseError and MoneyError."""
    lines = [
        _line(f"terms.lines[{number}]", own, terms) for number, own in enumerate(read_objects(terms, "lines"))
    ]
    lines += [
        _distribution(f"terms.distributions[{number}]", own, terms)
        for number, own in enumerate(read_objects(terms, "distributions"))
    ]
    if len({line.id for line in lines}) < len(lines):
        raise CaseError("two lines or distributions have the same id")
    for line in lines:
        if line.issued_on < fund.closings[0].on:
            _refuse("line_before_first_closing", f"{line.id}: before the first closing there is no partner.")
        check_known(line.excused, fund.partners)
    named = {line.id for line in lines} | {line.deal for line in lines}
    calls = {line.id for line in lines if not line.is_distribution}
    for closing in fund.closings:
        _check_named(closing.exclude, named)
        _check_named([*closing.at_value, *closing.net_with], calls)
    return lines


def _line(where: str, own: Terms, terms: Terms) -> CaseLine:
    amount, due_on = _positive(own, where, terms), read_date(own.get("due"), f"{where}.due")
    outside = read_signed(own.get("outside", "0"), terms)
    if outside < 0:
        _refuse("negative_amount", f"{where}.outside is below zero.")
    if outside > amount:
        _refuse("outside_exceeds_line", f"{where}.outside is more than the line.")
    items = None
    if own.get("items") is not None:
        items = read_amounts(own, "items", terms, where)
    return CaseLine(
        _id(own, where),
        amount,
        due_on,
        read_date(own["issued_on"], f"{where}.issued_on") if own.get("issued_on") is not None else due_on,
        amount - outside,
        own.get("deal"),
        frozenset(read_names(own, "excused", where)),
        items,
        own.get("kind") == "fee",
    )


def _distribution(where: str, own: Terms, terms: Terms) -> CaseLine:
    amount, on = _positive(own, where, terms), read_date(own.get("on"), f"{where}.on")
    recallable = read_flag(own, "recallable", default=False)
    return CaseLine(
        _id(own, where),
        amount,
        on,
        on,
        amount if recallable else ZERO,
        own.get("deal"),
        frozenset(read_names(own, "excused", where)),
        is_distribution=True,
    )


def _positive(own: Terms, where: str, terms: Terms) -> Decimal:
    amount = read_signed(own.get("amount"), terms)
    if amount <= 0:
        _refuse("amount_not_positive", f"{where}.amount has to be above zero.")
    return amount


def _id(own: Terms, where: str) -> str:
    if not isinstance(own.get("id"), str):
        raise CaseError(f"{where}.id is missing")
    return own["id"]


def _check_named(names: Iterable[str], known: Iterable[str | None]) -> None:
    if strangers := set(names) - set(known):
        raise CaseError(f"{', '.join(sorted(strangers))}: a closing names no line or deal of this case")


def check_known(names: Iterable[str], known: Iterable[str]) -> None:
    """Raise EqualisationRefused("unknown_partner") for a name that is none."""
    if strangers := set(names) - set(known):
        _refuse("unknown_partner", f"{', '.join(sorted(strangers))}: no partner.")


# ---------------------------------------------------------------- terms


def read_equalisation_terms(terms: Terms, fund: Fund) -> EqualisationTerms:
    """Interest, and what takes part. Raises EqualisationRefused and CaseError."""
    no_interest = read_names(terms, "no_interest", "terms")
    check_known(no_interest, fund.partners)
    rates = tuple(
        RateFrom(
            read_date(row.get("from"), "terms.rates.from"), read_number(row.get("rate"), "terms.rates.rate")
        )
        for row in read_objects(terms, "rates")
    )
    interest = InterestTerms(
        read_optional(terms, "rate"),
        rates,
        read_optional(terms, "spread") or Decimal(0),
        read_choice(terms, "compounding", Compounding.SIMPLE),
        read_choice(terms, "day_count", DayCount.ACT_365),
        read_flag(terms, "count_both_ends", default=False),
    )
    check_interest(interest)
    return EqualisationTerms(
        interest,
        read_choice(terms, "interest_end", InterestEnd.DUE_DATE),
        frozenset(no_interest),
        read_choice(terms, "fee_interest", FeeInterest.NONE),
        read_choice(terms, "distributions_rule", DistributionsRule.RESPLIT),
    )


def read_pref(terms: Terms) -> tuple[InterestTerms, date] | None:
    """The preferred return that a case asks for, and the day to which it runs."""
    if terms.get("pref") is None:
        return None
    pref = read_object(terms, "pref", "terms")
    interest = InterestTerms(
        read_number(pref.get("rate"), "terms.pref.rate"),
        compounding=read_choice(pref, "compounding", Compounding.SIMPLE),
        day_count=read_choice(pref, "day_count", DayCount.ACT_365),
    )
    check_interest(interest)
    return interest, read_date(pref.get("on"), "terms.pref.on")


def _refuse(code: str, message: str) -> NoReturn:
    raise EqualisationRefused(code, message)
