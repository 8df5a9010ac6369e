"""Fees of other bases than the commitment: read from the ledger, what was sold and written down, and the values."""

from datetime import date
from decimal import Decimal

import pytest

from blackgem.lib.errors import Conflict, InvalidInput
from distributions.services.write_downs import write_down
from fees.calc.terms import FeeRefused
from fees.models import FeeEvent, FeeRun
from fees.services import asked, happened, runs
from funds.services.nav import enter_nav
from tests.integration.closings.story import ClosingStory
from tests.integration.fees.story import FeeStory, figures

pytestmark = pytest.mark.django_db
ALONE = ("10000000.00",)
LAST_DAY = date(2030, 12, 31)


def lost(story, deal, on, amount):
    write_down(fund_id=story.fund.pk, deal_id=deal, date=on, amount=amount, ctx=story.on(on))


def net_of(story) -> str:
    """What A would owe now."""
    return f"{runs.preview_fee_run(fund=story.fund).instalment.lines[story.partners[0].pk].net:f}"


def test_what_invested_capital_can_mean():
    """Three deals of 3.0, 2.4 and 1.8m, the second permanently written down by 0.6m; 1.75 % a year, a quarter."""
    story = FeeStory(committed=ALONE, schedule={"effective_on": date(2031, 1, 1), "rate": "0.0175"})
    costs = (("3000000.00", "100.00"), ("2400000.00", "0.00"), ("1800000.00", "0.00"))
    deals = [story.invested(date(2030, 5, 2), *cost).deal_id for cost in costs]
    lost(story, deals[1], date(2030, 11, 30), "600000.00")
    story.set_schedule(LAST_DAY, effective_on=date(2031, 1, 1), basis="fair_value")
    with pytest.raises(FeeRefused, match="deal by deal"):
        net_of(story)
    values = dict(zip(deals, ("3600120.00", "1500000.00", "1100000.00"), strict=True))
    enter_nav(
        fund_id=story.fund.pk, as_of=LAST_DAY, amount="9000000.00", deals=values, ctx=story.on(LAST_DAY)
    )
    found = {}
    for basis in ("acquisition_cost", "net_invested", "fair_value", "lower_of_cost_and_value", "contributed"):
        story.set_schedule(LAST_DAY, effective_on=date(2031, 1, 1), basis=basis)
        found[basis] = net_of(story)
    assert found == {
        "acquisition_cost": "31500.00",
        "net_invested": "28875.00",
        "fair_value": "27125.00",
        "lower_of_cost_and_value": "24500.00",
        "contributed": "31500.00",
    }
    story.sold(deals[0], LAST_DAY, "1500050.00")
    assert net_of(story) == "31500.00"
    story.set_schedule(LAST_DAY, effective_on=date(2031, 1, 1), basis="fair_value")
    assert net_of(story) == "27125.00"
    story.sold(deals[0], date(2031, 1, 5), "1000.00")
    run = story.run(date(2031, 1, 6))
    [part] = run.lines.get(commitment=story.partners[0]).parts
    assert (part["basis"], part["as_of"], part["base"]) == ("fair_value", "2030-12-31", "6200000.00")
    assert [key for key, _ in run.inputs["bases"]] == [story.partners[0].pk, story.gp.pk]


def test_the_end_of_the_investment_period_inside_a_quarter_that_was_billed():
    """Example F3: billed 50,000.00 on 1 July; the period ended on 15 August, of which the fund learns on the 20th. Told
    that it did not, the fund owes what the days cost on commitments."""
    july, october = date(2030, 7, 1), date(2030, 10, 1)
    story = FeeStory(committed=ALONE, schedule={"effective_on": july})
    deal = story.invested(date(2029, 3, 1), "7200000.00", "0.00")
    story.sold(deal.deal_id, date(2030, 2, 1), "2000000.00")
    story.sold(
        deal.deal_id, date(2030, 2, 2), "200000.00", direction="corrected", reason="Cost was counted twice"
    )
    lost(story, deal.deal_id, date(2030, 6, 30), "650000.00")
    story.set_schedule(
        july, effective_on=date(2035, 1, 1), brought_by="either", basis="net_invested", rate="0.0175"
    )
    first = story.run(july)
    before = (first.net, first.inputs_sha256)
    event = story.event("investment_period_ended", date(2030, 8, 16), date(2030, 8, 20))
    story.invested(date(2030, 9, 15), "300000.00", "0.00", into=deal)
    a = story.partners[0].reference
    shown = runs.preview_fee_run(fund=story.fund)
    run = story.run(october)
    assert figures(run, "gross", "true_up", "net")[a] == ["22093.75", "-14609.37", "7484.38"]
    assert (shown.instalment.net, run.inputs["events"]) == (
        run.net,
        [[event.pk, "investment_period_ended", "2030-08-16"]],
    )
    first = FeeRun.objects.get(pk=first.pk)
    assert (first.net, first.inputs_sha256) == before == (Decimal("50000.00"), before[1])

    with pytest.raises(Conflict, match="has happened already"):
        story.event("investment_period_ended", date(2030, 9, 1))
    back = happened.take_fee_event_back(
        event_id=event.pk, reason="Extended by consent", ctx=story.on(october)
    )
    with pytest.raises(Conflict, match="is taken back, once"):
        happened.take_fee_event_back(event_id=event.pk, reason="Again", ctx=story.on(october))
    with pytest.raises(Conflict, match="is taken back, once"):
        happened.take_fee_event_back(event_id=back.pk, reason="Again", ctx=story.on(october))
    assert not FeeEvent.objects.standing().exists()
    again = story.run(date(2031, 1, 1))
    assert figures(again, "gross", "true_up", "net")[a] == ["50000.00", "42515.62", "92515.62"]


