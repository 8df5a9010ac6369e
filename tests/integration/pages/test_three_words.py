"""Declared, paid out, payable: the same three amounts by the same three words wherever money out is told."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from funds.models import Notice
from tests.factories import ContactFactory, UserFactory
from tests.integration.capital.story import fresh
from tests.integration.distributions.story import ExitStory
from tests.support.api import Api
from tests.support.pages import text_of
from tests.support.staging import staged

pytestmark = pytest.mark.django_db


@staged
def story():
    """500,000 declared, of which the first partner was paid its part."""
    story = ExitStory()
    story.one = story.issue_exit()
    story.first = story.one.items.get(commitment=story.partners[0])
    story.pay_out(story.one, item_id=story.first.pk)
    return story


def browser_of(user):
    browser = Client()
    browser.force_login(user)
    return browser


def money(amount) -> str:
    return f"${amount:,.2f}"


def test_a_manager_reads_the_same_three_amounts_everywhere(story):
    paid, payable = money(story.first.gross_amount), money(500_000 - story.first.gross_amount)
    browser = browser_of(story.manager)

    def page(name, *keys):
        return text_of(browser.get(reverse(name, args=keys)))

    fund = page("dashboard:fund", story.fund.pk)
    assert f"Distributed {paid} Paid out, of $500,000.00 declared; {payable} payable" in fund
    said = f"$500,000.00 {paid} paid out, {payable} payable"
    assert f"Total declared {said}" in page("distributions:distribution_list")
    assert f"Declared {said}" in page("distributions:distribution", story.one.pk)
    own = f"Declared by the fund so far {paid} {paid} paid out"
    assert own in page("distributions:item", story.one.pk, story.first.pk)
    waiting = story.one.items.exclude(pk=story.first.pk).exclude(gross_amount=0).first()
    own = f"Declared by the fund so far {money(waiting.gross_amount)} $0.00 paid out, {money(waiting.gross_amount)} pay"
    assert own in page("distributions:item", story.one.pk, waiting.pk)
    returns = page("distributions:fund_returns", story.fund.pk)
    assert "Distributed $0.00 Paid out" in returns, "of today; it is paid out on a day to come"
    assert "paid out ÷ paid in" in returns


def test_an_investor_and_the_api_do_too(story):
    api = Api.of(story.manager)
    summary = api.read("/distributions")["summary"]
    gross = story.first.gross_amount
    assert (summary["declared"], summary["paidOut"], summary["payable"]) == (500_000, gross, 500_000 - gross)
    for partner in story.partners[:2]:
        user = ContactFactory(investor=partner.investor, user=UserFactory()).user
        account, declared = fresh(partner).distributions, story.one.items.get(commitment=partner).gross_amount
        home = text_of(browser_of(user).get(reverse("portal:home")))
        more = f"What was declared is {money(declared)} more than distributed"
        assert (more in home) == bool(account.payable)
        assert money(account.paid_out) in home
        letter = Notice.objects.get(kind=Notice.Kind.DISTRIBUTION, commitment=partner).facts
        [row] = [row for row in letter["position"] if row["label"] == "Declared (cumulative)"]
        assert Decimal(row["after"]) == account.distributed == declared
