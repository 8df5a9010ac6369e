"""Allocations amended by dated rows: up and down, with a reason, never below what is called."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from capital.models import AllocationAmount, AllocationCapital, FundAllocation
from capital.services import allocations
from capital.services.plans import LinePlan
from tests.factories import DealFactory
from tests.integration.capital.story import NOW, TODAY, Story

pytestmark = pytest.mark.django_db


def amend(story, allocation, change, *, on=TODAY, by=None, reason="The price moved"):
    return allocations.amend_allocation(
        allocation_id=allocation.pk,
        change=change,
        effective_on=on,
        reason=reason,
        ctx=WriteContext(by or story.manager, NOW),
    )


def state_of(allocation):
    capital = AllocationCapital.objects.get(pk=allocation.pk)
    return FundAllocation.objects.get(pk=allocation.pk).state, capital.committed, capital.uncalled


@pytest.fixture
def funded():
    """An allocation of 100,000.00 that is called and paid in full."""
    story = Story()
    allocation = story.allocate("100000.00")
    call = story.issued(lines=[LinePlan("investment", Decimal("100000.00"), allocation.pk)])
    story.pay(call, "100000.00")
    return story, allocation


def test_only_a_persons_dated_increase_opens_a_funded_allocation_again(funded):
    story, allocation = funded
    assert state_of(allocation) == ("funded", Decimal(100000), 0)
    with pytest.raises(Conflict):
        story.draft("1.00", lines=[LinePlan("investment", Decimal("1.00"), allocation.pk)])
    amend(story, allocation, "20000.00")
    assert state_of(allocation) == ("partially_funded", Decimal(120000), Decimal(20000))
    amend(story, allocation, "-20000.00")
    assert state_of(allocation) == ("funded", Decimal(100000), 0)
    with pytest.raises(Conflict, match=r"100,000\.00 is called"):
        amend(story, allocation, "-0.01")


def test_a_past_day_keeps_what_was_committed_then():
    story = Story()
    allocation = allocations.allocate(
        fund_id=story.fund.pk,
        deal_id=DealFactory(created_by=story.manager).pk,
        committed="400000.00",
        effective_on=date(2026, 1, 1),
        ctx=WriteContext(story.manager, NOW),
    )
    amend(story, allocation, "-100000.00", on=date(2026, 2, 1))
    amend(story, allocation, "50000.00")
    rows = AllocationAmount.objects.filter(allocation=allocation)
    by_day = [rows.in_force(on=day).total() for day in (date(2026, 1, 31), date(2026, 2, 1), TODAY)]
    assert by_day == [Decimal(400000), Decimal(300000), Decimal(350000)]
    assert state_of(allocation)[1] == Decimal(350000)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"on": date(2026, 3, 2)}, "effective_on.future"),
        ({"on": date(2026, 2, 28)}, "effective_on.before_allotment"),
        ({"reason": "  "}, "reason.required"),
        ({"change": "0.00"}, "amount.min_value"),
        ({"change": "0.001"}, "amount.max_decimal_places"),
    ],
)
def test_an_amendment_has_a_day_a_reason_and_an_amount(changes, code):
    story = Story()
    allocation = story.allocate()
    with pytest.raises(InvalidInput) as refused:
        amend(story, allocation, **{"change": "1.00", **changes})
    assert refused.value.code == code


def test_under_four_eyes_it_counts_once_a_second_person_approved_it():
    story = Story(four_eyes=True)
    allocation = story.allocate("100000.00")
    asked = amend(story, allocation, "50000.00")
    assert state_of(allocation)[1] == Decimal(100000)
    with pytest.raises(Forbidden):
        allocations.approve_amendment(amendment_id=asked.pk, ctx=WriteContext(story.manager, NOW))
    allocations.approve_amendment(amendment_id=asked.pk, ctx=WriteContext(story.second, NOW))
    assert state_of(allocation)[1] == Decimal(150000)
    turned_down = amend(story, allocation, "1.00")
    allocations.reject_amendment(amendment_id=turned_down.pk, ctx=WriteContext(story.second, NOW))
    with pytest.raises(Conflict):
        allocations.approve_amendment(amendment_id=turned_down.pk, ctx=WriteContext(story.second, NOW))
    assert state_of(allocation)[1] == Decimal(150000)


def test_the_page_amends_and_shows_each_dated_row(client):
    story = Story(four_eyes=True)
    allocation = story.allocate("100000.00")
    address = reverse("capital:allocation_amend", args=[allocation.pk])
    client.force_login(story.manager)
    cleaned = {"direction": "lower", "amount": "40000.00", "effective_on": "2020-01-01", "reason": "Smaller"}
    assert client.post(address, cleaned).status_code == 422
    answer = client.post(
        address, {**cleaned, "effective_on": str(AllocationAmount.objects.get().effective_on)}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    asked = AllocationAmount.objects.pending().get()
    page = client.get(reverse("capital:allocation", args=[allocation.pk])).text
    assert "Smaller" in page
    assert "Awaits approval" in page
    client.force_login(story.second)
    assert "Smaller" in client.get(reverse("dashboard:approvals")).text
    client.post(reverse("capital:amendment_approve", args=[asked.pk]))
    assert state_of(allocation)[1] == Decimal(60000)
