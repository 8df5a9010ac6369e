"""The fees of who comes in later, for the time before: worked out from what was billed, and charged once."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.urls import reverse

from blackgem.lib.errors import Conflict, InvalidInput
from capital.models import CapitalCallItemLine
from closings.models import Closing
from closings.queries.figures import figures_of
from closings.services import closings
from closings.services.planning import FeePlan
from fees.calc.charges import charge_of
from fees.calc.terms import OwnRate, Partner, Tranche
from fees.models import FeeCatchUp, FeeRun, FeeRunLine, FeeStatement
from fees.queries.working import schedules_of, terms_of, work_out
from fees.services import asked, runs
from funds.models import Notice
from tests.factories import ContactFactory, UserFactory
from tests.integration.closings.story import BEGAN, ClosingStory
from tests.support.api import Api
from tests.support.invariants import violations
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
HELD_ON, PAY_ON = date(2026, 7, 10), date(2026, 7, 20)
QUARTERS = (date(2026, 1, 16), date(2026, 4, 1), date(2026, 7, 1))


class FeeClosings(ClosingStory):
    """The fund of the published closings, with a fee of its commitments from its first day on."""

    def bill(self, *days: date) -> FeeRun:
        """The next run on each of these days."""
        for day in days:
            due = day + timedelta(14)
            run = runs.request_fee_run(fund_id=self.fund.pk, due_on=due, ctx=self.ctx(day))
            if self.four_eyes:
                runs.approve_fee_run(run_id=run.pk, ctx=self.ctx(day, self.second))
        return run

    def asked_of(self, call, name: str) -> list[tuple[str, str]]:
        """What a call asks of a partner beside its parts of earlier lines, by kind."""
        rows = CapitalCallItemLine.objects.filter(call=call, commitment__investor__name=name)
        rows = rows.filter(line__equalises=None, counts_as_called=True).order_by("line__position")
        return [(kind, f"{amount:f}") for kind, amount in rows.values_list("line__kind", "amount")]

    def due_next(self, *names: str) -> dict[str, list[str]]:
        """What the next run says of partners: gross, discount, true-up and net."""
        found = work_out(self.fund).instalment.lines
        keys = dict(self.fund.commitments.values_list("investor__name", "pk"))
        said = ("gross", "discount", "true_up", "net")
        return {name: [f"{getattr(found[keys[name]], one):f}" for one in said] for name in names}


def test_who_comes_in_later_catches_up_once(client):
    """C with 4.0m, D with a rate of its own, E with less by a person's word, and B for what it promises more."""
    story = FeeClosings(four_eyes=True)
    story.schedule(vat_rate="0.1", inside=False)
    story.bill(*QUARTERS)
    story.first_two_calls()
    plan = story.plan(
        HELD_ON,
        PAY_ON,
        story.newcomer("C", "4000000.00"),
        story.newcomer("D", "1000000.00", fee_rate=Decimal("0.015")),
        story.newcomer(
            "E", "1000000.00", ("5000.00", date(2026, 4, 1)), fee_reason="The manager waives the past"
        ),
        story.more(story.partners[1], "1000000.00"),
        fee_interest=Closing.FeeInterest.PER_INSTALMENT,
    )
    draft = closings.draft_closing(plan=plan, ctx=story.ctx(HELD_ON))
    shown = figures_of(draft)
    assert {one.name: (one.said["net"], one.said["tax"], f"{one.interest:f}") for one in shown.fees} == {
        # 16,888.89 for 76 of 90 days and twice 20,000: 186, 110 and 19 days of 8 %. See the published closing.
        "C": ("56888.89", "5688.89", "1253.99"),
        "D": ("10666.67", "1066.67", "235.13"),
        "E": ("5000.00", "500.00", "120.55"),
        "B": ("14222.22", "1422.22", "313.50"),
    }
    of_d = next(one.said for one in shown.fees if one.name == "D")
    assert [
        (one["base"], one["rate"], one["own_rate"], one["days"], one["gross"]) for one in of_d["parts"]
    ] == [
        ("1000000.00", "0.02000000", "0.01500000", 76, "4222.22"),
        ("1000000.00", "0.02000000", "0.01500000", 91, "5000.00"),
        ("1000000.00", "0.02000000", "0.01500000", 92, "5000.00"),
    ]
    assert [(one["label"], one["amount"]) for one in of_d["steps"]] == [
        ("Fee before what comes off", "14222.22"),
        ("Discount by side letter", "-3555.55"),
    ]
    of_b = next(one.said for one in shown.fees if one.name == "B")
    assert ("Charged for these days before", "-42666.67") in [
        (one["label"], one["amount"]) for one in of_b["steps"]
    ]
    client.force_login(story.manager)
    page = text_of(client.get(reverse("closings:closing_figures", args=[draft.pk])))
    for said in (
        "Fee for the time before: C By the fee schedule",
        "Fee for the time before: E Set otherwise: The manager waives the past",
        "Fee of 1.5% a year by side letter",
        "76 of 90",
        "Interest since Apr 1, 2026",
        "Tax of 10% on the fee",
    ):
        assert said in page, said
    told = Api.of(story.manager).read(f"/closings/{draft.pk}/figures")["fees"]
    assert [(one["investorName"], one["fee"], one["reason"]) for one in told][-1:] == [
        ("E", 5000.0, "The manager waives the past")
    ]
    closings.submit_closing(closing_id=draft.pk, ctx=story.ctx(HELD_ON))
    closing = closings.settle_closing(closing_id=draft.pk, ctx=story.ctx(HELD_ON, story.second))

    assert figures_of(closing).fees == shown.fees
    assert figures_of(closing).comes_in == shown.comes_in
    of_c = [("management_fee", "56888.89"), ("partnership_expenses", "5688.89")]
    assert story.asked_of(closing.call, "C") == [*of_c, ("subsequent_close_interest", "1253.99")]
    letters = Notice.objects.filter(kind="capital_call", subject_id=closing.call_id).select_related(
        "commitment"
    )
    told = {one.commitment.investor.name: one.facts for one in letters}
    assert told["E"]["fee"]["steps"][-1] == {"label": "Agreed otherwise", "amount": "-9222.22"}
    assert "waives" not in str(told["E"])
    assert [(one["days"], one["interest"]) for one in told["C"]["fee"]["interest"]] == [
        (186, "688.51"),
        (110, "482.19"),
        (19, "83.29"),
    ]
    # The others are asked for no more, and what was charged is charged once; who agreed on less goes on as all do.
    assert story.due_next("A", "B", "C", "D", "E") == {
        "A": ["25000.00", "0.00", "0.00", "25000.00"],
        "B": ["20000.00", "0.00", "0.00", "20000.00"],
        "C": ["20000.00", "0.00", "0.00", "20000.00"],
        "D": ["5000.00", "1250.00", "0.00", "3750.00"],
        "E": ["5000.00", "0.00", "0.00", "5000.00"],
    }
    page = text_of(client.get(reverse("fees:fees", args=[story.fund.pk])))
    assert "Jul 10, 2026 Call" in page
    assert "4 partners $86,777.78and $8,677.78 tax" in page
    _read_by_the_partner(client, story, told["C"]["fee"])
    # Tax on a fee is each partner's own: no later closing shares it.
    assert not FeeCatchUp.objects.exclude(call=closing.call).exists()
    moved = {one.name for one in shown.lines}
    assert moved == {"D1", "D2", "Organisational costs", "Partnership expenses"}
    assert sum(one.amount for one in shown.lines if one.name == "Partnership expenses") == Decimal("41250.00")

    story.reverse(closing, HELD_ON)
    assert not FeeCatchUp.objects.standing().exists()
    assert FeeStatement.objects.filter(catch_up__isnull=False).count() == 4
    assert not FeeStatement.objects.filter(catch_up__isnull=False, withdrawn_at=None).exists()
    assert violations() == []
    assert story.due_next("A", "B") == {
        "A": ["25000.00", "0.00", "0.00", "25000.00"],
        "B": ["15000.00", "0.00", "0.00", "15000.00"],
    }


