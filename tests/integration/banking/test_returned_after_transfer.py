"""A bank's file brings back a wire and a payout of which a transfer moved parts: a person books them as when typed."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.urls import reverse

from banking.services import settling
from banking.services.accounts import add_bank_account
from banking.services.files import upload_statement
from banking.services.reading import read_next
from capital.models import Payment, ReceiptReturn
from distributions.models import Payout
from tests.integration.banking.test_settling import entry
from tests.integration.closings.test_bounced_after_transfer import BOUNCED_ON, agree, bounce, pay
from tests.integration.closings.test_returned_after_transfer import PAID_ON, figures, paid_again
from tests.integration.closings.transfer_story import TransferStory, at
from tests.support import bank_files
from tests.support.bank_files import Booking
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
CALLED_ON, GIVEN_ON = date(2026, 2, 16), date(2026, 8, 31)


@staged
def story():
    """100,000.01 called and 60,000.01 distributed, neither of them paid yet, with an account of the fund."""
    made = TransferStory()
    made.account = add_bank_account(fund_id=made.fund.pk, number=bank_files.NUMBER, ctx=made._ctx(CALLED_ON))
    made.call = made.paid_call(CALLED_ON, ("investment", "100000.01", "D1"), paid=False)
    return made


def read(story, form, day, opening, *bookings):
    content = getattr(bank_files, form)(list(bookings), D(opening))
    upload_statement(fund_id=story.fund.pk, name=f"{form}-{day}", content=content, ctx=story._ctx(day))
    assert read_next(at=at(day))


def given(story, *, paid):
    story.out = story.paid_out(GIVEN_ON, "60000.01", "D1", recallable=True, paid=paid)


def held(story):
    return [figures(one) for one in (story.first, story.newcomer)]


@pytest.mark.parametrize("form", ["camt", "mt940"])
def test_what_a_file_brings_back_is_booked_as_when_typed(story, form, client):
    ctx = story._ctx
    came = Booking(CALLED_ON, D("100000.01"), "A1", f"CC{story.call.number}-{story.first.reference}")
    read(story, form, CALLED_ON, "0", came)
    item = story.call.items.get(commitment=story.first)
    settling.apply_entry(entry_id=entry(came.text).pk, splits=[(item.pk, "100000.01")], ctx=ctx(CALLED_ON))
    given(story, paid=False)
    read(story, form, GIVEN_ON, "100000.01", Booking(GIVEN_ON, D("-60000.01"), "P1", "exit"))
    out = story.out.items.get(commitment=story.first)
    settling.pay_out_entry(entry_id=entry("exit").pk, kind="payout", row_ids=[out.pk], ctx=ctx(GIVEN_ON))
    story.transfer()

    back = Booking(BOUNCED_ON, D("60000.01"), "R1", "account closed")
    read(story, form, BOUNCED_ON, "40000.00", back, Booking(BOUNCED_ON, D("-100000.01"), "A1", "no funds"))
    client.force_login(story.manager)
    payment, payout = Payment.objects.get(), Payout.objects.get()
    for text, address in (
        ("account closed", reverse("distributions:payout_reverse", args=[story.out.pk, payout.pk])),
        ("no funds", reverse("capital:payment_reverse", args=[story.call.pk, item.pk, payment.pk])),
    ):
        assert address in client.get(reverse("banking:entry", args=[entry(text).pk])).content.decode()
    story.payout_returned(BOUNCED_ON)
    bounce(story)
    for text, wire in (
        ("account closed", ("payout", Payout.objects.get(reverses=payout).pk)),
        ("no funds", ("receipt_return", ReceiptReturn.objects.get().pk)),
    ):
        settling.link_entry(entry_id=entry(text).pk, wires=[wire], ctx=ctx(BOUNCED_ON))
    by_file = held(story)
    agree(story, today=PAID_ON)

    other = TransferStory()
    other.call = other.paid_call(CALLED_ON, ("investment", "100000.01", "D1"))
    given(other, paid=True)
    other.transfer()
    other.payout_returned(BOUNCED_ON)
    bounce(other)
    assert held(other) == by_file
    for one in (story, other):
        paid_again(one)
        for partner, part in ((one.first, "66666.67"), (one.newcomer, "33333.34")):
            pay(one, partner, one.call, part, PAID_ON)
    assert held(story) == held(other)
    agree(story, today=PAID_ON)
