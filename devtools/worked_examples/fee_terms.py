"""Reading the terms of a management fee: schedule, partners with their side letters, fee income, waivers."""

from datetime import date
from decimal import Decimal

from blackgem.lib.rates import DayCount
from devtools.worked_examples.reading import (
    CaseError,
    read_choice,
    read_date,
    read_flag,
    read_number,
    read_unit,
)
from devtools.worked_examples.shapes import (
    Terms,
    read_amount_of,
    read_amounts,
    read_named_objects,
    read_objects,
    read_signed,
)
from fees.calc.terms import (
    ZERO,
    BaseEntry,
    Basis,
    DealBase,
    DiscountOrder,
    FeeIncome,
    FeeInterest,
    FeeRefused,
    FeeTerms,
    Frequency,
    InterestEnd,
    LateInterest,
    LateRule,
    OffsetShare,
    OwnRate,
    Partner,
    Phase,
    Schedule,
    TimeRule,
    Tranche,
    Waiver,
)


def read_fee_terms(terms: Terms) -> FeeTerms:
    """The schedule and its rules. Raises CaseError."""
    late = LateInterest(
        read_choice(terms, "fee_interest", FeeInterest.NONE),
        _number(terms, "fee_interest_rate", "terms", Decimal(0)),
        read_choice(terms, "fee_interest_day_count", DayCount.ACT_365),
        read_choice(terms, "fee_interest_end", InterestEnd.DUE_DATE),
    )
    if late.charged != FeeInterest.NONE and terms.get("fee_interest_rate") is None:
        raise CaseError("terms.fee_interest_rate is missing")
    if late.day_count == DayCount.THIRTY_E_360:
        raise FeeRefused("day_count_unsupported", "Interest counts actual days, of 365 or of 360.")
    schedule = Schedule(
        read_choice(terms, "frequency", Frequency.QUARTERLY),
        read_flag(terms, "in_advance", default=True),
        read_choice(terms, "time_rule", TimeRule.BY_PERIOD),
    )
    return FeeTerms(
        read_date(terms.get("start"), "terms.start"),
        read_date(terms.get("until"), "terms.until"),
        tuple(_phase(f"terms.phases[{n}]", own) for n, own in enumerate(read_objects(terms, "phases"))),
        (schedule,),
        read_choice(terms, "late_rule", LateRule.BILLED),
        late,
        read_choice(terms, "offset_share", OffsetShare.ALL),
        discount_order=read_choice(terms, "discount_order", DiscountOrder.DISCOUNT_FIRST),
        inside=read_flag(terms, "inside", default=True),
        unit=read_unit(terms),
    )


def _phase(where: str, own: Terms) -> Phase:
    if own.get("basis") is None:
        raise CaseError(f"{where}.basis is missing")
    return Phase(
        read_date(own.get("from"), f"{where}.from"),
        read_choice(own, "basis", Basis.COMMITMENT),
        read_number(own.get("rate"), f"{where}.rate"),
        _day(own, "known_on", where),
    )


def read_income(terms: Terms) -> list[FeeIncome]:
    """Fee income in the order of the file. Raises CaseError and MoneyError."""
    return [
        FeeIncome(
            read_date(own.get("received_on"), f"terms.income[{number}].received_on"),
            str(own.get("category")),
            read_amount_of(own, "amount", f"terms.income[{number}]", terms),
            _number(own, "offset", f"terms.income[{number}]", Decimal(1)),
        )
        for number, own in enumerate(read_objects(terms, "income"))
    ]


def read_dated_amounts(terms: Terms, key: str) -> list[tuple[date, Decimal]]:
    """A list of days with amounts. Raises CaseError and MoneyError."""
    return [
        (
            read_date(own.get("on"), f"terms.{key}[{number}].on"),
            read_amount_of(own, "amount", f"terms.{key}[{number}]", terms),
        )
        for number, own in enumerate(read_objects(terms, key))
    ]


def read_waivers(terms: Terms) -> list[Waiver]:
    """What the manager waives, by day. Raises CaseError and MoneyError."""
    return [Waiver(on, amount) for on, amount in read_dated_amounts(terms, "waivers")]