def test_a_base_that_is_known_late_is_trued_up_and_the_credit_carried():
    """Case L02: cost sold in the first quarter is entered on 20 May, a cent more of the second on 20 August."""
    story = FeeStory(
        committed=ALONE,
        schedule={"effective_on": date(2029, 1, 1), "rate": "0.015", "basis": "net_invested"},
    )
    deal = story.invested(date(2028, 6, 1), "4000000.00", "0.00").deal_id
    [a] = (partner.reference for partner in story.partners)
    names = ("gross", "true_up", "net", "credit_carried")
    assert figures(story.run(date(2029, 1, 1)), *names)[a] == ["15000.00", "0.00", "15000.00", "0.00"]
    assert figures(story.run(date(2029, 4, 1)), *names)[a] == ["15000.00", "0.00", "15000.00", "0.00"]
    story.sold(deal, date(2029, 3, 31), "2999999.99", told=date(2029, 5, 20))
    third = story.run(date(2029, 7, 1))
    assert figures(third, *names)[a] == ["3750.00", "-11250.00", "0.00", "7500.00"]
    story.sold(deal, date(2029, 6, 30), "1000000.01", told=date(2029, 8, 20))
    assert figures(story.run(date(2029, 10, 1)), *names)[a] == ["0.00", "-3750.00", "0.00", "11250.00"]


def test_a_suspension_has_its_own_base_and_what_comes_after_is_as_before():
    story = FeeStory(committed=ALONE, schedule={"suspended_basis": "net_invested", "suspended_rate": "0.01"})
    story.invested(date(2025, 12, 1), "3650000.00", "0.00")
    story.event("suspended", date(2026, 2, 1))
    for kind, on in (("suspended", date(2026, 2, 2)), ("resumed", date(2026, 2, 1))):
        with pytest.raises(Conflict, match="on a later day"):
            story.event(kind, on, date(2026, 2, 3))
    with pytest.raises(InvalidInput, match="future"):
        story.event("resumed", date(2026, 3, 3), date(2026, 3, 2))
    story.event("resumed", date(2026, 3, 3))
    run = story.run(date(2026, 3, 4))
    parts = run.lines.get(commitment=story.partners[0]).parts
    assert [(one["base"], one["rate"], one["days"]) for one in parts] == [
        ("10000000.00", "0.02000000", 31),
        ("3650000.00", "0.01000000", 30),
        ("10000000.00", "0.02000000", 29),
    ]


def test_a_version_agreed_since_the_event_holds_and_one_agreed_before_does_not():
    story = FeeStory(committed=ALONE)
    early = date(2026, 1, 2)
    story.set_schedule(early, effective_on=date(2026, 6, 1), rate="0.019")
    story.set_schedule(
        early, effective_on=date(2027, 1, 1), brought_by="investment_period_ended", rate="0.01"
    )
    story.event("investment_period_ended", date(2026, 4, 1))
    story.set_schedule(date(2026, 4, 2), effective_on=date(2026, 7, 1), rate="0.005")
    nets = [figures(story.run(day), "net")[story.partners[0].reference] for day in QUARTERS]
    assert nets == [["50000.00"], ["25000.00"], ["12500.00"], ["12500.00"]]


QUARTERS = [date(2026, month, 2) for month in (4, 5, 7, 10)]


def test_what_a_later_closing_moved_counts_from_the_first_day():
    """C comes in on 1 July with 4.0m: the second quarter is trued up as if it had paid for the deal in February."""
    story, april = ClosingStory(), date(2026, 4, 1)
    fields = {"effective_on": april, "rate": "0.02", "basis": "net_invested"}
    asked.set_fee_schedule(fund_id=story.fund.pk, fields=fields, ctx=story.ctx(april))
    story.first_two_calls()
    run = {"fund_id": story.fund.pk, "due_on": date(2027, 1, 1)}
    first = runs.request_fee_run(**run, ctx=story.ctx(april))
    plan = story.plan(date(2026, 7, 1), july := date(2026, 7, 20), story.newcomer("C", "4000000.00"))
    closing = story.close(plan, date(2026, 7, 1))
    story.pay(closing.call, july)
    story.refund(closing, july)
    second = runs.request_fee_run(**run, ctx=story.ctx(date(2026, 7, 21)))
    names = ("gross", "true_up", "net")
    assert [list(figures(one, *names).values()) for one in (first, second)] == [
        [["4573.17", "0.00", "4573.17"], ["2743.90", "0.00", "2743.90"]],
        [
            ["4918.03", "-1499.40", "3418.63"],
            ["2950.82", "-899.64", "2051.18"],
            ["3934.43", "2459.02", "6393.45"],
        ],
    ]
