"""What a short payment left is settled by a person: waived, the called amount falls, and nothing of it is paid in."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.money import MoneyError
from capital.models import (
    AllocationAmount,
    AllocationCapital,
    CallItemCapital,
    CapitalCall,
    CommitmentCapital,
    FundAllocation,
    FundCash,
    FundCommitmentCapital,
    ResidualSettlement,
)
from capital.services import calls, settlements
from capital.services.plans import LinePlan
from funds.models import CapitalTransaction, Notice
from funds.services.funds import change_fund
from tests.factories import set_by_two
from tests.integration.capital.story import NOW, TODAY, Story
from tests.support.invariants import violations
from tests.support.pages import text_of
from tests.support.statements import statement_of

pytestmark = pytest.mark.django_db

#: By currency: a call, what of it a bank kept, and the fund's limit.
CURRENCIES = {
    "USD": ("100000.00", "15.00", "25.00"),
    "JPY": ("100000", "15", "25"),
    "KWD": ("100000.000", "4.125", "5.000"),
}


def short_by(call_of, charge, limit, *, currency="USD", four_eyes=False, lines=(), committed=()):
    """A fund whose only call of a deal is paid in full but for one partner's wire."""
    story = Story(currency=currency, four_eyes=four_eyes, **({"committed": committed} if committed else {}))
    set_by_two(story.fund, residual_limit=Decimal(limit))
    story.fund.refresh_from_db()
    allocation = story.allocate(call_of)
    call = story.issued(call_of, lines=lines or [LinePlan("investment", Decimal(call_of), allocation.pk)])
    if four_eyes:
        call = story.approve(call)
    items = list(call.items.order_by("pk"))
    for item in items[1:]:
        story.pay_item(item, item.amount)
    story.pay_item(items[0], items[0].amount - Decimal(charge))
    return story, allocation, call, items[0]


def settle(story, item, kind="waived", *, on=TODAY, by=None, reason="Bank charges"):
    return settlements.settle_residual(
        item_id=item.pk,
        kind=kind,
        effective_on=on,
        reason=reason,
        ctx=WriteContext(by or story.manager, NOW),
    )


@pytest.mark.parametrize("currency", CURRENCIES)
def test_an_expensed_residual_counts_as_paid_and_is_no_cash(currency, client):
    called, charge, limit = CURRENCIES[currency]
    story, allocation, call, item = short_by(called, charge, limit, currency=currency)
    before = CommitmentCapital.objects.get(pk=item.commitment_id)
    cash = FundCash.objects.values().get(pk=story.fund.pk)
    settle(story, item, "expensed")
    charge = Decimal(charge)
    after = CommitmentCapital.objects.get(pk=item.commitment_id)
    assert (after.paid, after.paid_in) == (before.paid + charge, before.paid_in + charge)
    assert (after.called, after.unfunded, after.outstanding) == (before.called, before.unfunded, 0)
    assert FundCash.objects.values().get(pk=story.fund.pk) == cash
    assert CapitalCall.objects.get(pk=call.pk).status == "fully_funded"
    assert FundAllocation.objects.get(pk=allocation.pk).state == "funded"
    [borne] = item.payments.filter(receipt=None)
    row = CapitalTransaction.objects.get(payment_id=borne.pk)
    assert (row.amount, row.value_date, row.counts_as_paid_in) == (charge, TODAY, True)
    assert "borne by the fund" in row.description
    assert violations() == []

    story.reverse(item.payments.exclude(receipt=None).get())
    client.force_login(story.manager)
    page = reverse("capital:payment_reverse", args=[call.pk, item.pk, borne.pk])
    assert "Where is the money?" not in client.get(page).text
    assert client.post(page, {"reason": "Its wire bounced"}).status_code == 302
    taken_back = borne.reversal_requests.get()
    assert (taken_back.money_left, taken_back.cash_on, taken_back.compensation.receipt_id) == (
        False,
        None,
        None,
    )
    owed = CallItemCapital.objects.get(pk=item.pk)
    assert (owed.called, owed.paid, owed.outstanding) == (item.amount, 0, item.amount)
    assert CapitalCall.objects.get(pk=call.pk).status == "partially_funded"
    assert violations() == []
    story.pay_item(item, item.amount - charge)
    settle(story, item, "expensed")
    assert CapitalCall.objects.get(pk=call.pk).status == "fully_funded"
    assert violations() == []


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_waived_residual_completes_item_call_and_allocation(currency):
    called, charge, limit = CURRENCIES[currency]
    story, allocation, call, item = short_by(called, charge, limit, currency=currency)
    before = CommitmentCapital.objects.get(pk=item.commitment_id)
    settle(story, item)
    charge = Decimal(charge)
    row = CallItemCapital.objects.get(pk=item.pk)
    assert (row.called, row.waived, row.paid) == (item.amount - charge, charge, item.amount - charge)
    assert (row.outstanding, row.status) == (0, "paid")
    assert CapitalCall.objects.get(pk=call.pk).status == "fully_funded"
    capital = AllocationCapital.objects.get(pk=allocation.pk)
    assert capital.called == capital.funded == capital.committed == Decimal(called) - charge
    assert FundAllocation.objects.get(pk=allocation.pk).state == "funded"
    after = CommitmentCapital.objects.get(pk=item.commitment_id)
    assert (after.paid_in, after.paid) == (before.paid_in, before.paid)
    assert after.unfunded == before.unfunded + charge
    fund = FundCommitmentCapital.objects.get(pk=story.fund.pk)
    assert (fund.outstanding, fund.called) == (0, fund.paid)
    assert violations() == []


