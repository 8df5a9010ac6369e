"""Stories of money coming in, being credited, and going back."""

from datetime import date
from decimal import Decimal

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput, NotFound
from capital.models import Payment, Receipt
from capital.services import returns, reversals
from capital.services.plans import LinePlan
from funds.models import CapitalTransaction

from .story import NOW, TODAY, Story, fresh, state, status

pytestmark = pytest.mark.django_db


def items(call):
    return list(call.items.order_by("commitment__reference"))


def test_a_payment_moves_the_call_and_the_allocation(story):
    allocation = story.allocate("400000.00")
    call = story.call(allocation, "100000.00")
    story.pay_item(items(call)[0], "60000.00")
    assert (status(call), state(allocation)) == ("partially_funded", "partially_funded")
    story.pay(call, "40000.00")
    assert (status(call), state(allocation)) == ("fully_funded", "partially_funded")
    story.pay(story.call(allocation, "300000.00"), "300000.00")
    assert state(allocation) == "funded"
    assert fresh(story.fund).capital.outstanding_calls == 0


def test_a_payment_fills_the_fees_before_the_investment(story):
    lines = [LinePlan("investment", Decimal("90000.00")), LinePlan("management_fee", Decimal("10000.00"))]
    call = story.issued("100000.00", lines=lines)
    story.pay_item(items(call)[0], "10000.00")
    posted = (
        CapitalTransaction.objects.filter(call_id=call.pk)
        .order_by("pk")
        .values_list("amount", "call_line_id")
    )
    fee, investment = call.lines.get(kind="management_fee"), call.lines.get(kind="investment")
    assert list(posted) == [(Decimal("6000.00"), fee.pk), (Decimal("4000.00"), investment.pk)]


def test_a_payment_of_fees_alone_reaches_no_deal(story):
    allocation = story.allocate("400000.00")
    lines = [
        LinePlan("management_fee", Decimal("10000.00")),
        LinePlan("investment", Decimal("90000.00"), allocation.pk),
    ]
    call = story.issued("100000.00", lines=lines)
    fees = story.pay_item(items(call)[0], "1.00")
    assert (status(call), state(allocation)) == ("partially_funded", "partially_called")
    story.reverse(fees)
    assert (status(call), state(allocation)) == ("sent", "partially_called")
    story.pay(call, "100000.00")
    assert state(allocation) == "partially_funded"


def test_more_than_is_owed_is_refused(story):
    call = story.issued("1000.00")
    with pytest.raises(Conflict) as refused:
        story.pay_item(items(call)[0], "600.01")
    assert refused.value.code == "payment.over_item"
    with pytest.raises(Conflict, match="Record it as a receipt"):
        story.pay(call, "1000.01")
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("amount", ["0", "-5.00", "10.005", "NaN", "1e3", "1,000.00", True, None, 1.5])
def test_what_is_no_positive_money_is_refused(story, amount):
    call = story.issued("1000.00")
    with pytest.raises(InvalidInput):
        story.pay_item(items(call)[0], amount)


def test_a_receipt_that_does_not_say_whom_to_credit_credits_nobody(story):
    call = story.issued("1000.00")
    with pytest.raises(Conflict) as refused:
        story.pay(call, "500.00")
    assert refused.value.code == "payment.whom_to_credit"
    assert not Payment.objects.exists()


def test_an_omnibus_receipt_is_spread_by_what_each_owes(story):
    call = story.issued("1000.00")
    story.pay_item(items(call)[0], "300.00")
    paid = story.pay(call, "350.01", spread="pro_rata")
    assert sum(payment.amount for payment in paid) == Decimal("350.01")
    assert len({payment.receipt_id for payment in paid}) == 1


def test_the_only_open_item_is_paid_without_being_named(story):
    call = story.issued("1000.00")
    story.pay(call, "900.00", splits=[(items(call)[0].pk, "600.00"), (items(call)[1].pk, "300.00")])
    assert [payment.item for payment in story.pay(call, "40.00")] == [items(call)[2]]


def test_splits_must_add_up_and_belong_to_the_call(story):
    call, other = story.issued("1000.00"), story.issued("1000.00")
    with pytest.raises(InvalidInput, match="add up"):
        story.pay(call, "500.00", splits=[(items(call)[0].pk, "499.00")])
    with pytest.raises(NotFound):
        story.pay(call, "500.00", splits=[(items(other)[0].pk, "500.00")])


def test_the_same_bank_transaction_is_one_payment(story):
    call = story.issued("1000.00")
    first = story.pay_item(items(call)[0], "100.00", tx_ref="BANK-1")
    assert story.pay_item(items(call)[0], "100.00", tx_ref="BANK-1") == first
    with pytest.raises(Conflict) as refused:
        story.pay_item(items(call)[0], "100.01", tx_ref="BANK-1")
    assert refused.value.code == "payment.tx_ref_used"
    whole = story.pay(call, "900.00", tx_ref="BANK-2")
    assert story.pay(call, "900.00", tx_ref="BANK-2") == whole
    assert Payment.objects.count() == 1 + len(whole)


