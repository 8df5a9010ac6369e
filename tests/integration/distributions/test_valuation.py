"""What a fund and each partner's share of it are worth on a day, told of funds with deals, from the books."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from capital.services import calls, payments
from capital.services.plans import LinePlan
from distributions.queries.returns import returns_on
from distributions.queries.valuation import valuation_on
from distributions.services import distributions, payouts
from distributions.services.planning import DistributionPlan
from funds.services.nav import enter_nav
from funds.services.terms import set_side_letter
from tests.factories import CommitmentFactory, FundFactory, FundTermsFactory, UserFactory
from tests.integration.capital.story import Story
from tests.support.pages import text_of
from tests.support.statements import statement_of

pytestmark = pytest.mark.django_db

PAID, VALUED, OUT, LATER = date(2026, 1, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)


def at(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


class Valued(Story):
    """Three equal partners of a fund, no preferred return, a full catch-up: the GP has 20 % of every profit."""

    def __init__(self, *, currency="USD", **terms):
        self.manager = UserFactory()
        self.fund = FundFactory(manager=self.manager, currency=currency, created_by=self.manager)
        self.partners = [
            CommitmentFactory(fund=self.fund, amount=D("1000000"), created_by=self.manager) for _ in range(3)
        ]
        self.gp = CommitmentFactory(
            fund=self.fund, kind="gp", reference="GP", amount=D(0), created_by=self.manager
        )
        rates = {"hurdle_rate": D(0), "carry_rate": D("0.20"), "catch_up_rate": D(1)}
        FundTermsFactory(fund=self.fund, scope="per_investor", **rates | terms)

    def buy(self, *lines, on=PAID, excused=(), pay=True):
        """Call lines (kind, amount, allocation or None) and be paid on one day."""
        plans = tuple(LinePlan(kind, D(amount), one and one.pk) for kind, amount, one in lines)
        total = sum(plan.amount for plan in plans)
        items = [self.excuse(partner, line) for partner, line in excused]
        plan = self.plan(total, lines=plans, items=items, call_date=on - timedelta(days=1), due_date=on)
        call = calls.draft_call(plan=plan, ctx=WriteContext(self.manager, at(on)))
        calls.issue_call(call_id=call.pk, ctx=WriteContext(self.manager, at(on)))
        if pay:
            self.be_paid(call, on)
        return call

    def be_paid(self, call, on):
        total = call.total_amount
        payments.pay_call(
            call_id=call.pk, amount=total, value_date=on, ctx=WriteContext(self.manager, at(on))
        )

    def declare(self, amount, *, on=OUT, deal=None):
        plan = DistributionPlan(self.fund.pk, D(amount), on, deal_id=deal and deal.deal_id)
        draft = distributions.draft_distribution(plan=plan, ctx=WriteContext(self.manager, at(on)))
        return distributions.issue_distribution(
            distribution_id=draft.pk, ctx=WriteContext(self.manager, at(on))
        )

    def pay_out(self, distribution, *, on=OUT):
        return payouts.pay_out(
            distribution_id=distribution.pk,
            value_date=on,
            method="wire",
            reference="OUT",
            ctx=WriteContext(self.manager, at(on)),
        )

    def value(self, amount, *, on=VALUED, deals=None, **more):
        deals = {one.deal_id: D(worth) for one, worth in (deals or {}).items()}
        return enter_nav(
            fund_id=self.fund.pk,
            as_of=on,
            amount=D(amount),
            deals=deals,
            ctx=WriteContext(self.manager, at(on)),
            **more,
        )

    def worth(self, day=LATER):
        return valuation_on(self.fund, day)

    def nets(self, day=LATER):
        return [self.worth(day).worth[partner.pk].net for partner in self.partners]


def tvpi(story, day):
    got = returns_on(story.fund, day)
    return got.multiples.tvpi, got.gross.tvpi


# ---------------------------------------------------------------- carried forward


def test_what_is_paid_out_of_a_value_does_not_count_twice():
    """900,000 paid in, worth 1.08 million in June, 540,000 paid out in September: 1.20 before and after."""
    story = Valued(carry_rate=D(0), catch_up_rate=D(0))
    deal = story.allocate("2000000")
    story.buy(("investment", "900000", deal))
    story.value("1080000")
    assert tvpi(story, OUT) == (D("1.200000"), D("1.200000"))
    out = story.declare("540000", deal=deal)
    assert tvpi(story, OUT) == (D("1.200000"), D("1.200000"))
    story.pay_out(out)
    assert tvpi(story, OUT) == (D("1.200000"), D("1.200000"))
    assert (story.worth().amount, story.worth().revalue) == (D("540000.00"), False)
    assert story.worth(VALUED).amount == D("1080000.00")
    assert story.worth(date(2026, 6, 29)) is None


def test_what_was_called_to_be_spent_becomes_no_asset():
    story = Valued()
    deal = story.allocate("2000000")
    story.buy(("investment", "300000", deal))
    story.value("300000")
    story.buy(("investment", "90000", deal), ("management_fee", "30000", None), on=OUT)
    assert story.worth().amount == D("390000.00")


def test_more_paid_out_than_it_was_worth_asks_for_a_new_value():
    story = Valued()
    deal = story.allocate("2000000")
    story.buy(("investment", "900000", deal))
    story.value("600000")
    story.pay_out(story.declare("660000", deal=deal))
    assert (story.worth().amount, story.worth().revalue) == (D("0.00"), True)


def test_what_an_entry_counted_already_is_not_counted_again():
    story = Valued()
    deal = story.allocate("2000000")
    story.buy(("investment", "300000", deal))
    owed = story.buy(("investment", "60000", deal), on=VALUED, pay=False)
    declared = story.declare("30000", on=VALUED, deal=deal)
    story.value("330000", receivables_included=True, payables_deducted=True)
    story.be_paid(owed, OUT)
    story.pay_out(declared)
    assert story.worth().amount == D("330000.00")
    story.value("330000")
    assert story.worth().amount == D("360000.00")


def test_a_fund_that_sold_everything_needs_no_value():
    story = Valued()
    first, second = story.allocate("2000000"), story.allocate("2000000")
    story.buy(("investment", "300000", first), ("investment", "300000", second))
    story.pay_out(story.declare("660000", deal=first))
    assert story.worth() is None, "the second deal is still held"
    out = story.declare("300000", deal=second)
    assert (story.worth().amount, story.worth().realised) == (D("300000.00"), True)
    story.pay_out(out)
    got = returns_on(story.fund, LATER)
    assert (got.nav.amount, got.nav.realised) == (D("0.00"), True)
    assert got.irr.irr > 0


# ---------------------------------------------------------------- whose it is


def sold_without_the_third(*, others=1):
    """Deal 1 (200,000 of each of two, the third was excused) came back at cost; deal 2 has 100,000 of each of three."""
    story = Valued()
    story.first = story.allocate("2000000")
    story.held = [story.allocate("2000000") for _ in range(others)]
    story.buy(("investment", "400000", story.first), excused=[(story.partners[2], 0)])
    for deal in story.held:
        story.buy(("investment", "300000", deal))
    return story


def test_who_is_not_in_the_sold_deal_has_its_part_of_what_is_left():
    story = sold_without_the_third()
    story.pay_out(story.declare("400000", on=VALUED, deal=story.first), on=VALUED)
    story.value("600000")
    assert story.nets() == [D("180000.00")] * 3
    assert (story.worth().carry, story.worth().estimate) == (D("60000.00"), False)


def test_an_excuse_from_a_deal_that_is_held_needs_the_value_of_each():
    story = sold_without_the_third()
    story.value("1000000")
    assert story.worth().worth == {}
    assert "deal by deal" in story.worth().refused
    assert returns_on(story.fund, LATER).nav is None
    story.value("1000000", deals={story.first: "700000", story.held[0]: "300000"})
    assert story.nets() == [D("420000.00"), D("420000.00"), D("100000.00")]


def test_a_value_that_nobody_divided_is_called_an_estimate():
    story = Valued()
    deals = [story.allocate("2000000") for _ in range(2)]
    story.buy(("investment", "300000", deals[0]))
    story.buy(("investment", "100000", deals[1]))
    story.value("400000")
    assert story.worth().estimate
    story.value("400000", deals={deals[0]: "250000", deals[1]: "150000"})
    assert not story.worth().estimate


# ---------------------------------------------------------------- the same everywhere


@pytest.mark.parametrize(
    ("currency", "shown"),
    [("USD", "$260,000.00"), ("JPY", "¥260,000"), ("KWD", "260,000.000")],
)
def test_every_page_tells_the_same(client, currency, shown):
    """Each partner's 200,000 became 300,000: by its side letter one bears 40 % of the profit, the others 80 %."""
    story = Valued(currency=currency, carry_rate=D("0.80"))
    deal = story.allocate("2000000")
    story.buy(("investment", "600000", deal))
    own = {"effective_on": PAID, "carry_rate": D("0.40")}
    set_side_letter(commitment_id=story.partners[0].pk, fields=own, ctx=WriteContext(story.manager, at(PAID)))
    story.value("900000")
    assert story.nets() == [D("260000"), D("220000"), D("220000")]
    client.force_login(story.manager)
    partner = story.partners[0]
    stated = statement_of(partner.investor, story.fund.pk, as_of=LATER, at=at(LATER)).statement
    assert (stated.nav.amount, stated.nav.gross) == (D("260000"), D("300000"))
    page = text_of(
        client.get(reverse("distributions:fund_returns", args=[story.fund.pk]) + "?as_of=2026-12-31")
    )
    investor = text_of(client.get(reverse("dashboard:investor", args=[partner.investor_id])))
    for text in (page, investor):
        assert "gross" in text.lower()
        assert "Valued on Jun 30, 2026" in text
    assert shown in investor