def test_an_allocation_of_which_more_is_called_keeps_its_amount():
    story, *_ = short_by("100000.00", "15.00", "25.00")
    other = story.allocate("300000.00")
    again = story.issued("100000.00", lines=[LinePlan("investment", Decimal("100000.00"), other.pk)])
    parts = list(again.items.order_by("pk"))
    story.pay_item(parts[0], parts[0].amount - 20)
    settle(story, parts[0])
    capital = AllocationCapital.objects.get(pk=other.pk)
    assert (capital.committed, capital.called, capital.uncalled) == (300000, 99980, 200020)
    assert FundAllocation.objects.get(pk=other.pk).state == "partially_funded"
    assert violations() == []


def test_each_line_falls_by_what_is_outstanding_of_it():
    """A fee outside the commitment was paid first and taken back: part of it and of the deal's line is waived."""
    story = Story(committed=("90000.00", "10000.00"))
    set_by_two(story.fund, residual_limit=Decimal(100))
    lines = [
        LinePlan("management_fee", Decimal("100.00"), None, False),
        LinePlan("investment", Decimal("1000.00"), story.allocate("1000.00").pk),
    ]
    call = story.issued("1100.00", lines=lines)
    one, other = call.items.order_by("-amount")
    story.pay_item(other, other.amount)
    fee, rest = story.pay_item(one, "90.00"), story.pay_item(one, "890.00")
    assert fee.pk < rest.pk
    story.reverse(fee)
    story.pay_item(one, "40.00")
    settle(story, one)
    waived = dict(one.line_changes.values_list("reduces_unfunded", "amount"))
    assert waived == {False: Decimal("-50.00"), True: Decimal("-10.00")}
    capital = CommitmentCapital.objects.get(pk=one.commitment_id)
    assert (capital.called, capital.called_within, capital.paid) == (930, 890, 930)
    assert capital.unfunded == Decimal(90000) - 890
    with pytest.raises(Conflict):
        story.pay_item(one, "0.01")
    assert violations() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"on": date(2026, 3, 2)}, "effective_on.future"),
        ({"on": date(2026, 2, 28)}, "effective_on.before_payment"),
        ({"reason": " "}, "reason.required"),
        ({"kind": "forgotten"}, "choice.invalid"),
    ],
)
def test_a_settlement_has_a_kind_a_day_and_a_reason(changes, code):
    story, _, _, item = short_by("100000.00", "15.00", "25.00")
    with pytest.raises(InvalidInput) as refused:
        settle(story, item, **changes)
    assert refused.value.code == code


