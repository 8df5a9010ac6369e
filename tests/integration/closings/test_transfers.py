"""Transfers of an interest through the services: the worked example to the cent, what stays, and what is refused."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError, Forbidden
from blackgem.lib.knowledge import Knowledge
from blackgem.models import AuditEvent
from capital.models import CommitmentCapital, HeldPart
from capital.services import payments
from closings.models import Transfer, TransferRow
from closings.services import transfers
from distributions.models import CommitmentDistributions, GivenBack
from distributions.services.planning import DistributionPlan, work_out
from funds.models import CapitalTransaction, CommitmentEvent
from portal.models import CommitmentDifferences
from tests.integration.capital.test_as_of import ROLL_UPS, rows_of
from tests.integration.closings.transfer_story import MOVED_ON, TransferStory, at
from tests.support.invariants import violations
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
#: What moved of each row of the example, by the day on which it was due and its sign.
MOVED = ["10060.98", "182926.83", "5030.49", "109756.09", "-36585.37", "5000.00", "-60975.61"]


@staged
def story():
    made = TransferStory()
    made.history()
    return made


def capital(commitment):
    return CommitmentCapital.objects.get(pk=commitment.pk)


def by_fund():
    """Every sum over a fund: per kind, deal, due date, line, distribution and what rows count as."""
    sums = defaultdict(D)
    for row in CapitalTransaction.objects.all():
        counts = (row.within_commitment, row.counts_as_paid_in, row.counts_as_distributed, row.recallable)
        sums[row.type, row.deal_id, row.due_on, row.call_line_id, row.distribution_id, *counts] += row.amount
    return dict(sums)


def totals():
    """The roll-ups that are about no one partner."""
    about_one = {"commitment_capital", "commitment_distributions", "commitment_differences", "held_parts"}
    about_one |= {"commitment_amounts", "commitment_limits"}
    return {
        model: rows_of(model.objects.all()) for model in ROLL_UPS if model._meta.db_table not in about_one
    }


def test_a_third_of_an_interest_to_the_cent(story):
    before = by_fund(), totals()

    story.transfer()

    rows = TransferRow.objects.order_by("pk").values_list("amount", flat=True)
    assert sorted(rows) == sorted(map(D, MOVED))
    took, kept = capital(story.newcomer), capital(story.first)
    assert (took.committed, kept.committed) == (D("1000000.00"), D("2000000.00"))
    assert (took.paid, kept.paid) == (D("312774.39"), D("625548.78"))
    assert (took.called, kept.called) == (D("312774.39"), D("625548.78"))
    assert (took.called_within, kept.called_within) == (D("307774.39"), D("615548.78"))
    assert (took.paid_in, kept.paid_in) == (D("312774.39"), D("625548.78"))
    assert (took.distributed, kept.distributed) == (D("97560.98"), D("195121.95"))
    assert (took.recallable, kept.recallable) == (D("60975.61"), D("121951.22"))
    # Without the call that is open in the example, of which 50,000.00 and 100,000.00 draw on the two.
    assert (took.unfunded, kept.unfunded) == (D("753201.22"), D("1506402.44"))
    assert (took.outstanding, kept.outstanding) == (0, 0)
    assert (by_fund(), totals()) == before
    out = {one.pk: one for one in CommitmentDistributions.objects.filter(fund=story.fund)}
    took, kept = out[story.newcomer.pk], out[story.first.pk]
    assert (took.distributed, kept.distributed) == (D("97560.98"), D("195121.95"))
    assert (took.paid_out, took.payable, kept.payable) == (D("97560.98"), 0, 0)
    assert took.return_of_capital + kept.return_of_capital == D("292682.93")
    assert violations() == []


def test_every_moved_row_is_its_original_in_another_hand(story):
    story.transfer()

    same = "type deal_id line_kind due_on accrues_from call_id call_line_id allocation_id distribution_id recallable"
    same += (
        " given_back_line_id within_commitment counts_as_paid_in counts_as_distributed earns_preferred_return"
    )
    moved = CapitalTransaction.objects.filter(transfer_id__isnull=False).select_related("moves")
    assert len(moved) == 2 * len(MOVED)
    for row in moved:
        assert [getattr(row, name) for name in same.split()] == [
            getattr(row.moves, name) for name in same.split()
        ]
        assert (row.value_date, row.happened_on) == (MOVED_ON, row.moves.value_date)
        assert (row.call_item_id, row.payment_id, row.payout_id) == (None, None, None)


def test_no_figure_of_a_day_before_changes(story):
    days = [date(2026, 1, 31) + timedelta(days=20 * step) for step in range(13)]
    days = [day for day in days if day < MOVED_ON] + [MOVED_ON - timedelta(days=1)]

    def said():
        return {day: {model: rows_of(model.on(day, Knowledge(None))) for model in ROLL_UPS} for day in days}

    before = said()
    story.transfer()
    after = said()

    for day in days:
        for model in ROLL_UPS:
            now = after[day][model]
            # Who holds a part by transfer alone has a row of nothing before it.
            new = now.keys() - before[day][model].keys()
            assert model is HeldPart or not new
            assert all(not now[pk]["held"] for pk in new)
            assert {pk: row for pk, row in now.items() if pk not in new} == before[day][model]


def test_the_differences_lie_between_the_figures(story):
    story.transfer()
    for partner in (story.first, story.newcomer):
        own, between = capital(partner), CommitmentDifferences.objects.get(pk=partner.pk)
        assert own.committed - own.called == between.uncalled
        assert own.unfunded == between.uncalled + between.outside + between.recallable - between.released
        assert between.payable == 0


def shares(story, day, amount="2000000.00", **more):
    """What the next distribution would pay, by partner."""
    found = work_out(DistributionPlan(story.fund.pk, D(amount), day, **more))
    assert found.problems == ()
    names = ("return_of_capital", "preferred_return", "profit_share", "carried_interest", "carry_borne")
    return {row.commitment_id: [getattr(row, name) for name in names] for row in found.rows}


def paid_to(figures):
    return sum(figures[:4])


@pytest.mark.parametrize("start", ["due", "paid"])
def test_the_waterfall_pays_both_together_what_it_paid_the_one(start):
    """The preferred return runs from the days on which the first holder paid, or was asked to."""
    story = TransferStory(committed=("3000000.00", "1000000.00"), terms={"pref_start": start})
    story.history()
    on = date(2027, 3, 31)
    before = shares(story, on)

    story.transfer()
    after = shares(story, on)

    both = [a + b for a, b in zip(after[story.first.pk], after[story.newcomer.pk], strict=True)]
    # Each account rounds its own preferred return, carry and last cent.
    assert all(abs(a - b) <= D("0.05") for a, b in zip(both, before[story.first.pk], strict=True))
    others = zip(after[story.partners[1].pk], before[story.partners[1].pk], strict=True)
    assert all(abs(a - b) <= D("0.02") for a, b in others)
    assert sum(map(paid_to, after.values())) == sum(map(paid_to, before.values())) == D("2000000.00")
    third = [figure / 3 for figure in before[story.first.pk]]
    assert all(abs(a - b) <= D("0.05") for a, b in zip(after[story.newcomer.pk], third, strict=True))


def test_in_full_leaves_nothing(story):
    before = capital(story.first)
    story.transfer(1, 1)
    left, took = capital(story.first), capital(story.newcomer)
    figures = [
        one.attname
        for one in CommitmentCapital._meta.fields
        if one.attname not in ("commitment_id", "fund_id")
    ]
    assert [getattr(left, name) for name in figures] == [0] * len(figures)
    assert [getattr(took, name) for name in figures] == [getattr(before, name) for name in figures]
    assert violations() == []


def test_a_line_is_given_back_to_who_holds_it():
    """The whole of an interest of which a part went back already: the rest goes to its holder, and to nobody else."""
    story = TransferStory()
    story.paid_call(date(2026, 2, 16), ("investment", "90000.00", "D1"))
    story.paid_out(date(2026, 3, 10), "30000.00", "D1", recallable=True)
    story.transfer(1, 1)
    back = story.paid_out(date(2026, 10, 10), "60000.00", "D1", recallable=True)
    given = {one.commitment_id: one.amount for one in GivenBack.objects.filter(item__distribution=back)}
    assert given == {story.newcomer.pk: D("60000.00")}
    assert violations() == []


def test_a_later_transfer_is_of_what_was_kept():
    story = TransferStory(committed=("3000000.00", "500000.00"))
    story.history()
    story.transfer()
    story.transfer(1, 7, to=story.partners[1])
    story.transfer(2, 3, frm=story.newcomer, to=story.partners[1])
    assert sum(capital(one).committed for one in (*story.partners, story.newcomer)) == D("3500000.00")
    assert violations() == []
    # The next call and distribution are split by the register of their day.
    story.paid_call(date(2026, 10, 30), ("investment", "70000.00", "D1"))
    story.paid_out(date(2026, 11, 10), "40000.00", "D2")
    assert violations() == []


def test_what_is_held_of_a_line_moves_with_what_it_was_worked_out_from():
    story = TransferStory(committed=("3000000.00", "1000000.00"))
    call = story.paid_call(date(2026, 2, 16), ("investment", "100.01", "D1"))
    line = call.lines.get()
    story.transfer()
    held = {one.commitment_id: (one.held, one.weight) for one in HeldPart.objects.filter(line=line)}
    assert held[story.first.pk] == (D("50.01"), D("2000000.00"))
    assert held[story.newcomer.pk] == (D("25.00"), D("1000000.00"))
    assert held[story.partners[1].pk] == (D("25.00"), D("1000000.00"))


def test_a_second_person_decides():
    story = TransferStory(four_eyes=False)
    story.fund.four_eyes = True
    story.fund.save()
    asked = story.transfer()
    assert capital(story.newcomer).committed == 0
    with pytest.raises(Forbidden):
        transfers.approve_transfer(transfer_id=asked.pk, ctx=WriteContext(story.manager, at(MOVED_ON)))
    transfers.approve_transfer(transfer_id=asked.pk, ctx=WriteContext(story.second, at(MOVED_ON)))
    assert capital(story.newcomer).committed == D("1000000.00")
    verbs = set(AuditEvent.objects.filter(fund_id=story.fund.pk).values_list("verb", flat=True))
    assert {"request_transfer", "transfer_interest", "transfer_commitment"} <= verbs


def test_a_second_person_refuses():
    story = TransferStory()
    story.fund.four_eyes = True
    story.fund.save()
    asked = story.transfer()
    transfers.reject_transfer(transfer_id=asked.pk, ctx=WriteContext(story.second, at(MOVED_ON)))
    assert capital(story.newcomer).committed == 0
    assert not Transfer.objects.pending().exists()
    assert not CommitmentEvent.objects.filter(transfer_id=asked.pk).exists()


def refused(story, *args, **more):
    with pytest.raises(DomainError) as error:
        story.transfer(*args, **more)
    assert not CapitalTransaction.objects.filter(transfer_id__isnull=False).exists()
    return error.value.code


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"numerator": 4}, "share_out_of_range"),
        ({"numerator": 0}, "share_out_of_range"),
        ({"amount": "3000000.01"}, "amount_exceeds_commitment"),
        ({"reason": " "}, "reason.required"),
        ({"on": date(2026, 9, 30), "ctx_day": date(2026, 9, 29)}, "effective_on.future"),
        ({"on": date(2024, 1, 1)}, "effective_on.before_admission"),
    ],
)
def test_what_is_no_transfer(how, code):
    story = TransferStory()
    if day := how.pop("ctx_day", None):
        how["ctx"] = WriteContext(story.manager, at(day))
    assert refused(story, **how) == code


def test_to_oneself_or_to_the_general_partner():
    story = TransferStory()
    assert refused(story, to=story.first) == "transfer.same_partner"
    assert refused(story, to=story.gp) == "transfer.other_kind"


def test_while_something_is_owed():
    story = TransferStory()
    story.paid_call(date(2026, 2, 16), ("investment", "90000.00", "D1"), paid=False)
    assert refused(story) == "open_item_unpaid"


def test_what_was_paid_ahead_of_its_day():
    story = TransferStory()
    story.paid_call(date(2026, 9, 16), ("investment", "90000.00", "D1"), due=date(2026, 10, 15))
    assert refused(story) == "transfer.paid_ahead"


def test_before_what_came_since():
    story = TransferStory()
    story.paid_call(date(2026, 2, 16), ("investment", "90000.00", "D1"))
    assert refused(story, on=date(2026, 2, 15)) == "transfer.rows_after_it"


def test_one_waits_at_a_time():
    story = TransferStory()
    story.fund.four_eyes = True
    story.fund.save()
    story.transfer()
    with pytest.raises(DomainError) as error:
        story.transfer()
    assert error.value.code == "transfer.waits"


def test_a_share_that_rounding_would_overdraw():
    """Of 100.00 that came back in two halves, one of which may be called again, a third is 33.33, and 16.67 of each."""
    story = TransferStory(committed=("100.00",))
    story.paid_call(date(2026, 2, 16), ("investment", "100.00", "D1"))
    story.paid_out(date(2026, 3, 10), "50.00", "D1")
    story.paid_out(date(2026, 4, 10), "50.00", "D1", recallable=True)
    assert refused(story) == "transfer.overdraws"
    story.transfer(amount="33.34")
    assert violations() == []


def test_payments_of_a_later_call_go_on():
    story = TransferStory()
    story.paid_call(date(2026, 2, 16), ("investment", "90000.00", "D1"))
    story.transfer()
    call = story.paid_call(date(2026, 10, 16), ("investment", "30000.01", "D1"), paid=False)
    owed = {item.commitment_id: item.amount for item in call.items.all()}
    assert owed[story.newcomer.pk] in (D("10000.00"), D("10000.01"))
    payments.pay_call(
        call_id=call.pk,
        amount="30000.01",
        value_date=date(2026, 10, 16),
        ctx=WriteContext(story.manager, at(date(2026, 10, 16))),
    )
    assert violations() == []
