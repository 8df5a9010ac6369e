"""A statement says what the roll-ups say, and on an earlier day what they said then."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput, NotFound
from capital.models import CommitmentCapital, ReceiptReturn
from capital.services import calls
from capital.services.plans import LinePlan
from capital.services.reversals import request_reversal
from distributions.models import CommitmentDistributions
from distributions.queries.returns import returns_on
from distributions.services.distributions import cancel_distribution
from distributions.services.payouts import request_payout_reversal
from distributions.states import DistributionType
from funds.models import CapitalTransaction, Commitment, Fund, NavEntry, Notice
from portal.calc.facts import Flow
from portal.queries.statement import commitments_of
from tests.factories import CommitmentFactory, FundFactory, InvestorFactory
from tests.integration.capital.story import TODAY as STORY_DAY
from tests.integration.capital.story import Story
from tests.integration.distributions.story import AT_EXIT, EXIT, ExitStory
from tests.support.opened import written
from tests.support.staging import staged
from tests.support.statements import statement_of

pytestmark = pytest.mark.django_db


@staged
def story():
    return ExitStory()


def _noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def stated(commitment, *, as_of=EXIT, today=EXIT):
    return statement_of(commitment.investor, commitment.fund_id, as_of=as_of, at=_noon(today)).statement


def agrees_with_the_views(commitment, *, today=EXIT):
    """To the cent, and with the identities that both keep."""
    statement = stated(commitment, as_of=today, today=today)
    capital = CommitmentCapital.objects.get(pk=commitment.pk)
    given = CommitmentDistributions.objects.get(pk=commitment.pk)
    for name in ("committed", "called", "called_within", "paid", "outstanding", "recallable", "unfunded"):
        assert getattr(statement, name) == getattr(capital, name), name
    assert statement.distributed == capital.distributed == given.paid_out
    assert (statement.declared, statement.payable) == (given.distributed, given.payable)
    assert sum(line.outstanding for line in statement.calls) == capital.outstanding
    assert sum(line.payable for line in statement.distributions) == given.payable
    return statement


# ---------------------------------------------------------------- today: the views


def test_today_it_is_what_the_views_say_at_every_step():
    story = ExitStory(short="70000.00")
    everybody = [*story.partners, story.gp]
    for step in (
        lambda: story.issue_exit(),
        lambda: story.pay_out(story.fund.distributions.get()),
        lambda: story.take_back(story.fund.distributions.get().payouts.order_by("pk").first()),
        lambda: request_reversal(
            payment_id=story.fund.capital_calls.get(number=1).payments.order_by("pk").first().pk,
            reason="The wire bounced",
            ctx=WriteContext(story.manager, AT_EXIT),
        ),
        lambda: story.draft_exit("1000.00"),
    ):
        for commitment in everybody:
            agrees_with_the_views(commitment)
        step()
    for commitment in everybody:
        agrees_with_the_views(commitment)


def test_what_is_called_outside_the_commitment_and_given_back_recallable_moves_the_unfunded(story):
    story.call_and_pay(date(2026, 4, 1), Decimal("5000.00"))
    outside = (LinePlan("subsequent_close_interest", Decimal("900.00"), reduces_unfunded=False),)
    story.issued("900.00", lines=outside)
    story.pay_out(
        story.issue_exit("30000.00", type=DistributionType.RETURN_OF_EXCESS_CAPITAL, recallable=True)
    )
    statement = agrees_with_the_views(story.partners[0])
    assert statement.recallable == statement.returned_unused == statement.distributed > 0
    assert statement.multiples.dpi == 0
    assert statement.unfunded == statement.committed - statement.called_within + statement.recallable
    assert statement.called > statement.called_within
    assert "Called outside the commitment" in [step.label for step in statement.commitment]


def test_a_call_dated_ahead_counts_from_the_day_it_was_issued():
    story = Story()
    call = story.issued(call_date=STORY_DAY + timedelta(days=30), due_date=STORY_DAY + timedelta(days=60))
    statement = agrees_with_the_views(story.partners[0], today=STORY_DAY)
    assert [(line.call.call_id, line.call.on) for line in statement.calls] == [(call.pk, STORY_DAY)]


def test_what_was_cancelled_counts_on_no_day(story):
    cancelled = story.issue_exit("500.00")
    cancel_distribution(
        distribution_id=cancelled.pk, reason="No sale", ctx=WriteContext(story.manager, AT_EXIT)
    )
    story.cancel(story.issued("700.00"))
    statement = agrees_with_the_views(story.partners[0])
    assert len(statement.calls) == 3
    assert statement.distributions == ()


@pytest.mark.deep
def test_it_agrees_for_every_partner_of_the_demo():
    """Seventy partners, recallable money, losses, a carry-bearing exit, overdue calls."""
    call_command("load_demo", "--no-documents", verbosity=0)
    today = timezone.localdate()
    commitments = list(Commitment.objects.select_related("investor", "fund"))
    assert len(commitments) > 60
    for commitment in commitments:
        agrees_with_the_views(commitment, today=today)


# ---------------------------------------------------------------- earlier days


def test_on_an_earlier_day_it_says_what_the_views_said_on_that_day():
    """The views are read as the story goes on; the statements for those days are made at its end."""
    story = Story()
    days, partner = [date(2026, 3, 1) + timedelta(days=10 * n) for n in range(4)], story.partners[0]
    seen = {}
    for number, day in enumerate(days):
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        plan = story.plan(f"{1000 * (number + 1)}.00", call_date=day, due_date=day + timedelta(days=9))
        draft = calls.draft_call(plan=plan, ctx=WriteContext(story.manager, at))
        call = calls.issue_call(call_id=draft.pk, ctx=WriteContext(story.manager, at))
        if number % 2:
            item = call.items.get(commitment=partner)
            story.pay_item(item, item.amount / 2, value_date=day, at=at)
        seen[day] = CommitmentCapital.objects.get(pk=partner.pk)
    for day, capital in seen.items():
        statement = stated(partner, as_of=day, today=days[-1])
        for name in ("called", "paid", "outstanding", "unfunded", "distributed"):
            assert getattr(statement, name) == getattr(capital, name), (day, name)


@pytest.mark.parametrize("bounced", [True, False])
def test_what_was_taken_back_never_counted_on_statement_and_returns_of_any_day(bounced, story):
    """A payment of January 2026 and a payout of June 2027, both taken back three months after the exit."""
    story.pay_out(story.issue_exit())
    partner, later = story.partners[0], EXIT + timedelta(days=90)
    payment = story.fund.capital_calls.get(number=2).payments.get(commitment=partner)
    payout = story.fund.distributions.get().payouts.get(commitment=partner)
    who = {"reason": "Taken back", "ctx": WriteContext(story.manager, AT_EXIT + timedelta(days=90))}
    request_reversal(payment_id=payment.pk, money_left=bounced, cash_on=later if bounced else None, **who)
    request_payout_reversal(payout_id=payout.pk, bounced=bounced, cash_on=later if bounced else None, **who)

    for day in (payment.value_date, EXIT, later):
        stated_of = [stated(one, as_of=day, today=later) for one in story.partners]
        told = returns_on(story.fund, day)
        assert sum(one.paid for one in stated_of) == told.paid_in, day
        assert sum(one.distributed for one in stated_of) == told.distributed, day
    assert stated_of[0].distributed == 0
    taken_back = CapitalTransaction.objects.filter(reverses__isnull=False)
    assert set(taken_back.values_list("value_date", flat=True)) == {payment.value_date, payout.value_date}
    returned = ReceiptReturn.objects.values_list("value_date", flat=True)
    assert list(returned) == ([later] if bounced else [])
    assert payout.reversal_requests.get().cash_on == (later if bounced else None)


def test_a_wire_bounces_between_its_day_and_today(story):
    payment = story.fund.capital_calls.get(number=1).payments.first()
    who = {"payment_id": payment.pk, "reason": "Bounced", "ctx": WriteContext(story.manager, AT_EXIT)}
    for day, left in (
        (payment.value_date - timedelta(days=1), True),
        (EXIT + timedelta(days=1), True),
        (EXIT, False),
    ):
        with pytest.raises(InvalidInput) as refused:
            request_reversal(money_left=left, cash_on=day, **who)
        assert refused.value.field == "cash_on"


# ---------------------------------------------------------------- documents, NAV, and who may


def test_every_line_has_its_document(story):
    story.pay_out(story.issue_exit())
    statement = stated(story.partners[0])
    letters = set(Notice.objects.filter(commitment=story.partners[0]).values_list("number", flat=True))
    code = story.partners[0].fund.code
    called, paid_out = [f"{code}-CC{number}-0001" for number in (1, 2, 3)], f"{code}-DN1-0001"
    assert {line.call.document for line in statement.calls} == set(called) <= letters
    assert [line.distribution.document for line in statement.distributions] == [paid_out]
    assert [one.document for one in statement.movements] == [*called, paid_out]
    assert [one.flow for one in statement.movements][-1] == Flow.DISTRIBUTION


def test_a_nav_is_what_the_waterfall_would_pay_and_gives_rvpi_tvpi_and_irr(story):
    """Twice the 350,000.00 paid in: 350,000.01 of profit, of which the GP has caught up to 20 %."""
    assert (stated(story.partners[0]).nav, stated(story.partners[0]).irr) == (None, None)
    for amount in ("1.00", "700000.01"):
        with written():
            NavEntry.objects.create(
                fund=story.fund,
                as_of=date(2026, 12, 31),
                amount=Decimal(amount),
                created_at=AT_EXIT,
                created_by=story.manager,
            )
    statements = [stated(partner) for partner in story.partners]
    assert sum(one.nav.amount for one in statements) == Decimal("630000.01")
    assert sum(one.nav.gross for one in statements) == Decimal("700000.01")
    first = statements[0]
    assert (first.nav.on, first.nav.day, first.nav.is_old) == (date(2026, 12, 31), EXIT, True)
    assert (first.multiples.tvpi, first.gross.tvpi) == (Decimal("1.800000"), Decimal("2.000000"))
    assert first.multiples.dpi == 0
    assert first.gross_irr.irr > first.irr.irr > Decimal("0.4")
    assert stated(story.gp).nav is None
    assert stated(story.partners[0], as_of=date(2026, 12, 30)).nav is None


def test_the_queries_do_not_grow_with_what_is_stated(django_assert_num_queries, story):
    story.pay_out(story.issue_exit("1000.00"))
    story.pay_out(story.issue_exit("2000.00"))
    partner = Commitment.objects.select_related("investor").get(pk=story.partners[0].pk)
    with django_assert_num_queries(4):
        stated(partner)


@pytest.mark.parametrize(
    ("as_of", "code"),
    [
        (EXIT + timedelta(days=1), "as_of.future"),
        (date(2023, 12, 31), "as_of.too_early"),
        (date.min, "as_of.too_early"),
        (date.max, "as_of.future"),
    ],
)
def test_a_day_of_which_nothing_can_be_stated_is_refused_by_its_field(as_of, code, story):
    with pytest.raises(InvalidInput) as refused:
        stated(story.partners[0], as_of=as_of)
    assert (refused.value.code, refused.value.field) == (code, "as_of")


def test_there_is_no_statement_of_what_is_not_the_investors(story):
    stranger = InvestorFactory()
    with pytest.raises(NotFound):
        statement_of(stranger, story.fund.pk, as_of=EXIT, at=AT_EXIT)
    mine = story.partners[0].investor
    with pytest.raises(NotFound):
        statement_of(mine, story.fund.pk, as_of=EXIT, at=AT_EXIT, funds=Fund.objects.none())
    other = CommitmentFactory(fund=FundFactory(name="Another"), investor=mine)
    assert {one.pk for one in commitments_of([mine])} == {story.partners[0].pk, other.pk}
