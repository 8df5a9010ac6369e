"""The sums a CFO checks first, on the demo fund as it is loaded: read from its pages, from the API and from the views.

Tables A, B, C and E of the reference figures, in thousands of dollars. Table D, a distribution of half a million, is in
`test_demo_figures.py`; it rests on the payment dates and terms that are asserted here.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.models import User
from capital.models import CapitalCallItem, CapitalCallLine, FundCommitmentCapital, Payment
from capital.services.calls import issue_call
from capital.services.drafts import draft_call
from capital.services.planning import work_out
from capital.services.plans import CallPlan, LinePlan
from capital.services.reversals import request_reversal
from devtools.demo import search_fund
from distributions.services.distributions import issue_distribution
from distributions.services.drafts import draft_distribution
from distributions.services.payouts import pay_out
from distributions.services.planning import DistributionPlan
from distributions.states import DistributionType
from funds.models import Fund
from tests.support.api import Api
from tests.support.html import amount, figures, rows
from tests.support.staging import committed_rows

pytestmark = pytest.mark.django_db
AT, TODAY = datetime(2026, 3, 10, 12, tzinfo=UTC), date(2026, 3, 10)

#: commitment, called, paid, due, unfunded
A = {
    "John Anderson": (100, 28, 28, 0, 72),
    "Jane Williams": (75, 21, 15, 6, 54),
    "Bob Johnson": (125, 35, 30, 5, 90),
}
A_FUND = (1250, 350, 325, 25, 900)
#: called, paid
B = {"ABC Manufacturing": (250, 225), "no deal": (100, 100), "fund": (350, 325)}


@pytest.fixture(scope="module", autouse=True)
def _demo(django_db_setup, django_db_blocker):
    """The demo fund, loaded once; what a test adds is rolled back."""
    with committed_rows(django_db_blocker):
        call_command("load_demo", "--only", "search", "--no-documents")
        yield


@pytest.fixture
def fund():
    return Fund.objects.get(name=search_fund.NAME)


@pytest.fixture
def manager():
    return User.objects.get(email="manager@demo.example")


@pytest.fixture
def page(client, fund, manager):
    """The fund's page, as the manager sees it now."""
    client.force_login(manager)
    return lambda: client.get(reverse("dashboard:fund", args=[fund.pk]))


@pytest.fixture
def api(manager):
    return Api.of(manager)


def thousands(*figures) -> tuple[Decimal, ...]:
    """Whole thousands or nothing: a cent astray shows."""
    return tuple(Decimal(figure) / 1000 for figure in figures)


def partners_on(page) -> dict[str, tuple]:
    """Table A as the fund's page has it."""
    columns = ("Commitment", "Called", "Paid", "Outstanding", "Unfunded")
    return {
        name: thousands(*(amount(row[column]) for column in columns))
        for name, row in rows(page, *columns).items()
    }


def partners_by(api, fund) -> dict[str, tuple]:
    """Table A as the API has it."""
    answer = api.read(f"/funds/{fund.pk}/commitments")
    keys = ("amount", "called", "paid", "outstanding", "unfunded")
    return {one["investorName"]: thousands(*(one[key] for key in keys)) for one in answer["commitments"]}


def summary_by(api, fund) -> tuple:
    """Called, paid, due and unfunded of the fund."""
    summary = api.read(f"/capital-calls?fundId={fund.pk}")["summary"]
    return thousands(
        *(summary[key] for key in ("totalCalled", "totalFunded", "outstanding", "unfundedCommitments"))
    )


# ---------------------------------------------------------------- A: commitment = paid + due + unfunded


def test_commitment_is_paid_and_due_and_unfunded_on_the_page(page):
    shown = partners_on(page())
    assert {name: shown[name] for name in A} == A
    assert shown["All partners"] == A_FUND
    for committed, _, paid, due, unfunded in shown.values():
        assert committed == paid + due + unfunded


def test_commitment_is_paid_and_due_and_unfunded_in_the_api(api, fund):
    told = partners_by(api, fund)
    assert {name: told[name] for name in A} == A
    assert tuple(map(sum, zip(*told.values(), strict=True))) == A_FUND
    assert summary_by(api, fund) == A_FUND[1:]
    assert len(told) == 15, "fourteen LPs, and the GP with a commitment of zero"