def _read_by_the_partner(client, story, facts) -> None:
    """C reads among its fees what its letter says: on the page, in the export and by the API."""
    contact = ContactFactory(
        investor=story.fund.commitments.get(investor__name="C").investor, user=UserFactory()
    )
    own = FeeStatement.objects.get(commitment__investor__name="C")
    assert own.facts == facts
    client.force_login(contact.user)
    listed = text_of(client.get(reverse("portal:fee_list")))
    assert "Jan 15, 2026 to Sep 30, 2026For the time before your closing" in listed
    assert "$62,577.78" in listed
    page = text_of(client.get(reverse("portal:fee", args=[own.public_id])))
    for said in ("For the time before your closing of Jul 10, 2026", "Interest since Apr 1, 2026", "$482.19"):
        assert said in page, said
    other = FeeStatement.objects.get(commitment__investor__name="D")
    assert client.get(reverse("portal:fee", args=[other.public_id])).status_code == 404
    [_, line] = client.get(reverse("portal:fee_export", args=["csv"])).getvalue().decode().splitlines()
    assert '"Time before the closing","","USD",56888.89,56888.89,5688.89' in line
    [answer] = Api.of(contact.user).read("/portal/management-fees")["managementFees"]
    told = ("catchUp", "net", "tax", "due", "interest", "status")
    assert [answer[one] for one in told] == [
        True,
        *map(Decimal, ("56888.89", "5688.89", "62577.78", "1253.99")),
        "BILLED",
    ]


