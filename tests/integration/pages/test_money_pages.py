"""Recording money on pages: payments, reversals, unapplied cash, allocations."""

from decimal import Decimal

import pytest
from django.urls import reverse

from blackgem.models import AuditEvent
from capital.models import FundAllocation, Payment, PaymentReversal, Receipt
from tests.factories import DealFactory
from tests.support.pages import text_of

from ..capital.story import Story, fresh, status

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return client


def payment(**changes):
    return {
        "amount": "1000.00",
        "value_date": "2026-03-02",
        "method_field": "wire",
        "reference": "CC1-0001",
        "tx_ref": "",
    } | changes


def payments_of(call, item):
    return reverse("capital:payment_new", args=[call.pk, item.pk])


# ---------------------------------------------------------------- payments


def test_the_form_opens_with_what_is_outstanding(manager, story):
    call = story.issued()
    item = call.items.order_by("pk")[0]
    story.pay_item(item, "100.00")
    page = manager.get(payments_of(call, item)).content.decode()
    assert 'value="59900.00"' in page


def test_a_payment_is_recorded_and_the_call_moves_on(manager, story):
    call = story.issued()
    item = call.items.first()
    answer = manager.post(payments_of(call, item), payment(), follow=True)
    assert "Payment of $1,000.00" in text_of(answer)
    assert status(call) == "partially_funded"


def test_in_place_the_answer_is_what_changed_and_the_dialog_closes(manager, story):
    call = story.issued()
    item = call.items.first()
    answer = manager.post(payments_of(call, item), payment(), headers={"HX-Request": "true"}, follow=True)
    assert answer.status_code == 200
    assert "dialogClose" in answer["HX-Trigger"]
    html = answer.content.decode()
    assert 'id="call_live"' in html
    assert "<html" not in html
    assert 'hx-swap-oob="true"' in html
    from_item = manager.post(
        payments_of(call, item),
        payment(back="item", amount="2000.00"),
        headers={"HX-Request": "true"},
        follow=True,
    )
    assert 'id="item_live"' in from_item.content.decode()


@pytest.mark.parametrize(
    "amount",
    [
        "",
        "NaN",
        "-1.00",
        "0",
        "0.00",
        "10.005",
        "1e3",
        "1.000",
        "1_000",
        "9999999999999999.99",
        "0x1",
        "true",
    ],
)
def test_an_amount_that_is_none_is_refused_beside_its_field(manager, story, amount):
    call = story.issued()
    item = call.items.first()
    answer = manager.post(payments_of(call, item), payment(amount=amount))
    assert answer.status_code == 422
    assert b"id_amount_error" in answer.content
    if amount:
        assert f'value="{amount}"' in answer.content.decode()
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"value_date": "2026-02-30"},
        {"value_date": "2999-01-01"},
        {"method_field": "gold"},
        {"reference": "x" * 101},
        {"reference": "a\x00b"},
        {"tx_ref": "x" * 101},
    ],
)
def test_other_bad_fields_are_refused_too(manager, story, wrong):
    call = story.issued()
    answer = manager.post(payments_of(call, call.items.first()), payment(**wrong))
    assert answer.status_code == 422
    assert not Payment.objects.exists()


def test_more_than_is_owed_is_a_conflict_and_what_was_typed_stays(manager, story):
    call = story.issued()
    answer = manager.post(payments_of(call, call.items.order_by("pk")[0]), payment(amount="60000.01"))
    assert answer.status_code == 409
    assert b'value="60000.01"' in answer.content
    assert "more than is still owed" in text_of(answer)


def test_a_draft_takes_no_payment(manager, story):
    call = story.draft()
    assert manager.post(payments_of(call, call.items.first()), payment()).status_code == 409


def test_the_same_bank_transaction_is_recorded_once(manager, story):
    call = story.issued()
    item = call.items.first()
    for _ in range(2):
        assert manager.post(payments_of(call, item), payment(tx_ref="FT1")).status_code == 302
    assert Payment.objects.count() == 1
    other = manager.post(payments_of(call, item), payment(tx_ref="FT1", amount="2.00"))
    assert other.status_code == 409


def test_an_item_is_only_found_on_its_own_call(manager, story):
    first, second = story.issued("10.00"), story.issued("10.00")
    item = first.items.first()
    assert manager.get(reverse("capital:item", args=[second.pk, item.pk])).status_code == 404
    assert manager.post(payments_of(second, item), payment()).status_code == 404
    assert manager.get(f"/calls/{first.pk}/items/9223372036854775808/").status_code == 404


# ---------------------------------------------------------------- reversals


def reversal_of(call, paid):
    return reverse("capital:payment_reverse", args=[call.pk, paid.item_id, paid.pk])


def test_a_payment_is_reversed_with_its_reason(manager, story):
    call = story.issued()
    paid = story.pay_item(call.items.first(), "1000.00")
    address = reversal_of(call, paid)
    assert manager.post(address, {"reason": "", "money_left": "yes"}).status_code == 422
    assert manager.post(address, {"reason": "The wire bounced", "money_left": "yes"}).status_code == 302
    assert status(call) == "sent"
    again = manager.post(address, {"reason": "Once more", "money_left": "yes"})
    assert again.status_code == 409
    assert fresh(story.fund).cash.unapplied == 0