def test_only_what_a_payment_left_within_the_limit_is_settled_and_once():
    story, _, call, item = short_by("100000.00", "25.01", "25.00")
    with pytest.raises(Conflict, match=r"25\.01 is more than this fund settles: .25\.00"):
        settle(story, item)
    story.pay_item(item, "0.01")
    settle(story, item)
    for settled in (item, call.items.exclude(pk=item.pk).first()):
        with pytest.raises(Conflict):
            settle(story, settled)
    unpaid = (
        story.issued("60.00", lines=[LinePlan("other", Decimal("60.00"))]).items.order_by("amount").first()
    )
    with pytest.raises(Conflict) as refused:
        settle(story, unpaid)
    assert refused.value.code == "residual.none"


def test_under_four_eyes_a_second_person_settles_what_is_still_outstanding():
    story, _, call, item = short_by("100000.00", "15.00", "25.00", four_eyes=True)
    asked = settle(story, item)
    assert CallItemCapital.objects.get(pk=item.pk).outstanding == 15
    with pytest.raises(Forbidden):
        settlements.approve_settlement(settlement_id=asked.pk, ctx=WriteContext(story.manager, NOW))
    settlements.reject_settlement(settlement_id=asked.pk, ctx=WriteContext(story.second, NOW))
    again = settle(story, item)
    story.pay_item(item, "5.00")
    with pytest.raises(Conflict) as refused:
        settlements.approve_settlement(settlement_id=again.pk, ctx=WriteContext(story.second, NOW))
    assert refused.value.code == "residual.changed"
    settlements.reject_settlement(settlement_id=again.pk, ctx=WriteContext(story.second, NOW))
    last = settle(story, item)
    settlements.approve_settlement(settlement_id=last.pk, ctx=WriteContext(story.second, NOW))
    assert ResidualSettlement.objects.approved().get() == last
    assert CallItemCapital.objects.get(pk=item.pk).waived == 10
    lowered = AllocationAmount.objects.get(kind="amendment")
    assert (lowered.amount, lowered.recorded_by, lowered.approved_by) == (-10, story.manager, story.second)
    assert CapitalCall.objects.get(pk=call.pk).status == "fully_funded"
    assert violations() == []


def test_a_wire_that_bounces_after_a_waiver_is_owed_without_what_was_waived():
    story, _, call, item = short_by("100000.00", "15.00", "25.00")
    settle(story, item)
    paid = item.payments.get()
    story.reverse(paid)
    row = CallItemCapital.objects.get(pk=item.pk)
    assert (row.called, row.paid, row.outstanding) == (paid.amount, 0, paid.amount)
    assert violations() == []
    story.pay_item(item, paid.amount)
    assert CapitalCall.objects.get(pk=call.pk).status == "fully_funded"


def test_the_days_before_a_waiver_keep_their_figures():
    story, _, _, item = short_by("100000.00", "15.00", "25.00")
    paid = item.amount - 15
    settlements.settle_residual(
        item_id=item.pk,
        kind="waived",
        effective_on=date(2026, 4, 1),
        reason="Bank charges",
        ctx=WriteContext(story.manager, datetime(2026, 4, 2, 9, tzinfo=UTC)),
    )
    investor, figures = item.commitment.investor, {}
    for day in (date(2026, 3, 31), date(2026, 4, 1)):
        stated = statement_of(
            investor, story.fund.pk, as_of=day, at=datetime(2026, 4, 2, 9, tzinfo=UTC)
        ).statement
        steps = {step.label: step.amounts[-1] for step in stated.commitment}
        figures[day.month] = (stated.called, stated.paid, stated.outstanding, stated.unfunded)
        assert stated.multiples.pic == paid / item.commitment.amount
        assert steps.get("Residuals waived") == (15 if day.month == 4 else None)
    committed = item.commitment.amount
    assert figures[3] == (item.amount, paid, 15, committed - item.amount)
    assert figures[4] == (paid, paid, 0, committed - paid)