def test_the_list_of_calls_adds_up_to_the_same(client, manager):
    client.force_login(manager)
    answer = client.get(reverse("capital:call_list"))
    cards = figures(answer)
    labels = ("Total called", "Total funded", "Outstanding", "Unfunded commitment")
    assert thousands(*(amount(cards[label]) for label in labels)) == A_FUND[1:]
    listed = rows(answer, "Amount", "Purpose", "Status", "Funded")
    # Whether a call is late depends on the day it is looked at.
    told = [(row["Amount"], row["Status"].removesuffix("Past due"), row["Funded"]) for row in listed.values()]
    assert told == [
        ("$100,000.00", "Partially funded", "75%"),
        ("$150,000.00", "Funded", "100%"),
        ("$100,000.00", "Funded", "100%"),
    ]


def test_the_third_call_is_paid_as_drawn(client, manager, fund):
    client.force_login(manager)
    call = fund.capital_calls.get(number=3)
    shown = rows(client.get(reverse("capital:call", args=[call.pk])), "Called", "Paid", "Status")
    expected = {
        "John Anderson": ("$8,000.00", "$8,000.00"),
        "Smith Family Office": ("$16,000.00", "$16,000.00"),
        "Jane Williams": ("$6,000.00", "$0.00"),
        "Acme Ventures": ("$24,000.00", "$24,000.00"),
        "Bob Johnson": ("$10,000.00", "$5,000.00"),
    }
    told = {name: next(row for key, row in shown.items() if key.startswith(name)) for name in expected}
    assert {name: (row["Called"], row["Paid"]) for name, row in told.items()} == expected
    assert shown["Total"]["Paid"] == "$75,000.00"


# ---------------------------------------------------------------- B: from deals to the fund


def test_deals_and_no_deal_make_the_fund_on_the_page(page):
    shown = rows(page(), "Deal", "Called", "Funded")
    labels = {
        "ABC Manufacturing": "ABC Manufacturing",
        "no deal": "No dealFees, expenses, reserves",
        "fund": "All calls",
    }
    told = {
        name: thousands(amount(shown[label]["Called"]), amount(shown[label]["Funded"]))
        for name, label in labels.items()
    }
    assert told == B


def test_deals_and_no_deal_make_the_fund_in_the_api(api, fund):
    deals = {one["dealName"]: one for one in api.read(f"/allocations?fundId={fund.pk}")["allocations"]}
    assert (
        thousands(deals["ABC Manufacturing"]["called"], deals["ABC Manufacturing"]["funded"])
        == B["ABC Manufacturing"]
    )
    assert deals["ABC Manufacturing"]["state"] == "partially_funded"
    assert deals["Cascade Calibration"]["state"] == "committed"
    roll_up = api.read(f"/funds/{fund.pk}/capital")
    drawn = thousands(roll_up["totalCalled"], roll_up["totalFunded"])
    called, paid, _, _ = summary_by(api, fund)
    assert drawn == B["ABC Manufacturing"]
    assert (called - drawn[0], paid - drawn[1]) == B["no deal"]


# ---------------------------------------------------------------- C: a fourth call


def fourth_call(fund) -> CallPlan:
    line = LinePlan(CapitalCallLine.Kind.PARTNERSHIP_EXPENSES, Decimal("75000.00"))
    days = (date(2026, 3, 1), date(2026, 3, 15))
    return CallPlan(fund.pk, line.amount, "Operating Expenses - Q2 2026", "", *days, (line,))


def test_a_fourth_call_worked_out(fund):
    worked_out = work_out(fourth_call(fund))
    anderson = next(row for row in worked_out.rows if row.investor_name == "John Anderson")
    assert thousands(anderson.called, anderson.unfunded_after) == (6, 66)
    assert sum(row.unfunded_after for row in worked_out.rows) == 825_000
    assert (worked_out.difference, worked_out.problems) == (0, ())