def test_money_that_stayed_becomes_unapplied_cash(manager, story):
    call = story.issued()
    paid = story.pay_item(call.items.first(), "1000.00")
    manager.post(reversal_of(call, paid), {"reason": "Wrong investor", "money_left": "no"})
    assert fresh(story.fund).cash.unapplied == Decimal("1000.00")


def test_with_four_eyes_a_reversal_waits_for_somebody_else(client):
    story = Story(four_eyes=True)
    draft = story.draft()
    client.force_login(story.manager)
    client.post(reverse("capital:call_submit", args=[draft.pk]))
    client.force_login(story.second)
    client.post(reverse("capital:call_approve", args=[draft.pk]))
    item = draft.items.first()
    client.post(payments_of(draft, item), payment())
    paid = Payment.objects.get()
    client.post(reversal_of(draft, paid), {"reason": "Bounced", "money_left": "yes"})
    asked = PaymentReversal.objects.get()
    assert client.post(reverse("capital:reversal_approve", args=[asked.pk])).status_code == 403
    client.force_login(story.manager)
    assert "Bounced" in text_of(client.get(reverse("dashboard:approvals")))
    client.post(reverse("capital:reversal_approve", args=[asked.pk]))
    assert status(draft) == "sent"


def test_a_turned_down_reversal_leaves_the_payment(client):
    story = Story(four_eyes=True)
    draft = story.draft()
    client.force_login(story.manager)
    client.post(reverse("capital:call_submit", args=[draft.pk]))
    client.force_login(story.second)
    client.post(reverse("capital:call_approve", args=[draft.pk]))
    client.post(payments_of(draft, draft.items.first()), payment())
    client.post(reversal_of(draft, Payment.objects.get()), {"reason": "Bounced", "money_left": "yes"})
    client.force_login(story.manager)
    page = reverse("capital:reversal_reject", args=[PaymentReversal.objects.get().pk])
    for said in ({}, {"reason": " "}):
        asked = client.post(page, said)
        assert asked.status_code == 422
        assert "Turn this down?" in text_of(asked)
    assert PaymentReversal.objects.pending().exists(), "whoever turns down what another asked for says why"
    client.post(page, {"reason": "It came after all"})
    assert AuditEvent.objects.get(verb="reject_reversal").reason == "It came after all"
    assert Payment.objects.count() == 1


# ---------------------------------------------------------------- unapplied cash


def test_cash_is_recorded_applied_to_two_investors_and_the_rest_returned(manager, story):
    call = story.issued()
    arrived = {
        "fund": story.fund.pk,
        "amount": "500.00",
        "value_date": "2026-03-02",
        "method_field": "wire",
        "payer": "J Ltd",
    }
    manager.post(reverse("capital:receipt_new"), arrived)
    receipt = Receipt.objects.get()
    first, second, _ = call.items.order_by("pk")
    parts = {f"item-{first.pk}": "100.00", f"item-{second.pk}": "200.00"}
    assert manager.post(reverse("capital:receipt_apply", args=[receipt.pk]), parts).status_code == 302
    page = text_of(manager.get(reverse("capital:receipt_list")))
    assert "$200.00" in page
    back = {"amount": "200.00", "value_date": "2026-03-03", "reason": "Paid twice"}
    manager.post(reverse("capital:receipt_return", args=[receipt.pk]), back)
    assert fresh(story.fund).cash.unapplied == 0


@pytest.mark.parametrize(("amount", "expected"), [("", 422), ("0", 422), ("1.005", 422), ("600.00", 409)])
def test_what_cannot_be_applied_is_refused_and_kept(manager, story, amount, expected):
    call = story.issued()
    receipt = story.receive("500.00")
    item = call.items.first()
    answer = manager.post(reverse("capital:receipt_apply", args=[receipt.pk]), {f"item-{item.pk}": amount})
    assert answer.status_code == expected
    assert not Payment.objects.exists()


def test_more_cannot_be_returned_than_is_left(manager, story):
    receipt = story.receive("500.00")
    back = {"amount": "500.01", "value_date": "2026-03-03", "reason": "Paid twice"}
    assert manager.post(reverse("capital:receipt_return", args=[receipt.pk]), back).status_code == 409


# ---------------------------------------------------------------- allocations


def test_an_allocation_is_made_once_per_deal(manager, story):
    deal = DealFactory(created_by=story.manager)
    address = reverse("capital:allocation_new", args=[story.fund.pk])
    assert manager.post(address, {"deal": deal.pk, "committed": "400000.00"}).status_code == 302
    assert manager.post(address, {"deal": deal.pk, "committed": "1.00"}).status_code == 422
    assert manager.post(address, {"deal": "", "committed": "-1"}).status_code == 422
    assert manager.post(address, {"deal": deal.pk, "new_deal": "X", "committed": "1"}).status_code == 422
    allocation = FundAllocation.objects.get()
    page = text_of(manager.get(reverse("capital:allocation", args=[allocation.pk])))
    assert "$400,000.00" in page
    assert "Committed" in page


def test_a_new_deal_is_entered_with_its_allocation_or_not_at_all(manager, story):
    address = reverse("capital:allocation_new", args=[story.fund.pk])
    assert manager.post(address, {"new_deal": "Ore Works", "committed": "1.234"}).status_code == 422
    assert not FundAllocation.objects.exists()
    assert manager.post(address, {"new_deal": "Ore Works", "committed": "$400,000"}).status_code == 302
    assert FundAllocation.objects.get().deal.name == "Ore Works"
