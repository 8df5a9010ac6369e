"""What a fund returned by a day, told of the demo's exit: 350,000 paid in, 500,000 paid out."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from blackgem.lib.money import format_money
from distributions.models import WriteDown
from distributions.queries.returns import clawback_on, returns_on
from distributions.services import write_downs
from distributions.services.facts import facts_on, terms_on
from distributions.services.fund_rows import read_rows
from funds.access import Role
from funds.models import Fund
from funds.services.nav import enter_nav
from funds.services.terms import set_side_letter, set_terms
from tests.factories import MembershipFactory
from tests.support.pages import text_of
from tests.support.staging import staged

from .story import AT_EXIT, EXIT, ExitStory

pytestmark = pytest.mark.django_db
LATER = date(2027, 9, 30)


@staged
def story():
    return ExitStory()


def sold(story):
    return story.pay_out(story.issue_exit())


def value(story, day, amount):
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return enter_nav(fund_id=story.fund.pk, as_of=day, amount=amount, ctx=WriteContext(story.manager, at))


def returns(story, day=EXIT):
    return returns_on(story.fund, day)


def agree_on(story, partner, **rates):
    fields = {"effective_on": date(2025, 9, 1), **rates}
    set_side_letter(commitment_id=partner.pk, fields=fields, ctx=WriteContext(story.manager, AT_EXIT))


def owed(story, day):
    terms = terms_on(story.fund, day)
    return clawback_on(facts_on(story.fund, terms, day), terms, day)


def test_before_the_exit_only_the_net_asset_value_is_worth_anything(story):
    value(story, date(2026, 12, 31), "420000.00")
    got = returns(story, date(2026, 12, 31))
    assert (got.paid_in, got.distributed, got.nav.amount) == (
        Decimal("350000.00"),
        Decimal("0.00"),
        Decimal("406000.00"),
    )
    assert (got.multiples.pic, got.multiples.dpi) == (Decimal("0.280000"), Decimal("0.000000"))
    assert (got.multiples.rvpi, got.multiples.tvpi) == (Decimal("1.160000"), Decimal("1.160000"))
    assert (got.nav.carry, got.gross.tvpi) == (Decimal("14000.00"), Decimal("1.200000"))
    assert 0 < got.irr.irr < got.gross_irr.irr


def test_carry_is_no_money_of_the_limited_partners(story):
    sold(story)
    value(story, EXIT, "0.00")
    got = returns(story)
    assert got.distributed == Decimal("470000.00")
    assert (got.multiples.dpi, got.multiples.tvpi) == (Decimal("1.342857"), Decimal("1.342857"))


def test_without_a_net_asset_value_there_is_no_irr_until_all_is_sold(story):
    story.pay_out(story.issue_exit("349999.99"))
    got = returns(story)
    assert (got.nav, got.irr, got.multiples.tvpi) == (None, None, None)
    story.pay_out(story.issue_exit("150000.01"))
    got = returns(story)
    assert (got.nav.amount, got.nav.realised) == (Decimal("0.00"), True)
    assert got.multiples.tvpi == got.multiples.dpi
    assert got.irr.irr > 0


def test_a_payout_that_was_taken_back_is_not_distributed(story):
    paid = sold(story)
    story.take_back(paid[0])
    assert returns(story).distributed < Decimal("470000.00")


def test_a_full_catch_up_leaves_nothing_to_claw_back(story):
    sold(story)
    got = owed(story, EXIT)
    assert (got.received, got.profit, got.entitled) == (
        Decimal("30000.00"),
        Decimal("150000.00"),
        Decimal("30000.00"),
    )
    assert got.owed.payable == Decimal("0.00")


def test_money_lost_after_the_exit_is_clawed_back(story):
    """100,000 more go in and never come back: the profit is 50,000, which entitles to 10,000 of the 30,000; but the
    partners miss more than the other 20,000 to their hurdle, and no more than was received is owed."""
    sold(story)
    story.call_and_pay(date(2027, 8, 1), Decimal("100000.00"))
    got = owed(story, LATER)
    assert (got.profit, got.entitled) == (Decimal("50000.00"), Decimal("10000.00"))
    assert got.owed.excess_carry == Decimal("20000.00")
    assert got.owed.gross == min(Decimal("30000.00"), max(Decimal("20000.00"), got.owed.lp_shortfall))


def test_each_partner_is_owed_by_its_own_terms():
    """The third partner's side letter says 10 %: of profits of 72, 48 and 30 thousand the GP got 14,400 + 9,600 +
    3,000, and after the loss of the same money 24, 16 and 10 thousand entitle it to 4,800 + 3,200 + 1,000."""
    story = ExitStory(scope="per_investor")
    agree_on(story, story.partners[2], carry_rate=Decimal("0.10"))
    sold(story)
    then = owed(story, EXIT)
    assert (then.received, then.entitled, then.owed.payable) == (
        Decimal("27000.00"),
        Decimal("27000.00"),
        Decimal("0.00"),
    )
    story.call_and_pay(date(2027, 8, 1), Decimal("100000.00"))
    got = owed(story, LATER)
    assert (got.entitled, got.owed.excess_carry) == (Decimal("9000.00"), Decimal("18000.00"))
    assert got.owed.gross <= got.received


# ---------------------------------------------------------------- the page


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return client


def page_of(story, **query):
    return reverse("distributions:fund_returns", args=[story.fund.pk], query=query)


def test_the_page_shows_the_day_that_is_asked_for(manager, story, django_assert_max_num_queries):
    sold(story)
    value(story, EXIT, "0.00")
    with django_assert_max_num_queries(10):
        html = manager.get(page_of(story, as_of="2027-06-30")).content.decode()
    assert "1.34×" in html


def test_the_clawback_of_that_day_is_asked_for_last(manager, story, django_assert_max_num_queries):
    sold(story)
    url = reverse("distributions:fund_clawback", args=[story.fund.pk], query={"as_of": "2027-06-30"})
    with django_assert_max_num_queries(10):
        part = manager.get(url, headers={"HX-Request": "true"})
    assert "$30,000" in text_of(part)
    assert b"<html" not in part.content
    assert "$30,000" in text_of(manager.get(url))
    assert manager.get(url, {"as_of": "soon"}).status_code == 422


@pytest.mark.parametrize("as_of", ["yesterday", "2026-02-30", "0000-00-00"])
def test_a_day_that_is_none_is_refused(manager, story, as_of):
    assert manager.get(page_of(story, as_of=as_of)).status_code == 422


def test_before_any_terms_the_page_says_so(manager, story):
    assert "no terms in effect" in manager.get(page_of(story, as_of="1999-01-01")).content.decode()


def test_a_net_asset_value_is_entered(manager, story):
    cleaned = {"as_of": "2026-06-30", "amount": "410000.00"}
    answer = manager.post(reverse("distributions:nav_new", args=[story.fund.pk]), cleaned, follow=True)
    assert "$410,000.00" in answer.content.decode()
    future = cleaned | {"as_of": "2999-01-01"}
    assert manager.post(reverse("distributions:nav_new", args=[story.fund.pk]), future).status_code == 422


def test_a_write_down_is_entered(manager, story):
    deal = story.allocate().deal
    url = reverse("distributions:write_down_new", args=[story.fund.pk])
    cleaned = {"deal": deal.pk, "date": "2026-06-30", "amount": "25000.00"}
    assert "$25,000.00" in manager.post(url, cleaned, follow=True).content.decode()
    assert manager.post(url, cleaned | {"amount": "-1.00"}).status_code == 422
    assert manager.post(url, cleaned | {"deal": "999999"}).status_code == 422


def test_under_four_eyes_a_write_down_counts_once_a_second_person_approved_it(client, story):
    deal = story.allocate().deal
    Fund.objects.filter(pk=story.fund.pk).update(four_eyes=True)
    cleaned = {"deal": deal.pk, "date": "2026-06-30", "amount": "25000.00"}

    def ask(**more):
        client.force_login(story.manager)
        url = reverse("distributions:write_down_new", args=[story.fund.pk])
        page = client.post(url, cleaned | more, follow=True).content.decode()
        assert "A second person has to approve" in page
        assert "Awaits approval" in page
        return WriteDown.objects.pending().get()

    def decide(who, verb, row):
        client.force_login(who)
        assert "25,000" in client.get(reverse("dashboard:approvals")).content.decode()
        url = reverse(f"distributions:write_down_{verb}", args=[row.pk])
        return client.post(url, {"reason": "Not agreed"}, follow=True)

    def counted():
        return [row.pk for row in read_rows(story.fund, date(2026, 12, 31)).write_downs]

    first = ask()
    assert decide(story.manager, "approve", first).status_code == 403
    assert counted() == []
    decide(story.second, "approve", first)
    assert counted() == [first.pk]
    second = ask()
    decide(story.second, "reject", second)
    with pytest.raises(Conflict) as refused:
        write_downs.approve_write_down(
            write_down_id=second.pk, ctx=WriteContext(story.second, timezone.now())
        )
    assert refused.value.code == "write_down.decided"
    back = {"direction": "up", "reason": "It was sold well"}
    early = ask(date="2026-06-29", **back)
    assert "at most" in decide(story.second, "approve", early).content.decode()
    decide(story.second, "reject", early)
    back_up = ask(**back)
    decide(story.second, "approve", back_up)
    assert counted() == [first.pk, back_up.pk]


@pytest.mark.parametrize("name", ["nav_new", "write_down_new"])
def test_an_auditor_reads_and_enters_nothing(client, story, name):
    client.force_login(MembershipFactory(fund=story.fund, role=Role.AUDITOR).user)
    html = client.get(page_of(story)).content.decode()
    url = reverse(f"distributions:{name}", args=[story.fund.pk])
    assert url not in html
    assert client.get(url).status_code == 403


def test_strangers_find_nothing(client, story):
    client.force_login(MembershipFactory().user)
    assert client.get(page_of(story)).status_code == 404


def test_what_a_multiple_leaves_out_is_said_beside_it(story, manager):
    netted = {"recallable_treatment": "excluded"}
    set_terms(fund_id=story.fund.pk, fields=netted, ctx=WriteContext(story.manager, AT_EXIT))
    story.pay_out(story.issue_exit("100000.00", recallable=True))
    got = returns(story, LATER)
    assert got.left_out > 0
    assert got.multiples.distributed == got.distributed - got.left_out
    page = text_of(manager.get(page_of(story, as_of=LATER)))
    sides = [format_money(one) for one in (got.multiples.distributed, got.multiples.paid_in, got.left_out)]
    assert "{} ÷ {}, without {} that may be called again".format(*sides) in page