def test_a_fourth_call_on_the_page_where_it_is_typed(client, manager, fund):
    client.force_login(manager)
    cleaned = {
        "fund": fund.pk,
        "total_amount": "75000",
        "purpose": "Operating Expenses - Q2 2026",
        "call_date": "2026-03-01",
        "due_date": "2026-03-15",
        "line-0-kind": "partnership_expenses",
        "line-TOTAL_FORMS": "1",
        "line-INITIAL_FORMS": "0",
        "excuse-TOTAL_FORMS": "0",
        "excuse-INITIAL_FORMS": "0",
    }
    answer = client.post(reverse("capital:call_allocation"), cleaned, headers={"HX-Request": "true"})
    shown = rows(answer, "Commitment", "Ownership")["John Anderson"]
    # On a phone a cell says itself what it is.
    assert shown["Ownership"].removeprefix("Ownership ") == "8.0%"
    assert any(one.endswith("$66,000.00") for one in shown.values())
    assert 'value="6000.00"' in answer.content.decode()


def test_a_fourth_call_issued(page, api, fund, manager):
    call = draft_call(plan=fourth_call(fund), ctx=WriteContext(manager, AT))
    assert partners_on(page())["All partners"] == A_FUND, "a draft counts nowhere"
    issue_call(call_id=call.pk, ctx=WriteContext(manager, AT))
    items = {one["investorName"]: one for one in api.read(f"/capital-calls/{call.pk}")["items"]}
    assert items["John Anderson"]["calledAmount"] == 6_000
    for told in (partners_on(page()), partners_by(api, fund)):
        assert told["John Anderson"] == (100, 34, 28, 6, 66)
    assert summary_by(api, fund) == (425, 325, 100, 825)


# ---------------------------------------------------------------- D: the dates that the preferred return counts from


def test_money_came_on_the_days_that_the_preferred_return_counts_from(fund):
    paid = {}
    for payment in Payment.objects.filter(fund=fund):
        paid[payment.value_date] = paid.get(payment.value_date, 0) + payment.amount
    assert paid == {date(2025, 10, 1): 100_000, date(2026, 1, 15): 150_000, date(2026, 3, 1): 75_000}
    terms = fund.terms.get()
    assert (terms.hurdle_rate, terms.catch_up_rate, terms.carry_rate) == (Decimal("0.08"), 1, Decimal("0.20"))
    assert (terms.style, terms.scope) == ("european", "aggregate")
    assert (terms.compounding, terms.day_count) == ("annual", "act/365")


# ---------------------------------------------------------------- E: what if


def test_a_bounced_wire_is_due_again(page, api, fund, manager):
    item = CapitalCallItem.objects.get(
        call__fund=fund, call__number=3, commitment__investor__name="John Anderson"
    )
    request_reversal(
        payment_id=item.payments.get().pk, reason="The wire bounced.", ctx=WriteContext(manager, AT)
    )
    assert partners_on(page())["All partners"] == (1250, 350, 317, 33, 900)
    assert partners_by(api, fund)["John Anderson"] == (100, 28, 20, 8, 72)
    assert summary_by(api, fund) == (350, 317, 33, 900)


def test_recallable_capital_is_unfunded_again(page, api, fund, manager):
    """50,000 distributed, all of it recallable return of capital."""
    day = date(2026, 6, 30)
    plan = DistributionPlan(
        fund.pk,
        Decimal("50000.00"),
        day,
        DistributionType.RETURN_OF_CAPITAL,
        "Sale of a warehouse",
        recallable=True,
    )
    ctx = WriteContext(manager, datetime(2026, 6, 30, 12, tzinfo=UTC))
    distribution = draft_distribution(plan=plan, ctx=ctx)
    issue_distribution(distribution_id=distribution.pk, ctx=ctx)
    pay_out(distribution_id=distribution.pk, value_date=day, method="wire", ctx=ctx)
    assert partners_on(page())["All partners"] == (1250, 350, 325, 25, 950)
    # One account for all, whose result is allocated by ownership: 8 % of 50.
    assert partners_by(api, fund)["John Anderson"] == (100, 28, 28, 0, 72 + 4)
    assert summary_by(api, fund) == (350, 325, 25, 950)
    capital = FundCommitmentCapital.objects.get(fund=fund)
    assert capital.distributed == capital.recallable == 50_000
    assert round(capital.distributed / capital.paid, 6) == Decimal("0.153846")
