"""A fund's days are those of its time zone: on pages, in the API, on letters and in every service."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.days import LocalDay, local_day, zones
from blackgem.lib.errors import Conflict, InvalidInput
from capital.models import CapitalCall
from capital.queries.calls import CallFilter, calls
from capital.services.allocations import amend_allocation
from capital.services.calls import issue_call
from capital.services.receipts import record_receipt
from dashboard.queries import overview
from distributions.services.distributions import draft_distribution, issue_distribution
from distributions.services.payouts import pay_out
from distributions.services.planning import DistributionPlan
from distributions.services.write_downs import write_down
from funds.models import Fund, Notice
from funds.services.funds import change_fund
from funds.services.nav import enter_nav
from tests.factories import ContactFactory, FundTermsFactory, UserFactory
from tests.integration.capital.story import Story
from tests.integration.funds.reading import text_of
from tests.support.api import Api
from tests.support.statements import statement_of

pytestmark = pytest.mark.django_db
AUCKLAND, LOS_ANGELES = "Pacific/Auckland", "America/Los_Angeles"
#: March 10 in Auckland, March 9 in UTC and in Los Angeles.
LATE = datetime(2026, 3, 9, 13, tzinfo=UTC)
#: March 9 in Los Angeles, March 10 in UTC and in Auckland.
EARLY = datetime(2026, 3, 10, 5, tzinfo=UTC)
NINTH, TENTH = date(2026, 3, 9), date(2026, 3, 10)
BOTH = [(AUCKLAND, LATE, TENTH), (LOS_ANGELES, EARLY, NINTH)]


def story_in(zone) -> Story:
    story = Story()
    change_fund(fund_id=story.fund.pk, fields={"time_zone": zone}, ctx=WriteContext(story.manager, LATE))
    story.fund.refresh_from_db()
    return story


@pytest.mark.parametrize("zone", [*zones()[::40], AUCKLAND, LOS_ANGELES])
def test_python_and_the_database_agree_about_the_day(zone):
    assert Fund.objects.update(time_zone=zone) == 0
    for at in (
        LATE,
        EARLY,
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2025, 12, 31, 11, tzinfo=UTC),
    ):
        with connection.cursor() as cursor:
            cursor.execute("SELECT local_day(%s, %s), is_time_zone(%s)", [at, zone, zone])
            assert cursor.fetchone() == (local_day(at, zone), True)


@pytest.mark.parametrize("name", ["", "EST", "Mars/Olympus", "Etc/GMT+5", "UTC+3", "posix/Europe/London"])
def test_what_is_no_zone_is_refused(name):
    story = Story()
    with pytest.raises(InvalidInput) as refused:
        change_fund(fund_id=story.fund.pk, fields={"time_zone": name}, ctx=WriteContext(story.manager, LATE))
    assert refused.value.problems[0].field == "time_zone"
    with connection.cursor() as cursor:
        cursor.execute("SELECT is_time_zone(%s)", [name])
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize(("zone", "at", "today"), BOTH)
def test_every_service_takes_the_fund_s_today_and_nothing_later(zone, at, today):
    story, tomorrow = story_in(zone), today + timedelta(days=1)
    ctx = WriteContext(story.manager, at)
    allocation = story.allocate()
    FundTermsFactory(fund=story.fund, effective_on=date(2025, 1, 1))
    call = story.call(allocation, "10000.00")
    item = call.items.get(commitment=story.partners[0])

    def pay(day):
        return story.pay_item(item, "10.00", value_date=day, at=at)

    def receive(day):
        return record_receipt(fund_id=story.fund.pk, amount="7.00", value_date=day, ctx=ctx)

    def value(day):
        return enter_nav(fund_id=story.fund.pk, as_of=day, amount="5.00", ctx=ctx)

    def amend(day):
        fields = {"change": Decimal(5), "effective_on": day, "reason": "Costs rose"}
        return amend_allocation(allocation_id=allocation.pk, **fields, ctx=ctx)

    def lose(day):
        return write_down(fund_id=story.fund.pk, deal_id=allocation.deal_id, date=day, amount="1.00", ctx=ctx)

    def state(day):
        return statement_of(story.partners[0].investor, story.fund.pk, as_of=day, at=at)

    for does in (pay, receive, value, amend, lose, state):
        with pytest.raises(InvalidInput):
            does(tomorrow)
        does(today)
    draft = draft_distribution(plan=DistributionPlan(story.fund.pk, Decimal("10.00"), today), ctx=ctx)
    issued = issue_distribution(distribution_id=draft.pk, ctx=ctx)
    with pytest.raises(InvalidInput):
        pay_out(distribution_id=issued.pk, value_date=tomorrow, method="wire", ctx=ctx)
    pay_out(distribution_id=issued.pk, value_date=today, method="wire", ctx=ctx)
    letters = Notice.objects.filter(kind=Notice.Kind.DISTRIBUTION)
    assert set(letters.values_list("dated_on", flat=True)) == {today}
    assert story.reverse(item.payments.get(), at=at).cash_on == today


def test_overdue_is_by_the_fund_s_own_day_on_pages_and_in_the_api(client, monkeypatch):
    """One call of each fund is due on March 9. In Auckland that was yesterday, when in Los Angeles it is today."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATE)
    far, near = story_in(AUCKLAND), story_in(LOS_ANGELES)
    person = UserFactory(is_superuser=True)
    of_far, of_near = (one.issued(due_date=NINTH) for one in (far, near))

    late = CapitalCall.objects.overdue(at=LATE)
    assert list(late) == [of_far] == list(calls(person, CallFilter(status="overdue"), at=LATE))
    assert [one.days_late for one in overview.overdue(person, at=LATE)] == [1, 1, 1]
    assert [one.pk for one in overview.due_soon(person, at=LATE)] == [of_near.pk]
    for one, call, days in ((far, of_far, 1), (near, of_near, 0)):
        api = Api.of(one.manager)
        assert api.read(f"/capital-calls/{call.pk}")["daysOverdue"] == days
        assert {item["daysOverdue"] for item in api.read(f"/capital-calls/{call.pk}/items")} == {days}
        assert [row["daysOverdue"] for row in api.read("/capital-calls")["capitalCalls"]] == [days]
        investor = one.partners[0].investor
        client.force_login(one.manager)
        for path in (
            reverse("capital:call", args=[call.pk]),
            reverse("capital:item", args=[call.pk, call.items.first().pk]),
            reverse("dashboard:investor", args=[investor.pk]),
        ):
            text = text_of(client.get(path))
            assert ("1 day" in text) == bool(days), path
            assert "investors" in path or f"As of Mar {10 if days else 9}, 2026" in text, path
        client.force_login(ContactFactory(investor=investor, user=UserFactory()).user)
        for path in (
            reverse("portal:home"),
            reverse("portal:call_list"),
            reverse("portal:payment_list"),
            reverse("portal:call", args=[call.items.get(commitment=one.partners[0]).public_id]),
        ):
            text = text_of(client.get(path))
            assert ("Overdue by 1 day" in text) == bool(days), path
            assert f"As of Mar {10 if days else 9}, 2026" in text, path
    client.force_login(person)
    assert "As of Mar 9, 2026 / Mar 10, 2026" in text_of(client.get(reverse("dashboard:overview")))


def test_a_zone_is_corrected_only_where_nothing_counts_from_another_day():
    story = story_in("UTC")
    plan = story.plan(call_date=TENTH, due_date=TENTH + timedelta(days=20))
    draft = story.draft(call_date=TENTH, due_date=plan.due_date)
    issue_call(call_id=draft.pk, ctx=WriteContext(story.manager, EARLY))
    change = {"fund_id": story.fund.pk, "ctx": WriteContext(story.manager, EARLY)}
    change_fund(fields={"time_zone": "Europe/Zurich"}, **change)
    with pytest.raises(Conflict) as refused:
        change_fund(fields={"time_zone": LOS_ANGELES}, **change)
    assert refused.value.problems[0].code == "fund.time_zone_fixed"
    assert list(
        CapitalCall.objects.annotate(on=LocalDay("approved_at", "fund__time_zone")).values_list(
            "on", flat=True
        )
    ) == [TENTH]
