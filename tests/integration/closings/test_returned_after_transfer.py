"""A payout comes back after the interest that it was paid on was transferred: worked by hand, and what stays."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from blackgem.lib.knowledge import Knowledge
from capital.models import CommitmentCapital
from distributions.models import CommitmentDistributions
from distributions.services import payouts
from distributions.services.planning import DistributionPlan, work_out
from tests.factories import rename
from tests.integration.capital.test_as_of import ROLL_UPS, rows_of
from tests.integration.closings.test_bounced_after_transfer import BOUNCED_ON, agree, bounce, pay
from tests.integration.closings.test_transfers import by_fund
from tests.integration.closings.transfer_story import MOVED_ON, TransferStory, at
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
PAID_ON = date(2026, 11, 5)


@staged
def story():
    """100,000.01 paid by the first partner; 60,000.01 distributed to it, of which it has tax withheld, recallable."""
    made = TransferStory()
    made.call = made.paid_call(date(2026, 2, 16), ("investment", "100000.01", "D1"))
    made.out = made.paid_out(
        date(2026, 8, 31), "60000.01", "D1", recallable=True, withholding={made.first.pk: D("100.01")}
    )
    return made


def returned(story, on=BOUNCED_ON):
    return story.payout_returned(on)


def paid_again(story, on=PAID_ON):
    ctx = WriteContext(story.manager, at(on))
    return payouts.pay_out(distribution_id=story.out.pk, value_date=on, method="wire", ctx=ctx)


def figures(partner):
    """Declared, paid out, payable, tax, of the ledger distributed, recallable, unfunded."""
    given = CommitmentDistributions.objects.get(pk=partner.pk)
    own = CommitmentCapital.objects.get(pk=partner.pk)
    return [
        given.distributed,
        given.paid_out,
        given.payable,
        given.withheld,
        own.distributed,
        own.recallable,
        own.unfunded,
    ]


def agreed(story, *more):
    agree(story, *more, today=PAID_ON)


def money(*words):
    return list(map(D, words))


def test_a_third_by_hand_to_the_cent(story):
    story.transfer()
    moved, before = by_fund(), {one: figures(one) for one in (story.first, story.newcomer)}
    assert before[story.first] == money(
        "40000.01", "40000.01", "0", "66.67", "40000.01", "40000.01", "1973333.34"
    )
    assert before[story.newcomer] == money("20000", "20000", "0", "33.34", "20000", "20000", "986666.66")

    returned(story)

    assert figures(story.first) == money("60000.01", "0", "60000.01", "100.01", "0", "0", "1933333.33")
    assert figures(story.newcomer) == money("0", "0", "0", "0", "0", "0", "966666.66")
    agreed(story)

    paid_again(story)
    assert by_fund() == moved
    assert {one: figures(one) for one in before} == before
    agreed(story)


def test_no_day_before_changes_but_by_the_money(story):
    """As it was known before nothing changed; by an earlier day nothing of the transferee did. Between the return and
    the next payout nobody was paid, and from its day on both are as before."""
    story.transfer()
    known = Knowledge(at(MOVED_ON) + timedelta(hours=1))
    days = [date(2026, 9, 1), MOVED_ON - timedelta(1), MOVED_ON, BOUNCED_ON, PAID_ON]

    def said(knowledge):
        return {day: {model: rows_of(model.on(day, knowledge)) for model in ROLL_UPS} for day in days}

    now, then = said(Knowledge(None)), said(known)
    returned(story)
    assert said(known) == then
    back = said(Knowledge(None))
    for day in days[:2]:
        new, old = back[day][CommitmentDistributions], now[day][CommitmentDistributions]
        assert new[story.newcomer.pk] == old[story.newcomer.pk]
        paid = new[story.first.pk]
        assert [paid["paid_out"], paid["payable"]] == money(
            "0", "60000.01" if day >= date(2026, 8, 31) else "0"
        )
    paid_again(story)
    assert said(known) == then
    again = said(Knowledge(None))
    for model in (CommitmentDistributions, CommitmentCapital):
        assert {pk: row for pk, row in again[BOUNCED_ON][model].items()} == back[BOUNCED_ON][model]
        assert again[PAID_ON][model] == now[PAID_ON][model]


def test_the_whole_interest(story):
    """Whoever gave all of it away is paid again what was declared to it, and holds nothing of it."""
    story.transfer(1, 1)
    returned(story)
    assert figures(story.first) == money("60000.01", "0", "60000.01", "100.01", "0", "0", "0")
    assert figures(story.newcomer) == money("0", "0", "0", "0", "0", "0", "2899999.99")
    agreed(story)
    # The transferee passes nothing on meanwhile that waits to be paid out.
    with pytest.raises(Conflict, match="paid out"):
        story.transfer(1, 2, frm=story.newcomer, to=story.first, on=BOUNCED_ON)
    paid_again(story)
    assert figures(story.newcomer)[:3] == money("60000.01", "60000.01", "0")
    agreed(story)


def test_two_transfers_in_a_row_and_what_was_moved_back(story):
    last = story._partner(reference="LAST")
    story.transfer()
    story.transfer(1, 2, frm=story.newcomer, to=last)
    story.transfer(1, 2, frm=story.newcomer, to=story.first)
    partners = (story.first, story.newcomer, last)
    before = [figures(one) for one in partners]
    returned(story)
    assert [figures(one)[1] for one in partners] == money("0", "0", "0")
    assert [figures(one)[2] for one in partners] == money("60000.01", "0", "0")
    agreed(story, last)
    paid_again(story)
    assert [figures(one) for one in partners] == before
    agreed(story, last)
    # And all of it once more, with what moved since.
    story.transfer(
        1, 7, frm=last, to=story.newcomer, on=PAID_ON, ctx=WriteContext(story.manager, at(PAID_ON))
    )
    before = [figures(one) for one in partners]
    returned(story, PAID_ON)
    assert [figures(one)[1] for one in partners] == money("0", "0", "0")
    agreed(story, last)
    paid_again(story)
    assert [figures(one) for one in partners] == before
    agreed(story, last)


def test_what_was_transferred_back_is_taken_back_alone(story):
    story.transfer(1, 1)
    story.transfer(1, 1, frm=story.newcomer, to=story.first)
    returned(story)
    paid_again(story)
    assert figures(story.first)[:3] == money("60000.01", "60000.01", "0")
    agreed(story)


def test_both_directions_of_the_bank(story):
    """The wire that paid the call and the payout both come back: each is owed by its own rule, and all is made good."""
    story.transfer()
    before = [figures(one) for one in (story.first, story.newcomer)]
    returned(story)
    bounce(story)
    agreed(story)
    paid_again(story)
    for partner in (story.first, story.newcomer):
        pay(story, partner, story.call, CommitmentCapital.objects.get(pk=partner.pk).outstanding, PAID_ON)
    assert [figures(one) for one in (story.first, story.newcomer)] == before
    agreed(story)


def test_a_distribution_meanwhile_counts_what_was_declared_to_the_interest(story):
    """What waits to be paid out again still returned capital of the interest: nobody is given it twice."""
    story.transfer()
    before = work_out(DistributionPlan(story.fund.pk, D("50000.00"), BOUNCED_ON))
    returned(story)
    now = work_out(DistributionPlan(story.fund.pk, D("50000.00"), BOUNCED_ON))
    assert [(row.commitment_id, row.gross, row.return_of_capital) for row in now.rows] == [
        (row.commitment_id, row.gross, row.return_of_capital) for row in before.rows
    ]


@pytest.mark.parametrize(("currency", "zone"), [("JPY", "Pacific/Auckland"), ("KWD", "UTC")])
def test_in_whole_units_of_the_currency(currency, zone):
    paid, out = {"JPY": ("1000001", "600001"), "KWD": ("1000000.001", "600000.001")}[currency]
    story = TransferStory(currency=currency)
    rename(story.fund, time_zone=zone)
    story.call = story.paid_call(date(2026, 2, 16), ("investment", paid, "D1"))
    story.out = story.paid_out(date(2026, 8, 31), out, "D1", recallable=True)
    story.transfer()
    before = [figures(one) for one in (story.first, story.newcomer)]
    returned(story)
    assert figures(story.first)[:3] == money(out, "0", out)
    agreed(story)
    paid_again(story)
    assert [figures(one) for one in (story.first, story.newcomer)] == before
    agreed(story)
