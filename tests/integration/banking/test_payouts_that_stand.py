"""The bank returns the wire of a payout that stands: it was set off in part, or what it restored was called again. The
cash is held for its partner, and sent again from there; no figure of anybody's capital moves."""

from datetime import date
from decimal import Decimal as D

import pytest

from banking.queries.held import unapplied_held_by
from banking.services import settling
from banking.services.accounts import add_bank_account
from blackgem.lib.errors import Conflict
from blackgem.lib.knowledge import Knowledge
from capital.models import FundCash, ReceiptCapital
from capital.services import receipts, returns
from closings.services import setoffs, transfers
from distributions.models import Payout
from distributions.services import payouts
from tests.factories import CommitmentFactory
from tests.integration.banking.test_returned_after_transfer import read
from tests.integration.banking.test_settling import entry
from tests.integration.capital.test_as_of import ROLL_UPS, rows_of
from tests.integration.closings.setoff_story import DAY, SetoffStory
from tests.integration.closings.transfer_story import TransferStory
from tests.integration.portal.test_statement import agrees_with_the_views
from tests.support import bank_files
from tests.support.bank_files import Booking
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db
MOVED_ON, BACK_ON, AGAIN_ON = date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 20)


def roll_ups():
    """Of each partner, line and item, as of the days about it, but for the fund's cash."""
    days = (DAY, MOVED_ON, BACK_ON, AGAIN_ON)
    rows = {day: {model: rows_of(model.on(day, Knowledge(None))) for model in ROLL_UPS} for day in days}
    return {
        day: {model: found for model, found in of.items() if model not in (FundCash, ReceiptCapital)}
        for day, of in rows.items()
    }


def agreed(fund):
    assert violations() == []
    for one in fund.commitments.order_by("pk"):
        agrees_with_the_views(one, today=AGAIN_ON)


def returned(fund, partner, ctx):
    """What comes back is held for the partner, and sent again, on other days: nothing else changes of any day."""
    payout = Payout.objects.get(commitment=partner, reverses=None)
    cash, before = payout.amount - payout.set_off, roll_ups()
    receipt = receipts.record_receipt(
        fund_id=fund.pk, amount=cash, value_date=BACK_ON, payer="A", ctx=ctx(BACK_ON)
    )
    settling.name_holder(receipt_id=receipt.pk, commitment_id=partner.pk, ctx=ctx(BACK_ON))
    assert roll_ups() == before
    assert dict(unapplied_held_by([partner.pk], as_of=BACK_ON)) == {partner.pk: cash}
    agreed(fund)
    said = {"value_date": AGAIN_ON, "reason": "Sent again", "ctx": ctx(AGAIN_ON)}
    sent = returns.return_receipt(receipt_id=receipt.pk, amount=cash, **said)
    assert sent.commitment == partner
    assert roll_ups() == before
    agreed(fund)


@pytest.mark.parametrize("currency", ["USD", "JPY"])
def test_what_was_wired_beside_a_set_off(currency):
    story = SetoffStory(currency=currency, time_zone="Pacific/Auckland")
    made = story.set_off({story.a.pk: D("50000")})
    story.pay(story.asked, DAY)
    payouts.pay_out(distribution_id=story.given.pk, value_date=DAY, method="wire", ctx=story.ctx(DAY))
    taker = CommitmentFactory(fund=story.fund, amount=D(0), created_by=story.manager)
    transfers.request_transfer(
        fund_id=story.fund.pk,
        transferor_id=story.a.pk,
        transferee_id=taker.pk,
        numerator=1,
        denominator=3,
        effective_on=MOVED_ON,
        reason="Sale",
        ctx=story.ctx(MOVED_ON),
    )
    said = {"reason": "Returned", "ctx": story.ctx(BACK_ON)}
    payout, part = Payout.objects.get(commitment=story.a), story.part(made, story.a)
    with pytest.raises(Conflict, match="held for the partner"):
        payouts.request_payout_reversal(payout_id=payout.pk, **said)
    with pytest.raises(Conflict, match="held for the partner"):
        setoffs.request_setoff_reversal(part_id=part.pk, **said)
    returned(story.fund, story.a, story.ctx)


def test_what_was_called_again():
    """And by the bank's file, which is settled as any credit that pays nothing, and any debit that was recorded."""
    story = TransferStory(committed=("100000.00",))
    add_bank_account(fund_id=story.fund.pk, number=bank_files.NUMBER, ctx=story._ctx(DAY))
    story.paid_call(date(2026, 2, 16), ("investment", "90000.00", "D1"))
    story.paid_out(date(2026, 8, 31), "60000.00", "D1", recallable=True)
    story.paid_call(date(2026, 9, 1), ("investment", "50000.00", "D2"))
    story.transfer(1, 3, on=MOVED_ON)
    with pytest.raises(Conflict, match="that call stands") as refused:
        story.payout_returned(BACK_ON)
    assert refused.value.code == "payout.called_again"

    before, cash = roll_ups(), D("60000.00")
    read(story, "camt", BACK_ON, "0", Booking(BACK_ON, cash, "R1", "account closed"))
    credit = {"entry_id": entry("account closed").pk, "holder_id": story.first.pk}
    posted = settling.apply_entry(**credit, ctx=story._ctx(BACK_ON))
    assert dict(unapplied_held_by([story.first.pk], as_of=BACK_ON)) == {story.first.pk: cash}
    sent = returns.return_receipt(
        receipt_id=posted.receipt_id,
        amount=cash,
        value_date=AGAIN_ON,
        reason="Sent again",
        ctx=story._ctx(AGAIN_ON),
    )
    read(story, "camt", AGAIN_ON, "60000.00", Booking(AGAIN_ON, -cash, "P2", "sent again"))
    wires = [("receipt_return", sent.pk)]
    settling.link_entry(entry_id=entry("sent again").pk, wires=wires, ctx=story._ctx(AGAIN_ON))
    assert roll_ups() == before
    agreed(story.fund)
