"""A later partner comes in after an interest was transferred: each line is taken from who holds it by now."""

from collections import defaultdict
from datetime import date
from decimal import Decimal as D

import pytest

from blackgem.lib.errors import Conflict
from blackgem.lib.knowledge import Knowledge
from blackgem.lib.money import split, unit_of
from capital.models import CommitmentCapital, HeldPart
from closings.models import EqualisationPart, RefundCapital
from closings.services import closings, transfers
from funds.models import CapitalTransaction
from tests.factories import CommitmentFactory, InvestorFactory
from tests.integration.capital.test_as_of import ROLL_UPS, rows_of
from tests.integration.closings.story import ClosingStory, at
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db

MOVED_ON, HELD_ON, PAY_ON = date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 20)


class MovedStory(ClosingStory):
    """Of A's interest two fifths are T's, who called nothing and owes nothing."""

    def moved(self, **more) -> "MovedStory":
        self.first_two_calls()
        self.taker = CommitmentFactory(
            fund=self.fund,
            amount=D(0),
            created_by=self.manager,
            investor=InvestorFactory(name="T", created_by=self.manager),
        )
        self.transfer(self.partners[0], self.taker, MOVED_ON, numerator=2, denominator=5)
        return self

    def transfer(self, giver, taker, day: date, **share):
        said = {"effective_on": day, "reason": "Sale of a part"} | share
        return transfers.request_transfer(
            fund_id=self.fund.pk,
            transferor_id=giver.pk,
            transferee_id=taker.pk,
            ctx=self.ctx(day),
            **said,
        )

    def close_on(self, day: date, pay_on: date, *tranches, **changes):
        return self.close(self.plan(day, pay_on, *tranches, **changes), day)


def held(fund) -> dict[int, dict[str, D]]:
    """By line that was called first, what each partner holds, by name."""
    found: dict[int, dict[str, D]] = defaultdict(lambda: defaultdict(D))
    parts = HeldPart.objects.filter(fund=fund, line__counts_as_called=True)
    for root, name, amount in parts.values_list("root", "commitment__investor__name", "held"):
        found[root][name] += amount
    return {root: dict(parts) for root, parts in found.items()}


def by_register(fund, weights: dict[str, D]) -> dict[int, dict[str, D]]:
    """The same as the register says: each line over all commitments by largest remainder."""
    unit = unit_of(fund.currency)
    return {
        root: dict(zip(weights, split(sum(parts.values(), D(0)), list(weights.values()), unit), strict=True))
        for root, parts in held(fund).items()
    }


REGISTER = {"A": D(3_000_000), "B": D(3_000_000), "GP": D(200_000), "T": D(2_000_000)}


@pytest.mark.parametrize("currency", ["USD", "JPY"])
def test_each_line_is_taken_from_who_holds_it(currency):
    story = MovedStory(currency=currency).moved()
    before = {name: paid_in(story, name) for name in REGISTER}

    closing = story.close_on(HELD_ON, PAY_ON, story.newcomer("C", "4000000"))

    assert held(story.fund) == by_register(story.fund, REGISTER | {"C": D(4_000_000)})
    assert violations() == []
    story.pay(closing.call, PAY_ON)
    story.refund(closing, PAY_ON)
    back = {
        one.refund.commitment.investor.name: one
        for one in RefundCapital.objects.select_related("refund__commitment__investor")
    }
    assert set(back) == set(REGISTER)
    assert all(one.outstanding == 0 for one in back.values())
    for name in REGISTER:
        assert paid_in(story, name) == before[name] - back[name].refund.capital
    assert sum(one.refund.capital for one in back.values()) == paid_in(story, "C")
    # What went back ends with the day on which its line was due at first, whoever held it.
    rows = CapitalTransaction.objects.filter(commitment=story.taker, refund_payout_id__isnull=False)
    assert set(rows.filter(passed_on=False).values_list("accrues_from", flat=True)) == {
        date(2026, 2, 16),
        date(2026, 5, 15),
    }
    assert violations() == []
    if currency == "USD":
        # The published second closing, in which A held the five millions alone.
        together = back["A"].refund.capital + back["T"].refund.capital
        assert abs(together - D("504548.18")) <= D("0.04")
        assert abs(back["B"].refund.capital - D("302728.92")) <= D("0.04")
        assert abs(paid_in(story, "C") - D("827459.02")) <= D("0.04")


def paid_in(story, name) -> D:
    return story.account(name).paid_in