# ---------------------------------------------------------------- partners


def read_partners(terms: Terms) -> list[Partner]:
    """The partners in the order of the file. Raises CaseError, MoneyError and FeeRefused("unknown_partner")."""
    named = read_named_objects(terms, "lps")
    brought = read_amounts(terms, "offset_brought_forward", terms)
    if strangers := brought.keys() - named.keys():
        raise FeeRefused("unknown_partner", f"{', '.join(sorted(strangers))}: no partner.")
    start = read_date(terms.get("start"), "terms.start")
    return [_partner(name, own, terms, start, brought.get(name, ZERO)) for name, own in named.items()]


def _partner(name: str, own: Terms, terms: Terms, start: date, brought: Decimal) -> Partner:
    where = f"terms.lps.{name}"
    return Partner(
        name,
        _tranches(where, own, terms, start),
        read_flag(own, "fee_free", default=False),
        _own_rates(where, own),
        _number(own, "discount", where, Decimal(0)),
        (),
        tuple(_base(f"{where}.bases[{n}]", one, terms) for n, one in enumerate(read_objects(own, "bases"))),
        brought,
    )


def _tranches(where: str, own: Terms, terms: Terms, start: date) -> tuple[Tranche, ...]:
    if (own.get("commitment") is None) == (own.get("tranches") is None):
        raise CaseError(f"{where} has a commitment or tranches")
    if own.get("commitment") is not None:
        return (Tranche(read_signed(own["commitment"], terms), start, start),)
    found = []
    for number, one in enumerate(read_objects(own, "tranches")):
        place = f"{where}.tranches[{number}]"
        admitted_on = _day(one, "admitted_on", place) or start
        pay_on = _day(one, "pay_on", place) or admitted_on
        found.append(Tranche(read_amount_of(one, "amount", place, terms), admitted_on, pay_on))
    return tuple(found)


def _own_rates(where: str, own: Terms) -> tuple[OwnRate, ...]:
    if own.get("rate") is not None and own.get("rates") is not None:
        raise CaseError(f"{where} has a rate or rates")
    if own.get("rate") is not None:
        return (OwnRate(date.min, read_number(own["rate"], f"{where}.rate"), date.min),)
    found = []
    for number, row in enumerate(read_objects(own, "rates")):
        place = f"{where}.rates[{number}]"
        starts_on = read_date(row.get("from"), f"{place}.from")
        known_on = _day(row, "known_on", place) or starts_on
        found.append(OwnRate(starts_on, read_number(row.get("rate"), f"{place}.rate"), known_on))
    return tuple(found)


def _base(where: str, own: Terms, terms: Terms) -> BaseEntry:
    if (own.get("amount") is None) == (own.get("deals") is None):
        raise CaseError(f"{where} has an amount or deals")
    as_of = read_date(own.get("as_of"), f"{where}.as_of")
    amount = None if own.get("amount") is None else read_signed(own["amount"], terms)
    deals = tuple(
        _deal(f"{where}.deals.{name}", deal, terms) for name, deal in read_named_objects(own, "deals").items()
    )
    return BaseEntry(as_of, _day(own, "known_on", where) or as_of, amount, deals)


def _deal(where: str, own: Terms, terms: Terms) -> DealBase:
    if strangers := own.keys() - {"cost", "realised", "written_off", "permanent_write_down", "fair_value"}:
        raise CaseError(f"unknown key {where}.{min(strangers)}")
    return DealBase(
        read_amount_of(own, "cost", where, terms),
        *(
            read_amount_of(own, key, where, terms, default=ZERO)
            for key in ("realised", "written_off", "permanent_write_down")
        ),
        None if own.get("fair_value") is None else read_signed(own["fair_value"], terms),
    )


def _day(own: Terms, key: str, where: str) -> date | None:
    return None if own.get(key) is None else read_date(own[key], f"{where}.{key}")


def _number(own: Terms, key: str, where: str, default: Decimal) -> Decimal:
    return default if own.get(key) is None else read_number(own[key], f"{where}.{key}")