def test_a_manager_settles_on_the_page_and_a_second_approves(client):
    story, _, call, item = short_by("100000.00", "15.00", "25.00", four_eyes=True)
    address = reverse("capital:residual_settle", args=[call.pk, item.pk])
    page = reverse("capital:item", args=[call.pk, item.pk])
    client.force_login(story.manager)
    assert address in client.get(page).text
    day = timezone.localdate()
    cleaned = {"kind": "waived", "effective_on": day, "reason": "Kept by a bank"}
    assert client.post(address, {**cleaned, "effective_on": day + timedelta(2)}).status_code == 422
    assert 'name="amount" value="15.00"' in client.get(address).text
    changed = client.post(address, {**cleaned, "amount": "20.00"})
    assert (changed.status_code, ResidualSettlement.objects.count()) == (409, 0)
    assert "it is $15.00 now" in changed.text
    assert client.post(address, {**cleaned, "amount": "15.00"}).status_code == 302
    shown = client.get(page).text
    assert "Awaiting approval" in shown
    assert address not in shown
    client.force_login(story.second)
    assert "Kept by a bank" in client.get(reverse("dashboard:approvals")).text
    asked = ResidualSettlement.objects.get()
    client.post(reverse("capital:settlement_approve", args=[asked.pk]))
    assert "$15.00 of $60,000.00 waived" in text_of(client.get(page))
    assert "Funded" in client.get(reverse("capital:call", args=[call.pk])).text


def test_a_later_version_of_the_letter_says_what_was_waived():
    story, _, call, item = short_by("100000.00", "15.00", "25.00")
    settle(story, item)
    calls.reword_call(
        call_id=call.pk,
        purpose="Another",
        purpose_detail="",
        due_date=call.due_date,
        ctx=WriteContext(story.manager, NOW),
    )
    letter = Notice.objects.get(item_id=item.pk, version=2)
    assert (letter.facts["amount"], letter.facts["waived"], letter.facts["due"]) == (
        "60000.00",
        "15.00",
        "59985.00",
    )
    others = Notice.objects.filter(version=2).exclude(pk=letter.pk)
    assert ["waived" in one.facts for one in others] == [False, False]


def test_a_fund_sets_its_limit_in_its_currency(client):
    story = Story(currency="KWD")
    client.force_login(story.manager)
    address = reverse("funds:fund_edit", args=[story.fund.pk])
    form = client.get(address).context["form"]
    cleaned = {form[name].html_name: form[name].value() or "" for name in form.fields}
    assert cleaned["residual_limit"] == "0.000"
    assert client.post(address, {**cleaned, "residual_limit": "0.0001"}).status_code == 422
    assert client.post(address, {**cleaned, "residual_limit": "4.125"}).status_code == 422, "4,125 or 4.125?"
    answer = client.post(address, {**cleaned, "residual_limit": "KWD 4.125"})
    assert answer.status_code == 302, answer.context["form"].errors
    story.fund.refresh_from_db()
    assert story.fund.residual_limit == Decimal("4.125")
    assert client.get(address).context["form"]["residual_limit"].value() == "KWD\N{NO-BREAK SPACE}4.125"
    assert client.post(address, {**cleaned, "residual_limit": ""}).status_code == 302
    yen = Story(currency="JPY")
    with pytest.raises(MoneyError):
        change_fund(fund_id=yen.fund.pk, fields={"residual_limit": "0.5"}, ctx=WriteContext(yen.manager, NOW))