def test_then_a_transfer_and_a_closing_again():
    """Whoever took a part of a line over gives of it, passes it on, and gives of that again."""
    story = MovedStory().moved()
    second = story.close_on(HELD_ON, PAY_ON, story.newcomer("C", "4000000"))
    story.pay(second.call, PAY_ON)
    story.refund(second, PAY_ON)
    story.transfer(story.taker, story.partners[1], date(2026, 8, 3), numerator=1, denominator=2)
    assert violations() == []
    then = {"A": D(3_000_000), "B": D(4_000_000), "GP": D(200_000), "T": D(1_000_000), "C": D(4_000_000)}

    third = story.close_on(date(2026, 9, 1), date(2026, 9, 15), story.newcomer("D", "2000000"))

    assert held(story.fund) == by_register(story.fund, then | {"D": D(2_000_000)})
    story.pay(third.call, date(2026, 9, 15))
    story.refund(third, date(2026, 9, 15))
    assert violations() == []
    story.call(date(2026, 10, 1), date(2026, 10, 15), ("D4", "610000.00"))
    # The next call takes back what rounding gave: nobody is a unit of the currency off over all lines.
    weights = then | {"D": D(2_000_000)}
    for name, weight in weights.items():
        whole = sum(sum(parts.values(), D(0)) for parts in held(story.fund).values())
        mine = sum(parts.get(name, D(0)) for parts in held(story.fund).values())
        assert abs(mine - whole * weight / sum(weights.values())) < D("0.03"), name


def test_taken_back_it_is_as_it_was_on_every_day():
    story = MovedStory(four_eyes=False).moved()
    days = (date(2026, 6, 1), MOVED_ON, HELD_ON, date(2026, 7, 9))
    roll_ups = [model for model in ROLL_UPS if model._meta.db_table != "fund_commitment_capital"]
    parts = ("root", "commitment", "held", "weight", "basis")
    before = {day: {model: rows_of(model.on(day)) for model in roll_ups} for day in days}
    held_before = sorted(HeldPart.objects.filter(fund=story.fund).values_list(*parts))
    closing = story.close_on(HELD_ON, PAY_ON, story.newcomer("C", "4000000"))
    settled = {day: {model: rows_of(model.on(day)) for model in roll_ups} for day in days}
    known = Knowledge(at(date(2026, 7, 2)))

    story.reverse(closing, date(2026, 7, 8))

    of_others = HeldPart.objects.filter(fund=story.fund).exclude(commitment__investor__name="C")
    assert (
        sorted(
            of_others.filter(call__in=story.fund.capital_calls.exclude(pk=closing.call_id)).values_list(
                *parts
            )
        )
        == held_before
    )
    for day in days:
        for model in roll_ups:
            again = rows_of(model.on(day))
            assert {key: again[key] for key in before[day][model]} == before[day][model], (day, model)
            known_then = rows_of(model.on(day, known))
            assert {key: known_then[key] for key in settled[day][model]} == settled[day][model], (day, model)
    assert violations() == []


def test_it_is_not_taken_back_while_others_hold_what_it_changed():
    """Of an unpaid call it changed what is owed. A third of that moved on since: given back to whom it was taken from,
    it would be two thirds of an interest with all of its part. Once it is transferred back, all is as it was."""
    story = MovedStory()
    taker = InvestorFactory(name="T", created_by=story.manager)
    taker = CommitmentFactory(fund=story.fund, amount=D(0), created_by=story.manager, investor=taker)
    story.call(date(2026, 6, 1), date(2026, 8, 15), ("D3", "300000.00"), ("other", "1000.01"), paid=False)
    before, accounts = held(story.fund), rows_of(CommitmentCapital.objects.all())
    closing = story.close_on(HELD_ON, PAY_ON, story.newcomer("C", "4000000"))
    day, whole = date(2026, 7, 8), {"numerator": 1, "denominator": 1}
    story.transfer(story.partners[0], taker, day, numerator=1, denominator=3, open_items="assumed")
    with pytest.raises(Conflict, match="by transfer #1: they are transferred back") as refused:
        story.reverse(closing, day)
    assert refused.value.code == "closing.moved_since"
    story.transfer(taker, story.partners[0], day, **whole, open_items="assumed")
    story.reverse(closing, day)
    assert {
        root: {name: of for name, of in parts.items() if of} for root, parts in held(story.fund).items()
    } == before
    after = rows_of(CommitmentCapital.objects.all())
    assert {key: after[key] for key in accounts} == accounts
    assert violations() == []


def test_not_on_a_day_before_the_transfer():
    story = MovedStory().moved()
    plan = story.plan(date(2026, 6, 29), PAY_ON, story.newcomer("C", "4000000"))
    draft = closings.draft_closing(plan=plan, ctx=story.ctx(HELD_ON))
    with pytest.raises(Conflict, match="Jun 30, 2026") as refused:
        closings.submit_closing(closing_id=draft.pk, ctx=story.ctx(HELD_ON))
    assert refused.value.code == "closing.before_a_transfer"


def test_who_gave_its_whole_interest_away_gives_nothing_back():
    story = MovedStory()
    story.first_two_calls()
    story.taker = CommitmentFactory(
        fund=story.fund,
        amount=D(0),
        created_by=story.manager,
        investor=InvestorFactory(name="T", created_by=story.manager),
    )
    story.transfer(story.partners[0], story.taker, MOVED_ON, numerator=1, denominator=1)
    closing = story.close_on(HELD_ON, PAY_ON, story.newcomer("C", "4000000"))
    gave = EqualisationPart.objects.filter(closing=closing, delta__lt=0)
    assert set(gave.values_list("commitment__investor__name", flat=True)) == {"T", "B", "GP"}
    assert CommitmentCapital.objects.get(pk=story.partners[0].pk).called == 0
    assert violations() == []