@pytest.mark.parametrize(
    ("currency", "advance", "promised", "caught_up", "rest"),
    [
        # 76, 91 and 9 of 365 days; then the other 83 days of the quarter, and the next one where it is due by then.
        ("JPY", True, "100000003", "964383", "958905"),
        ("KWD", False, "1000000.001", "9643.836", "4547.945"),
    ],
)
def test_up_to_the_closing_the_rest_comes_with_the_next_fee(currency, advance, promised, caught_up, rest):
    """The days up to the closing, where nothing was called yet but the fee."""
    story = FeeClosings(committed=("500000000", "300000000", "20000000"), currency=currency)
    story.schedule(late_rule="to_date", time_rule="act/365", in_advance=advance)
    story.bill(*QUARTERS[not advance :])
    closing = story.close(story.plan(HELD_ON, PAY_ON, story.newcomer("C", promised)), HELD_ON)
    row = FeeCatchUp.objects.get()
    assert [one.said["net"] for one in figures_of(closing).fees] == [caught_up]
    assert [(one["from"], one["to"], one["billed"]) for one in row.periods] == [
        ("2026-01-15", "2026-04-01", True),
        ("2026-04-01", "2026-07-01", True),
        ("2026-07-01", "2026-07-10", advance),
    ]
    line = work_out(story.fund).instalment.lines[row.commitment_id]
    assert line.net == Decimal(rest)
    assert closing.call.total_amount == row.net == Decimal(caught_up)


