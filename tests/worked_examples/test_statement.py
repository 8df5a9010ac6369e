"""A partner's statement, worked out by hand, and its identities on facts at random.

The story: 100,000 committed on March 10, 2025. Call 1 (April 1) asks for 30,000 for an investment and 2,000 of fees;
it is paid in two parts. Call 2 (October 15) asks for 10,000 within the commitment and 500 outside it; 4,000 of it is
paid, and that wire bounces. On December 1 a dividend of 5,000 goes out, of which 1,500 may be called again, with 350
withheld; a second distribution of 1,000 is declared on December 20 and not yet paid out.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.calc.multiples import RecallableTreatment
from funds.calc.nav import Nav
from portal.calc.facts import Account, CallFact, DistributionFact, EventFact, Flow, LedgerFact
from portal.calc.statement import make_statement, periods_to, total
from portal.templatetags.statements import position

D = Decimal
ACCOUNT = Account((EventFact(date(2025, 3, 10), D("100000.00")),), date(2025, 3, 10))
CALLS = [
    CallFact(
        1,
        11,
        1,
        "Acquisition",
        date(2025, 4, 1),
        date(2025, 4, 15),
        D("32000.00"),
        D("32000.00"),
        True,
        "CC1",
    ),
    CallFact(
        2, 12, 2, "Add-on", date(2025, 10, 15), date(2025, 11, 1), D("10500.00"), D("10000.00"), True, "CC2"
    ),
]


def given_back(item, number, kind, on, gross, capital, recallable, withheld):
    profit = D(gross) - D(capital)
    parts = (D(gross), D(capital), D(0), profit, D(0), D(recallable), D(withheld))
    return DistributionFact(item, item + 20, number, kind, "", on, *parts, True, f"DN{number}")


# Items of calls and of distributions are numbered apart: the same number on both sides is no mistake.
DISTRIBUTIONS = [
    given_back(1, 1, "Dividend", date(2025, 12, 1), "5000.00", "1500.00", "1500.00", "350.00"),
    given_back(2, 2, "Exit proceeds", date(2025, 12, 20), "1000.00", "1000.00", "0.00", "0.00"),
]


def row(number, on, flow, amount, posting, *, item=None, purpose="", recallable=False, reverses=None):
    kind = "payout" if flow == Flow.DISTRIBUTION else "payment"
    words = f"{kind} {posting}"
    return LedgerFact(
        number,
        on,
        flow,
        D(amount),
        words,
        (kind, posting),
        purpose,
        item,
        recallable,
        reverses,
        flow == Flow.CONTRIBUTION,
    )


IN, OUT = Flow.CONTRIBUTION, Flow.DISTRIBUTION
LEDGER = [
    row(1, date(2025, 4, 10), IN, "2000.00", 1, item=1, purpose="management_fee"),
    row(2, date(2025, 4, 10), IN, "18000.00", 1, item=1, purpose="investment"),
    row(3, date(2025, 4, 14), IN, "12000.00", 2, item=1, purpose="investment"),
    row(4, date(2025, 10, 30), IN, "4000.00", 3, item=2, purpose="investment"),
    row(5, date(2025, 11, 5), IN, "-4000.00", 4, item=2, purpose="investment", reverses=4),
    row(6, date(2025, 12, 1), OUT, "-1500.00", 1, item=1, recallable=True),
    row(7, date(2025, 12, 1), OUT, "-3500.00", 1, item=1),
]


def stated(as_of, account=ACCOUNT):
    return make_statement(account, CALLS, DISTRIBUTIONS, LEDGER, as_of=as_of)


def steps(statement, name):
    return {step.label: [str(amount) for amount in step.amounts] for step in getattr(statement, name)}


def test_at_the_end_of_the_year():
    statement = stated(date(2025, 12, 31))
    figures = {
        "called": "42500.00",
        "called_within": "42000.00",
        "paid": "32000.00",
        "outstanding": "10500.00",
        "declared": "6000.00",
        "distributed": "5000.00",
        "payable": "1000.00",
        "withheld": "350.00",
        "recallable": "1500.00",
        "unfunded": "59500.00",
        "balance": "27000.00",
    }
    assert {name: str(getattr(statement, name)) for name in figures} == figures
    assert (statement.multiples.pic, statement.multiples.dpi) == (D("0.320000"), D("0.156250"))
    assert steps(statement, "cash") == {
        "Opening balance": ["32000.00", "0.00", "0.00"],
        "Contributions for investments": ["0.00", "30000.00", "30000.00"],
        "Contributions for management fees": ["0.00", "2000.00", "2000.00"],
        "Distributions: dividend": ["-5000.00", "-5000.00", "-5000.00"],
        "Closing balance": ["27000.00", "27000.00", "27000.00"],
        "of the distributions, recallable": ["-1500.00", "-1500.00", "-1500.00"],
    }
    assert steps(statement, "commitment") == {
        "Opening unfunded commitment": ["68000.00", "0.00", "0.00"],
        "Commitment made": ["0.00", "100000.00", "100000.00"],
        "Called within the commitment": ["-10000.00", "-42000.00", "-42000.00"],
        "Recallable distributions": ["1500.00", "1500.00", "1500.00"],
        "Closing unfunded commitment": ["59500.00", "59500.00", "59500.00"],
        "Called outside the commitment": ["500.00", "500.00", "500.00"],
    }


def test_every_movement_has_its_document_and_the_balance_after_it():
    movements = stated(date(2025, 12, 31)).movements
    assert [(one.on, one.document, str(one.balance)) for one in movements] == [
        (date(2025, 4, 10), "CC1", "20000.00"),
        (date(2025, 4, 14), "CC1", "32000.00"),
        (date(2025, 10, 30), "CC2", "36000.00"),
        (date(2025, 11, 5), "CC2", "32000.00"),
        (date(2025, 12, 1), "DN1", "27000.00"),
    ]
    assert movements[-1].recallable == D("1500.00")


def test_on_the_days_between():
    before = stated(date(2025, 10, 14))
    assert (before.called, before.outstanding, before.unfunded) == (D(32000), 0, D(68000))
    bounced_tomorrow = stated(date(2025, 11, 4))
    assert (bounced_tomorrow.paid, bounced_tomorrow.outstanding) == (D(36000), D(6500))
    declared = stated(date(2025, 12, 1))
    assert (declared.declared, declared.payable) == (D(5000), 0)
    assert stated(date(2025, 3, 10)).unfunded == D(100000)


def test_a_call_reduces_what_may_be_called_from_its_issue_and_the_reported_unfunded_from_its_due_date():
    """Call 2 asks for 10,000 within the commitment on October 15, due on November 1."""
    asked, due = stated(date(2025, 10, 31)), stated(date(2025, 11, 1))
    assert (asked.unfunded, asked.not_yet_due, asked.unfunded_by_due_date) == (D(58000), D(10000), D(68000))
    assert steps(asked, "commitment") | {
        "Closing unfunded commitment": ["58000.00"] * 3,
        "Called, not yet due": ["10000.00"] * 3,
        "Unfunded commitment, by due date": ["68000.00"] * 3,
    } == steps(asked, "commitment")
    assert [(label, int(amount)) for label, amount, _ in position(asked)[:5]] == [
        ("Commitment", 100000),
        ("Called within the commitment, and due", -32000),
        ("Unfunded commitment, by due date", 68000),
        ("Called, not yet due", -10000),
        ("May still be called", 58000),
    ]
    assert (due.unfunded, due.not_yet_due, due.unfunded_by_due_date) == (D(58000), 0, D(58000))
    assert [label for label, *_ in position(due)[:3]] == [
        "Commitment",
        "Called within the commitment",
        "Unfunded commitment",
    ]


def test_a_reversed_payment_is_no_flow_of_the_rate_of_return():
    nav = Account(
        ACCOUNT.promised,
        ACCOUNT.since,
        Nav(date(2025, 12, 31), date(2025, 12, 31), D("40000.00"), D("42000.00")),
    )
    statement = stated(date(2025, 12, 31), nav)
    without = make_statement(
        nav,
        CALLS,
        DISTRIBUTIONS,
        [one for one in LEDGER if one.row_id not in (4, 5)],
        as_of=date(2025, 12, 31),
    )
    assert statement.irr == without.irr
    assert statement.irr.irr > 0
    assert statement.multiples.tvpi == D("1.406250")


def test_recallable_money_is_netted_out_where_the_terms_say_so():
    excluded = Account(ACCOUNT.promised, ACCOUNT.since, recallable_treatment=RecallableTreatment.EXCLUDED)
    found = stated(date(2025, 12, 31), excluded).multiples
    assert (found.paid_in, found.distributed, found.dpi) == (D(30500), D(3500), D("0.114754"))


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 3, 31), date(2026, 1, 1)),
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2026, 12, 31), date(2026, 10, 1)),
    ],
)
def test_a_quarter_begins_with_its_first_month(day, quarter):
    assert [one.since for one in periods_to(day)] == [quarter, date(day.year, 1, 1), None]


# ---------------------------------------------------------------- at random

START = date(2025, 1, 1)
days = st.integers(0, 800).map(lambda count: START + timedelta(days=count))
cents = st.integers(0, 10**9).map(lambda count: D(count).scaleb(-2))


@st.composite
def facts(draw):
    calls, distributions, ledger = [], [], []
    for number in range(draw(st.integers(0, 5))):
        called, on = draw(cents), draw(days)
        counts = draw(st.booleans())
        calls.append(CallFact(number, number, number, "", on, on, called, min(called, draw(cents)), counts))
    for number in range(draw(st.integers(0, 5))):
        gross, on = draw(cents), draw(days)
        capital = min(gross, draw(cents))
        parts = (gross, capital, D(0), gross - capital, D(0), min(capital, draw(cents)), D(0))
        distributions.append(DistributionFact(number, number, number, "Other", "", on, *parts))
    for number in range(draw(st.integers(0, 12))):
        flow = draw(st.sampled_from(Flow))
        amount = draw(cents) * draw(st.sampled_from([1, -1]))
        recallable = flow == Flow.DISTRIBUTION and draw(st.booleans())
        purpose = draw(st.sampled_from(["investment", "management_fee", "", "new_kind"]))
        posting = ("payment", draw(st.integers(0, 20)) * 1000 + number)
        item = draw(st.integers(0, 6))
        capital = draw(st.booleans())
        words = (number, draw(days), flow, amount, "", posting, purpose, item, recallable, None, capital)
        ledger.append(LedgerFact(*words))
    return calls, distributions, ledger


@given(facts(), days, cents)
def test_whatever_happened_a_statement_adds_up(happened, as_of, committed):
    """The identities are asserted inside; what is left are the lists, which add up to their totals."""
    calls, distributions, ledger = happened
    statement = make_statement(
        Account((EventFact(START, committed),), START), calls, distributions, ledger, as_of=as_of
    )
    assert statement.unfunded == committed - statement.called_within + statement.recallable
    assert total(line.call.called for line in statement.calls) == statement.called
    assert total(one.contributed for one in statement.movements) == statement.paid
    assert total(one.distributed for one in statement.movements) == statement.distributed
    assert total(one.recallable for one in statement.movements) == statement.recallable
    assert all(one.on <= as_of for one in statement.movements)
