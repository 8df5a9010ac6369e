"""The values of several funds are worked out together, and say what each says by itself."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse

from blackgem.lib.knowledge import NOW, Knowledge
from distributions.queries.on_record import read_on_record
from distributions.queries.valuation import navs_on, valuation_of, valuation_on
from funds.models import Commitment
from tests.factories import CommitmentFactory, MembershipFactory
from tests.integration.distributions.test_valuation import LATER, OUT, PAID, VALUED, Valued
from tests.support.staging import staged

pytestmark = pytest.mark.django_db


@staged
def stories():
    """A fund with a value by deal; one in yen that counts what is receivable, and of which a partner is excused; one
    that is realised; and one of which nothing is known."""
    by_deal, yen, sold, empty = Valued(), Valued(currency="JPY"), Valued(carry_rate=D(0)), Valued()
    first, second = by_deal.allocate("2000000"), by_deal.allocate("2000000")
    by_deal.buy(("investment", "900000", first), ("investment", "300000", second))
    by_deal.value("1500000", deals={first: "1100000", second: "400000"})
    by_deal.pay_out(by_deal.declare("90000", deal=first))
    deals = [yen.allocate("2000000") for _ in range(2)]
    yen.buy(*(("investment", "600000", one) for one in deals), excused=[(yen.partners[0], 1)])
    yen.buy(("management_fee", "3000", None), on=OUT, pay=False)
    yen.value("1400000", receivables_included=True)
    deal = sold.allocate("2000000")
    sold.buy(("investment", "900000", deal))
    sold.pay_out(sold.declare("1000000", deal=deal))
    return [by_deal, yen, sold, empty]


@pytest.mark.parametrize("known", [NOW, Knowledge(datetime(2026, 7, 15, tzinfo=UTC))], ids=["now", "then"])
@pytest.mark.parametrize("apart", [0, 1, 80], ids=["one_day", "two_days", "months"])
def test_together_they_say_what_each_says_by_itself(stories, known, apart):
    days = {one.fund: LATER - timedelta(days=apart * place) for place, one in enumerate(stories)}
    together = {found.rows.fund: valuation_of(found) for found in read_on_record(days, known)}
    assert together == {fund: valuation_on(fund, day, known=known) for fund, day in days.items()}
    assert any(together.values())
    alone = [navs_on({fund: day}, known) for fund, day in days.items()]
    assert navs_on(days, known) == {key: nav for one in alone for key, nav in one.items()}


def test_each_kind_is_among_them(stories):
    by_deal, yen, sold, empty = (valuation_on(one.fund, LATER) for one in stories)
    assert (by_deal.estimate, bool(by_deal.worth)) == (False, True)
    assert "excused" in yen.refused
    assert sold.realised
    assert empty is None
    assert valuation_on(stories[0].fund, VALUED - timedelta(days=1)) is None
    assert valuation_on(stories[1].fund, PAID) is None


def test_more_funds_are_no_more_statements(stories, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        navs_on({one.fund: LATER for one in stories}, NOW)
    with django_assert_max_num_queries(2):
        navs_on({stories[1].fund: LATER}, NOW)


def test_the_page_of_an_investor_of_many_funds_opens_within_ten_queries(
    client, stories, monkeypatch, django_assert_max_num_queries
):
    noon = datetime(2027, 1, 4, 12, tzinfo=UTC)
    monkeypatch.setattr("dashboard.views.investors.timezone.now", lambda: noon)
    manager, investor = stories[0].manager, stories[0].partners[0].investor
    for one in stories[1:]:
        MembershipFactory(fund=one.fund, user=manager, role="manager")
        held = CommitmentFactory(
            fund=one.fund, investor=investor, amount=D("1000000"), created_by=one.manager
        )
        one.partners.append(held)
    stories[2].buy(("investment", "1000", None), on=date(2026, 12, 1))
    client.force_login(manager)
    page = reverse("dashboard:investor", args=[investor.pk])
    client.get(page)
    with django_assert_max_num_queries(10):
        shown = client.get(page)
    alone = {
        one.pk: navs_on({one.fund: one.fund.day_of(noon)}, NOW).get(one.pk)
        for one in Commitment.objects.filter(investor=investor).select_related("fund")
    }
    assert {one.pk: one.nav for one in shown.context["commitments"]} == alone
    assert len(alone) == 4
    with django_assert_max_num_queries(10):
        assert client.get(page, {"all": "story"}).status_code == 200
    for path in (
        f"/investors/{investor.pk}/statement/",
        f"/investors/{investor.pk}/statement/?as_of=2026-09-01",
    ):
        with django_assert_max_num_queries(10):
            assert client.get(path).status_code == 200