@pytest.mark.parametrize(
    ("currency", "anew", "before", "after"),
    [
        # 192,000 over 8.2m: A had 117,073.17, used two quarters of it, and has 78,688.52 of it over 12.2m.
        ("USD", "resplit", ("67073.17", "40243.90"), ("-38384.65", "-23030.78", "62950.82")),
        ("JPY", "resplit", ("67073", "40244"), ("-38385", "-23031", "62951")),
        ("USD", "keep", ("67073.17", "40243.90"), ("0", "0", "0")),
    ],
)
def test_fee_income_is_no_part_of_it_and_is_shared_anew_by_the_next_run(currency, anew, before, after):
    story = FeeClosings(currency=currency)
    story.schedule(offset_after_closing=anew)
    asked.record_fee_income(
        fund_id=story.fund.pk,
        received_on=date(2026, 2, 1),
        category="transaction",
        amount=Decimal(240_000),
        offset_rate=Decimal("0.8"),
        ctx=story.ctx(date(2026, 2, 2)),
    )
    story.bill(*QUARTERS)
    story.close(story.plan(HELD_ON, PAY_ON, story.newcomer("C", "4000000")), HELD_ON)
    assert FeeCatchUp.objects.get().net == {"USD": Decimal("56888.89"), "JPY": 56889}[currency]
    found = work_out(story.fund).instalment.lines
    keys = dict(story.fund.commitments.values_list("investor__name", "pk"))
    a, b, c = (found[keys[name]] for name in "ABC")
    assert (a.offset_opening, b.offset_opening, c.offset_opening) == (*map(Decimal, before), 0)
    assert (a.recognised, b.recognised, c.recognised) == tuple(map(Decimal, after))
    assert (c.gross, c.net) == (20_000, 0 if c.recognised else 20_000)


def test_the_fee_of_what_is_invested_follows_once_it_is_paid(client):
    """C takes over 491,803.28 of D1 and 295,081.97 of D2: half a percent of the one for Q2, of both for Q3."""
    story = FeeClosings()
    story.schedule(basis="net_invested")
    story.first_two_calls()
    story.bill(*QUARTERS)
    plan = story.plan(HELD_ON, PAY_ON, story.newcomer("C", "4000000.00"))
    draft = closings.draft_closing(plan=plan, ctx=story.ctx(HELD_ON))
    client.force_login(story.manager)
    assert "Some fees follow" in text_of(client.get(reverse("closings:closing_figures", args=[draft.pk])))
    closing = closings.submit_closing(closing_id=draft.pk, ctx=story.ctx(HELD_ON))
    assert not FeeCatchUp.objects.exists()
    story.pay(closing.call, PAY_ON)
    story.refund(closing, PAY_ON)
    assert story.due_next("A", "B", "C") == {
        "A": ["4918.03", "0.00", "-3898.44", "1019.59"],
        "B": ["2950.82", "0.00", "-2339.06", "611.76"],
        "C": ["3934.43", "0.00", "6393.45", "10327.88"],
    }