def test_money_does_not_count_before_its_day(story):
    call = story.issued("1000.00")
    with pytest.raises(InvalidInput, match="future"):
        story.pay_item(items(call)[0], "1.00", value_date=date(2026, 3, 2))


def test_only_an_issued_call_is_paid(story):
    draft = story.draft("1000.00")
    with pytest.raises(Conflict) as refused:
        story.pay(draft, "1000.00")
    assert refused.value.code == "call.not_payable"
    cancelled = story.cancel(story.issued("1000.00"))
    with pytest.raises(Conflict):
        story.pay(cancelled, "1000.00")


def test_cash_waits_until_it_is_applied_or_returned(story):
    call = story.issued("1000.00")
    receipt = story.receive("700.00", payer="Acme", tx_ref="BANK-9")
    assert fresh(story.fund).cash.unapplied == Decimal("700.00")
    story.apply(receipt, (items(call)[0].pk, "600.00"))
    with pytest.raises(Conflict) as refused:
        story.apply(receipt, (items(call)[1].pk, "100.01"))
    assert refused.value.code == "receipt.exceeded"
    returns.return_receipt(
        receipt_id=receipt.pk,
        amount="100.00",
        value_date=TODAY,
        reason="Overpaid",
        ctx=WriteContext(story.manager, NOW),
    )
    cash = fresh(story.fund).cash
    assert (cash.received, cash.applied, cash.returned, cash.unapplied) == (700, 600, 100, 0)


def test_a_bounced_wire_takes_the_payment_and_the_cash_back(story):
    allocation = story.allocate("400000.00")
    call = story.call(allocation, "400000.00")
    paid = story.pay(call, "400000.00")
    story.reverse(paid[0])
    assert (status(call), state(allocation)) == ("partially_funded", "called")
    account = fresh(story.partners[0]).capital
    assert (account.paid, account.outstanding) == (Decimal("0.00"), Decimal("240000.00"))
    assert fresh(story.fund).cash.unapplied == 0
    assert list(
        CapitalTransaction.objects.filter(payment_id=paid[0].reversed_by_payment.pk).values_list(
            "amount", flat=True
        )
    ) == [Decimal("-240000.00")]


def test_a_misposting_leaves_the_cash_to_be_applied_rightly(story):
    call = story.issued("1000.00")
    payment = story.pay_item(items(call)[0], "300.00", tx_ref="BANK-1")
    story.reverse(payment, "Credited to the wrong partner", money_left=False)
    story.apply(payment.receipt, (items(call)[1].pk, "300.00"))
    assert [item.capital.paid for item in items(call)] == [0, 300, 0]


def test_a_payment_is_reversed_whole_and_once(story):
    call = story.issued("1000.00")
    payment = story.pay_item(items(call)[0], "300.00")
    story.reverse(payment)
    with pytest.raises(Conflict) as refused:
        story.reverse(payment)
    assert refused.value.code == "reversal.exists"
    with pytest.raises(InvalidInput) as refused:
        story.reverse(payment.reversed_by_payment)
    assert refused.value.code == "reversal.of_reversal"
    with pytest.raises(InvalidInput):
        story.reverse(story.pay_item(items(call)[0], "1.00"), reason=" ")


def test_a_reversal_waits_for_the_second_person():
    story = Story(four_eyes=True)
    from capital.services import calls

    call = story.issued("1000.00")
    calls.approve_call(call_id=call.pk, ctx=WriteContext(story.second, NOW))
    payment = story.pay_item(items(call)[0], "300.00")
    reversal = story.reverse(payment)
    assert items(call)[0].capital.paid == Decimal("300.00")
    with pytest.raises(Forbidden):
        reversals.approve_reversal(reversal_id=reversal.pk, ctx=WriteContext(story.manager, NOW))
    reversals.reject_reversal(reversal_id=reversal.pk, ctx=WriteContext(story.second, NOW))
    again = story.reverse(payment)
    reversals.approve_reversal(reversal_id=again.pk, ctx=WriteContext(story.second, NOW))
    assert items(call)[0].capital.paid == 0
    with pytest.raises(Conflict):
        reversals.approve_reversal(reversal_id=again.pk, ctx=WriteContext(story.second, NOW))


def test_a_line_outside_the_commitment_leaves_the_unfunded_alone(story):
    lines = [LinePlan("subsequent_close_interest", Decimal("1000.00"), None, False)]
    call = story.issued("1000.00", lines=lines)
    story.pay(call, "1000.00")
    totals = fresh(story.fund).partners
    assert (totals.called, totals.paid, totals.unfunded) == (1000, 1000, Decimal("1000000.00"))
