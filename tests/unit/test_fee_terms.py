"""Terms of fees that the worked examples do not name, true-ups, refusals, and phases by events."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from fees.calc.course import run
from fees.calc.instalments import bill
from fees.calc.periods import periods_of
from fees.calc.schedule import EventKind, FeeEvent, PhaseRule, StartRule, phases_of, start_of
from fees.calc.standing import Standing, State
from fees.calc.terms import (
    AmountWaived,
    Basis,
    DiscountOrder,
    FeeIncome,
    FeeRefused,
    FeeTerms,
    Frequency,
    LateRule,
    Move,
    OffsetAfterClosing,
    OffsetKey,
    OwnRate,
    Partner,
    Phase,
    Schedule,
    Tranche,
    Waiver,
)

FIRST = date(2027, 11, 10)
ZERO = Decimal(0)

# ---------------------------------------------------------------- terms that the worked examples do not name

TERMS = FeeTerms(
    date(2026, 1, 1), date(2027, 1, 1), (Phase(date(2026, 1, 1), Basis.COMMITMENT, Decimal("0.02")),)
)


def partner(key: str, amount: str, *, on: date = TERMS.start, **rest) -> Partner:
    return Partner(key, (Tranche(Decimal(amount), on, on),), **rest)


def offsets(course, number: int) -> dict[str, Decimal]:
    return {key: line.offset for key, line in course.instalments[number].lines.items()}


def test_a_later_closing_shares_fee_income_anew_and_takes_back_what_was_applied_too_much():
    """60,000 of income at 2 January; B comes on 1 July for as much as A committed. A applied 20,000 of its 60,000 in
    each of two quarters: it keeps 30,000, gives 10,000 back, and B has 30,000."""
    income = [FeeIncome(date(2026, 1, 1), "transaction", Decimal(60000))]
    partners = [partner("A", "4000000"), partner("B", "4000000", on=date(2026, 7, 1))]
    kept = run(TERMS, partners, income=income)
    assert offsets(kept, 2) == {"A": Decimal(20000), "B": ZERO}
    anew = replace(TERMS, offset_after_closing=OffsetAfterClosing.RESPLIT)
    course = run(anew, partners, income=income)
    assert offsets(course, 2) == {"A": Decimal(-10000), "B": Decimal(20000)}
    assert course.instalments[2].lines["A"].net == Decimal(30000)
    assert offsets(course, 3) == {"A": ZERO, "B": Decimal(10000)}
    assert [course.state.partners[key].applied for key in "AB"] == [Decimal(30000), Decimal(30000)]


def test_a_transfer_takes_no_income_with_it_that_was_recognised_before():
    """A passes half to B on 1 May: what was shared in January stays, what comes in June is shared by then; and C, who
    closes in August, shares in both as if it had been there from the start."""
    income = [
        FeeIncome(date(2026, 1, 1), "transaction", Decimal(12000)),
        FeeIncome(date(2026, 6, 1), "transaction", Decimal(12000)),
    ]
    half, on = Decimal(2000000), date(2026, 5, 1)
    partners = [
        replace(partner("A", "4000000"), moves=(Move(on, -half),)),
        replace(partner("B", "4000000"), moves=(Move(on, half),)),
        partner("C", "4000000", on=date(2026, 8, 1)),
    ]
    course = run(replace(TERMS, offset_after_closing=OffsetAfterClosing.RESPLIT), partners, income=income)
    shared = [{key: line.recognised for key, line in one.lines.items()} for one in course.instalments]
    assert shared[1] == {"A": ZERO, "B": ZERO}
    assert shared[2] == {"A": Decimal(3000), "B": Decimal(9000)}
    assert shared[3] == {"A": Decimal(-3000), "B": Decimal(-5000), "C": Decimal(8000)}


def test_a_true_up_names_its_periods_and_why():
    """B comes in on the day of the second bill, which asks it for the first quarter too; from 16 May on a lower rate
    holds, known in June. What other calls asked A for counts for the first quarters that fall short of it."""
    phases = (*TERMS.phases, Phase(date(2026, 5, 16), Basis.COMMITMENT, Decimal("0.01"), date(2026, 6, 8)))
    terms = replace(TERMS, phases=phases, late_rule=LateRule.TO_DATE)
    partners = [partner("A", "4000000"), partner("B", "4000000", on=date(2026, 4, 1))]
    periods = periods_of(terms)

    def named(number: int, state: State, *partners: Partner):
        instalment, state = bill(terms, partners, periods, number, state)
        said = {
            key: [
                (one.period and one.period.start.month, int(one.was), int(one.now), *one.why)
                for one in row.true_ups
            ]
            for key, row in instalment.lines.items()
        }
        return said, state

    said, state = named(0, State({"A": Standing(), "B": Standing()}), *partners)
    assert said == {"A": []}
    said, state = named(1, state, *partners)
    assert said == {"A": [], "B": [(1, 0, 20000, "later_closing")]}
    said, state = named(2, state, *partners)
    assert said == {"A": [(4, 20000, 14945, "rate")], "B": [(4, 20000, 14945, "rate")]}
    assert named(3, state, *partners)[0] == {"A": [], "B": []}
    asked = State({"A": Standing({date.min: Decimal(30000)})})
    assert named(1, asked, partners[0])[0] == {"A": [(None, 10000, 0, "other_call")]}
    assert named(2, asked, partners[0])[0] == {"A": [(4, 10000, 14945, "other_call")]}


def test_income_of_a_deal_goes_to_who_is_in_the_deal():
    income = [
        FeeIncome(
            TERMS.start, "transaction", Decimal(1000), deal="D1", shares={"A": Decimal(3), "B": Decimal(1)}
        ),
        FeeIncome(TERMS.start, "other", Decimal(1000)),
    ]
    partners = [partner("A", "1000000"), partner("B", "1000000")]
    by_deal = run(replace(TERMS, offset_key=OffsetKey.DEAL), partners, income=income)
    assert offsets(by_deal, 0) == {"A": Decimal(1250), "B": Decimal(750)}
    assert offsets(run(TERMS, partners, income=income), 0) == {"A": Decimal(1000), "B": Decimal(1000)}


def test_tax_is_a_line_on_top_of_the_net_fee():
    line = run(replace(TERMS, vat_rate=Decimal("0.19")), [partner("A", "1000001")]).instalments[0].lines["A"]
    assert (line.net, line.tax) == (Decimal("5000.01"), Decimal("950.00"))


def test_a_side_letter_lets_a_late_closer_off_an_amount_of_its_late_fees_first():
    late = partner(
        "N", "5000000", on=date(2026, 5, 1), waived=(AmountWaived(date(2026, 5, 1), Decimal(60000)),)
    )
    course = run(TERMS, [late])
    [catch_up] = course.catch_ups
    assert (catch_up.amount, catch_up.waived, catch_up.net) == (Decimal(50000), Decimal(50000), ZERO)
    assert [one.lines["N"].net for one in course.instalments[2:]] == [Decimal(15000), Decimal(25000)]


def test_a_schedule_may_change_at_the_end_of_a_period():
    yearly = Schedule(Frequency.ANNUAL, in_advance=False, starts_on=date(2026, 7, 1))
    terms = replace(TERMS, until=date(2028, 1, 1), schedules=(Schedule(), yearly))
    course = run(terms, [partner("A", "1000000")])
    assert [(one.period.on, one.net) for one in course.instalments] == [
        (date(2026, 1, 1), Decimal("5000.00")),
        (date(2026, 4, 1), Decimal("5000.00")),
        (date(2027, 1, 1), Decimal("10082.19")),
        (date(2028, 1, 1), Decimal("20000.00")),
    ]


@pytest.mark.parametrize(
    ("change", "waiver", "code"),
    [
        ({"until": TERMS.start}, None, "date_order"),
        ({"phases": (Phase(date(2026, 1, 2), Basis.COMMITMENT, ZERO),)}, None, "phase_missing"),
        ({"phases": (Phase(TERMS.start, Basis.FAIR_VALUE, ZERO),)}, None, "base_missing"),
        ({"phases": (Phase(TERMS.start, Basis.COMMITMENT, Decimal(2)),)}, None, "rate_out_of_range"),
        ({}, Waiver(date(2026, 1, 2), Decimal(1)), "waiver_without_instalment"),
        ({}, Waiver(TERMS.start, Decimal(-1)), "negative_amount"),
        (
            {
                "discount_order": DiscountOrder.OFFSET_FIRST,
                "phases": (*TERMS.phases, Phase(date(2026, 2, 1), Basis.COMMITMENT, Decimal("0.01"))),
            },
            None,
            "order_unsupported",
        ),
    ],
)
def test_what_is_refused(change, waiver, code):
    with pytest.raises(FeeRefused) as refused:
        run(replace(TERMS, **change), [partner("A", "1000000")], waivers=[waiver] if waiver else [])
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            {"own_rates": (OwnRate(TERMS.start, ZERO, TERMS.start),), "discount": Decimal("0.1")},
            "discount_given_twice",
        ),
        ({"discount": Decimal("1.1")}, "share_out_of_range"),
        ({"tranches": (Tranche(Decimal(1), date(2026, 2, 1), date(2026, 1, 1)),)}, "date_order"),
        ({"tranches": (Tranche(Decimal(-1), TERMS.start, TERMS.start),)}, "negative_amount"),
    ],
)
def test_which_partner_is_refused(change, code):
    with pytest.raises(FeeRefused) as refused:
        run(TERMS, [replace(partner("A", "1000000"), **change)])
    assert refused.value.code == code


# ---------------------------------------------------------------- phases

ENDED, SUCCESSOR = EventKind.INVESTMENT_PERIOD_ENDED, EventKind.SUCCESSOR_FEE_STARTED
DURING = PhaseRule(Basis.COMMITMENT, Decimal("0.02"), date(2026, 1, 1))
AFTER = PhaseRule(Basis.NET_INVESTED, Decimal("0.0175"), date(2031, 1, 1), frozenset({ENDED, SUCCESSOR}))


def event(kind: EventKind, on: str, known: str | None = None) -> FeeEvent:
    return FeeEvent(kind, date.fromisoformat(on), date.fromisoformat(known or on))


def told(*events: FeeEvent, suspended: PhaseRule | None = AFTER) -> list[str]:
    return [
        f"{phase.starts_on} {phase.basis} {phase.rate} {phase.known_on or '-'}"
        for phase in phases_of([DURING, AFTER], events, suspended=suspended)
    ]


def test_the_first_of_a_day_and_events_ends_the_investment_period():
    start, planned = "2026-01-01 commitment 0.02 -", "2031-01-01 net_invested 0.0175 -"
    assert told() == [start, planned]
    assert told(event(SUCCESSOR, "2030-08-16", "2030-09-01")) == [
        start,
        "2030-08-16 net_invested 0.0175 2030-09-01",
        planned,
    ]


def test_a_suspension_has_a_phase_of_its_own_and_the_end_of_a_fee_another():
    pause = event(EventKind.SUSPENDED, "2028-03-01"), event(EventKind.RESUMED, "2028-06-01", "2028-06-10")
    during = [
        "2026-01-01 commitment 0.02 -",
        "2028-03-01 net_invested 0.0175 2028-03-01",
        "2028-06-01 commitment 0.02 2028-06-10",
        "2031-01-01 net_invested 0.0175 -",
    ]
    assert told(*pause) == during
    assert told(*pause, suspended=None) == [during[0], during[3]]
    assert told(pause[0]) == during[:2]
    ended = event(EventKind.FEE_ENDED, "2030-05-01")
    assert told(*pause, ended) == [*during[:3], "2030-05-01 commitment 0 2030-05-01"]
    with pytest.raises(FeeRefused, match="before the next one begins"):
        told(pause[1])


def test_a_fee_starts_with_what_the_terms_name():
    known = {"first_closing": date(2026, 1, 15), "first_investment": None, "day": None}
    assert start_of(StartRule.FIRST_CLOSING, **known) == date(2026, 1, 15)
    with pytest.raises(FeeRefused, match="not known yet"):
        start_of(StartRule.FIRST_INVESTMENT, **known)
