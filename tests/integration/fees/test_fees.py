"""Fees, asked for, decided and billed."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from capital.models import CapitalCall
from capital.queries.checks import checks_of_call
from capital.services import calls
from capital.services.plans import ItemPlan, LinePlan
from fees.models import FeeRun, FeeStatement
from fees.services import asked, runs
from funds.models import Notice
from funds.services.rendering import letter_html
from tests.factories import CommitmentFactory, FundFactory, FundTermsFactory
from tests.integration.fees.story import BEGAN, FeeStory, figures, owed
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db

APRIL, JULY, OCTOBER = date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)


def test_offsets_are_carried_from_run_to_run_and_a_call_asks_each_partner_for_its_part():
    """Example F2: 222,000.00 of offsets meet three instalments; B pays 1.75 %."""
    story = FeeStory(schedule={"effective_on": APRIL})
    a, b, c = (partner.reference for partner in story.partners)
    story.letter(story.partners[1], own_rate="0.0175")
    story.income(date(2026, 2, 15), "240000.00", offset_rate="0.80")
    story.income(date(2026, 3, 20), "30000.00", "directors")
    second = story.run(APRIL)
    assert (second.recognised, second.net) == (Decimal("222000.00"), Decimal("0.00"))
    assert figures(second, "gross", "discount", "offset_applied", "net", "offset_carried") == {
        a: ["50000.00", "0.00", "50000.00", "0.00", "73333.33"],
        b: ["25000.00", "3125.00", "21875.00", "0.00", "39791.67"],
        c: ["12500.00", "0.00", "12500.00", "0.00", "18333.33"],
        "GP": ["0.00", "0.00", "0.00", "0.00", "6166.67"],
    }
    assert not CapitalCall.objects.exists()
    read = FeeStatement.objects.filter(run=second).order_by("commitment")
    assert [(one.facts["due"], one.facts["offsets"][2]["amount"]) for one in read] == [
        ("0.00", "-50000.00"),
        ("0.00", "-21875.00"),
        ("0.00", "-12500.00"),
    ]
    story.run(JULY)
    fourth = story.run(OCTOBER)
    assert figures(fourth, "offset_opening", "offset_applied", "net", "offset_carried") == {
        a: ["23333.33", "23333.33", "26666.67", "0.00"],
        b: ["17916.67", "17916.67", "3958.33", "0.00"],
        c: ["5833.33", "5833.33", "6666.67", "0.00"],
        "GP": ["6166.67", "0.00", "0.00", "6166.67"],
    }
    call = fourth.bill.call
    about_fees = {"check.fees_over_terms", "check.amount_by_hand"}
    assert not about_fees & {one.code for one in checks_of_call(call, at=story.on(OCTOBER).at)}
    assert (call.status, call.purpose) == ("sent", "Management fee, Oct 1, 2026 to Dec 31, 2026")
    assert owed(call) == {a: "26666.67", b: "3958.33", c: "6666.67"}
    assert [line.kind for line in call.lines.all()] == ["management_fee"]
    assert not call.lines.get().reduces_unfunded


def test_a_change_of_what_was_billed_is_trued_up_in_the_next_run(client):
    """2 % until 15 August, then 1.75 %: known on 20 August, when the quarter was billed. Tax comes on top."""
    story = FeeStory(
        committed=("10000000.00",), schedule={"effective_on": JULY, "vat_rate": "0.19", "inside": True}
    )
    [a] = (partner.reference for partner in story.partners)
    story.run(JULY)
    story.set_schedule(date(2026, 8, 20), effective_on=date(2026, 8, 16), rate="0.0175")
    run = story.run(OCTOBER)
    assert figures(run, "gross", "true_up", "net", "tax")[a] == [
        "43750.00",
        "-3125.00",
        "40625.00",
        "7718.75",
    ]
    assert owed(run.bill.call) == {a: "48343.75"}
    [named] = run.statements.get().facts["true_ups"]
    assert named == {
        "from": "2026-07-01",
        "to": "2026-09-30",
        "was": "50000.00",
        "now": "46875.00",
        "change": "-3125.00",
        "why": "Another base or rate holds for some of these days",
    }
    client.force_login(story.manager)
    shown = text_of(client.get(reverse("fees:run", args=[run.pk])))
    letter = Notice.objects.get(subject_id=run.bill.call_id)
    for text in (shown, letter_html(letter)):
        assert "Days that were billed before" in text
    kinds = run.bill.call.lines.order_by("position").values_list("kind", "amount", "reduces_unfunded")
    assert list(kinds) == [
        ("management_fee", Decimal("40625.00"), True),
        ("partnership_expenses", Decimal("7718.75"), True),
    ]
    with pytest.raises(Conflict, match="billed up to 2027-01-01"):
        story.set_schedule(OCTOBER, effective_on=OCTOBER, frequency="annual")
    story.set_schedule(OCTOBER, effective_on=date(2027, 1, 1), frequency="annual", rate="0")
    assert story.run(date(2027, 1, 1)).net == 0


def test_a_fee_that_another_call_asked_for_counts_as_charged():
    story = FeeStory(committed=("10000000.00", "5000000.00"))
    amounts = dict(zip((one.pk for one in story.partners), ("50000.00", "20000.00"), strict=True))
    plan = story.plan(
        "70000.00",
        lines=(LinePlan("management_fee", Decimal("70000.00"), reduces_unfunded=False, split_by="fixed"),),
        items=[
            *(ItemPlan(pk, line_amounts=(Decimal(amount),)) for pk, amount in amounts.items()),
            ItemPlan(story.gp.pk, line_amounts=(Decimal("0.00"),)),
        ],
        call_date=date(2026, 1, 2),
        due_date=date(2026, 1, 12),
    )
    call = calls.draft_call(plan=plan, ctx=story.on(date(2026, 1, 2)))
    FundTermsFactory(fund=story.fund, management_fee_rate=Decimal("0.001"), created_by=story.manager)

    def doubts():
        """Whether the fees that it asks for are more than is agreed for the year."""
        found = checks_of_call(call, at=story.on(date(2026, 1, 2)).at)
        return [one.code for one in found if one.code == "check.fees_over_terms"]

    # The schedule says 2 % a year, the terms a thousandth; stepped down since, the year still had the higher rate.
    assert doubts() == []
    story.set_schedule(date(2026, 1, 2), effective_on=APRIL, rate="0.001")
    assert doubts() == []
    story.set_schedule(date(2026, 1, 2), effective_on=BEGAN, rate="0.001")
    assert doubts() == ["check.fees_over_terms"]
    for day in (BEGAN, APRIL):
        story.set_schedule(date(2026, 1, 2), effective_on=day, rate="0.02")
    calls.issue_call(call_id=call.pk, ctx=story.on(date(2026, 1, 2)))
    run = story.run(date(2026, 1, 3))
    assert [row for row in figures(run, "gross", "true_up", "net").values()] == [
        ["50000.00", "-50000.00", "0.00"],
        ["25000.00", "-20000.00", "5000.00"],
    ]
    assert list(figures(story.run(APRIL), "true_up", "net").values()) == [
        ["0.00", "50000.00"],
        ["0.00", "25000.00"],
    ]


def test_a_late_closer_owes_the_periods_of_before_with_its_first_run():
    """Two quarters were billed when N joined on 1 May with 5,000,000.00: what its closing did not ask for comes now."""
    story = FeeStory(committed=("10000000.00",))
    story.run(date(2026, 1, 1))
    story.run(APRIL)
    late = CommitmentFactory(fund=story.fund, amount=Decimal("0.00"), reference="N", created_by=story.manager)
    story.increase(late, date(2026, 5, 1), "5000000.00")
    run = story.run(JULY)
    assert figures(run, "gross", "true_up", "net")[late.reference] == ["25000.00", "50000.00", "75000.00"]
    assert figures(story.run(OCTOBER), "true_up", "net")[late.reference] == ["0.00", "25000.00"]


def test_a_run_whose_call_is_cancelled_is_worked_out_anew():
    story = FeeStory(committed=("10000000.00",))
    story.letter(story.partners[0], waived="60000.00")
    first = story.run(date(2026, 1, 1))
    second = story.run(APRIL)
    assert list(figures(second, "waiver", "let_off", "net").values()) == [
        ["10000.00", "10000.00", "40000.00"]
    ]
    third = story.run(JULY)
    assert not FeeRun.objects.get(pk=first.pk).net
    with pytest.raises(Conflict, match="later fee run rests on this one"):
        calls.cancel_call(call_id=second.bill.call_id, reason="Mistyped", ctx=story.on(JULY))
    for run in (third, second):
        calls.cancel_call(call_id=run.bill.call_id, reason="Mistyped", ctx=story.on(JULY))
    assert not FeeStatement.objects.filter(run__in=(second, third), withdrawn_at=None).exists()
    again = story.run(JULY)
    assert (again.starts_on, again.net) == (APRIL, Decimal("40000.00"))
    assert list(FeeRun.objects.counting().order_by("starts_on")) == [first, again]


def test_under_four_eyes_another_person_approves_what_was_shown():
    """In dinars: what is waived is the same amount as it was typed and as it is read again."""
    story = FeeStory(committed=("10000000.00",), four_eyes=True, currency="KWD")
    run = story.ask(date(2026, 1, 1), waived="1000.50")
    assert list(figures(run, "waiver", "net").values()) == [["1000.50", "48999.50"]]
    with pytest.raises(Forbidden):
        runs.approve_fee_run(run_id=run.pk, ctx=story.on(date(2026, 1, 1)))
    with pytest.raises(Conflict, match="Another fee run"):
        story.ask(date(2026, 1, 1))
    story.income(date(2026, 1, 1), "500.00")
    with pytest.raises(Conflict, match="has changed since"):
        runs.approve_fee_run(run_id=run.pk, ctx=story.on(date(2026, 1, 1), story.second))
    runs.reject_fee_run(run_id=run.pk, ctx=story.on(date(2026, 1, 1), story.second))
    approved = story.run(date(2026, 1, 2), waived="0.5")
    assert (approved.number, approved.approved_by, approved.bill.call.four_eyes) == (2, story.second, False)
    assert figures(approved, "net") == {story.partners[0].reference: ["49523.31"], "GP": ["0.00"]}


def test_what_is_refused_when_it_is_asked_for():
    story = FeeStory(committed=("10000000.00",))
    ctx = story.on(BEFORE := date(2026, 1, 1))
    with pytest.raises(InvalidInput, match="rate of its own or a share off"):
        story.letter(story.partners[0], own_rate="0.01", discount="0.1")
    with pytest.raises(InvalidInput, match="future"):
        story_income(story, date(2026, 1, 2), ctx)
    with pytest.raises(InvalidInput, match="day ahead"):
        runs.request_fee_run(fund_id=story.fund.pk, due_on=BEFORE, ctx=ctx)
    with pytest.raises(InvalidInput, match="More is waived"):
        story.ask(BEFORE, waived="50000.01")
    with pytest.raises(InvalidInput, match="no allocation"):
        story_income(story, BEFORE, ctx, deal_id=0)
    with pytest.raises(Conflict, match="no fee schedule"):
        runs.request_fee_run(fund_id=bare_fund(story), due_on=APRIL, ctx=ctx)


def story_income(story, on, ctx, **more):
    return asked.record_fee_income(
        fund_id=story.fund.pk, received_on=on, category="other", amount="1.00", ctx=ctx, **more
    )


def bare_fund(story) -> int:
    return FundFactory(manager=story.manager, created_by=story.manager).pk