def test_what_is_said_otherwise_says_why_and_what_moves_is_looked_at_again():
    story = FeeClosings()
    story.first_two_calls()
    plain = story.plan(HELD_ON, PAY_ON, story.newcomer("C", "4000000.00", ("1.00", BEGAN)))
    early = closings.draft_closing(plan=plain, ctx=story.ctx(HELD_ON))
    assert figures_of(early).fees == []
    story.schedule()
    with pytest.raises(InvalidInput, match="say why others are charged"):
        closings.change_closing(closing_id=early.pk, plan=plain, ctx=story.ctx(HELD_ON))
    with pytest.raises(Conflict, match="say why others are charged"):
        closings.submit_closing(closing_id=early.pk, ctx=story.ctx(HELD_ON))
    one = plain.tranches[0]
    for said, problem in (
        ({"fee_rate": Decimal("0.01"), "fee_discount": Decimal("0.1")}, "not both"),
        ({"fee_rate": Decimal("1.01")}, "between 0 % and 100 %"),
    ):
        wrong = replace(plain, tranches=(replace(one, fees=(), **said),))
        with pytest.raises(InvalidInput, match=problem):
            closings.change_closing(closing_id=early.pk, plan=wrong, ctx=story.ctx(HELD_ON))
    known = replace(story.more(story.partners[0], "1.00"), fee_rate=Decimal("0.01"))
    with pytest.raises(InvalidInput, match="entered as a side letter"):
        closings.draft_closing(plan=story.plan(HELD_ON, PAY_ON, known), ctx=story.ctx(HELD_ON))
    # Nothing is charged where a reason alone is given; the days before are charged to nobody twice.
    none = replace(plain, tranches=(replace(one, fees=(), fee_reason="Waived"),))
    closings.change_closing(closing_id=early.pk, plan=none, ctx=story.ctx(HELD_ON))
    assert [row.said["net"] for row in figures_of(early).fees] == ["0.00"]
    closing = closings.submit_closing(closing_id=early.pk, ctx=story.ctx(HELD_ON))
    assert story.asked_of(closing.call, "C") == []
    story.bill(*QUARTERS)
    assert story.due_next("C") == {"C": ["20000.00", "0.00", "0.00", "20000.00"]}
    # Promised before there was a run, and what others are billed by then.
    story.pay(closing.call, PAY_ON)
    more = story.plan(
        date(2026, 9, 1), date(2026, 9, 20), replace(one, amount=Decimal("1000000.00"), fees=())
    )
    again = closings.draft_closing(plan=more, ctx=story.ctx(date(2026, 9, 1)))
    assert [row.said["net"] for row in figures_of(again).fees] == ["14222.22"]
    typed = replace(
        one, amount=Decimal("1000000.00"), fees=(FeePlan(Decimal("20.00"), BEGAN),), fee_reason="Agreed"
    )
    closings.change_closing(
        closing_id=again.pk, plan=replace(more, tranches=(typed,)), ctx=story.ctx(date(2026, 9, 1))
    )
    assert [(row.said["net"], row.reason) for row in figures_of(again).fees] == [("20.00", "Agreed")]


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(12))
def test_who_caught_up_was_charged_what_it_would_have_been_from_the_start(seed):
    """Whatever the day, the rhythm, the rule and the side letter: with the runs after it, to the cent."""
    draw = Random(seed)
    fields = {
        "rate": Decimal(draw.randint(0, 30)) / 1000,
        "frequency": draw.choice(["quarterly", "semiannual"]),
        "in_advance": draw.random() < 0.5,
        "time_rule": draw.choice(["by_period", "act/365", "act/360", "30E/360"]),
        "late_rule": draw.choice(["billed", "to_date"]),
    }
    agreed = draw.choice([{}, {"fee_rate": Decimal("0.012")}, {"fee_discount": Decimal("0.13")}])
    amount = f"{draw.randint(1, 9_999_999)}.{draw.randint(0, 99):02}"
    held_on = BEGAN + timedelta(draw.randint(1, 200))
    story, days = FeeClosings(), [date(2026, month, 2) for month in (1, 4, 7, 10)] + [date(2027, 1, 2)]
    story.schedule(**fields)
    joined = False
    for day in (max(day, BEGAN) for day in days):
        if not joined and held_on <= day:
            story.call(held_on - timedelta(1), held_on, ("other", "1000.00"))
            plan = story.plan(held_on, held_on + timedelta(1), story.newcomer("C", amount, **agreed))
            story.pay(story.close(plan, held_on).call, held_on + timedelta(1))
            joined = True
        while work_out(story.fund).period.on <= day:
            story.bill(day)
    charged = Counter()
    for row in FeeCatchUp.objects.all():
        charged[row.commitment_id] += row.net
    for row in FeeRunLine.objects.all():
        charged[row.commitment_id] += row.net
    late = story.fund.commitments.get(investor__name="C").pk
    there = Partner(late, (Tranche(Decimal(amount), BEGAN, BEGAN),), own_rates=_own(agreed))
    runs_of = FeeRun.objects.order_by("starts_on")
    terms, periods = terms_of(story.fund, schedules_of(story.fund), list(runs_of))
    known = [charge_of(terms, there, one, one.on).amount for one in periods[: runs_of.count()]]
    assert charged[late] == sum(known)


def _own(agreed) -> tuple[OwnRate, ...]:
    if not agreed:
        return ()
    return (OwnRate(BEGAN, agreed.get("fee_rate"), date.min, agreed.get("fee_discount", Decimal(0))),)
