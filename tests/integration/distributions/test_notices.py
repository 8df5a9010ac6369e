"""The letters of a distribution: each says what its reader gets, and adds up."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from blackgem.lib.context import WriteContext
from blackgem.lib.money import format_money
from blackgem.lib.opened import opened
from capital.models import CommitmentCapital
from distributions.notices import write_distribution_notices
from distributions.queries.item import story_of_item
from distributions.services import distributions
from funds.models import Notice, NoticeDelivery
from funds.services.rendering import make_pdf
from tests.factories import ContactFactory
from tests.support.staging import staged

from .story import AT_EXIT, ExitStory

pytestmark = pytest.mark.django_db


@staged
def story():
    return ExitStory()


def words_of(notice) -> str:
    pages = PdfReader(BytesIO(make_pdf(notice).content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def notice_of(distribution, commitment) -> Notice:
    of_one = Notice.objects.filter(kind="distribution", subject_id=distribution.pk, commitment=commitment)
    return of_one.latest("version")


def unfunded_of(notice) -> tuple[Decimal, Decimal, Decimal]:
    """Before, this distribution, after."""
    row = notice.facts["position"][-1]
    assert row["label"] == "Unfunded commitment, once this is paid out"
    return Decimal(row["before"]), Decimal(row["this"]), Decimal(row["after"])


def test_everybody_who_gets_something_is_written_to(story):
    distribution = story.issue_exit()
    written = Notice.objects.filter(kind="distribution", subject_id=distribution.pk)
    numbers = [f"{distribution.fund.code}-DN1-{reference}" for reference in ("0001", "0002", "0003", "GP")]
    assert sorted(written.values_list("number", flat=True)) == numbers


def test_the_letter_tells_its_reader_what_it_gets_and_why():
    story = ExitStory(scope="per_investor")
    partner = story.partners[0]
    distribution = story.issue_exit(source="Sale of ABC Manufacturing")
    item = distribution.items.get(commitment=partner)
    letter = words_of(notice_of(distribution, partner))
    assert "Distribution notice" in letter
    assert "Sale of ABC Manufacturing" in letter
    for amount in (item.net_amount, item.return_of_capital, item.preferred_return, item.profit_share):
        assert f"${amount:,.2f}" in letter
    assert "Carried interest borne by your share" in letter
    assert "It went through these steps on its own" in letter
    assert story.partners[1].investor.name not in letter


def test_before_and_after_differ_by_this_distribution(story):
    story.issue_exit("100000.00")
    second = story.issue_exit("50000.00")
    rows = {row["label"]: row for row in notice_of(second, story.partners[0]).facts["position"]}
    distributed = rows["Declared (cumulative)"]
    assert Decimal(distributed["after"]) - Decimal(distributed["before"]) == Decimal(distributed["this"])


def test_excess_capital_is_told_as_such(story):
    excess = story.issue_exit("35000.00", type="RETURN_OF_EXCESS_CAPITAL")
    letter = words_of(notice_of(excess, story.partners[0]))
    assert "Return of excess capital" in letter
    assert "Restores your unfunded commitment once it is paid" in letter
    assert "Amount payable to you" in letter
    assert "account we hold" not in letter


def test_unfunded_before_and_after_are_those_of_the_books(story):
    partner = story.partners[0]
    before = CommitmentCapital.objects.get(commitment=partner).unfunded
    excess = story.issue_exit("35000.00", type="RETURN_OF_EXCESS_CAPITAL")
    item = excess.items.get(commitment=partner)
    row = unfunded_of(notice_of(excess, partner))
    assert row == (before, item.recallable_amount, before + item.recallable_amount)

    story.pay_out(excess)
    assert CommitmentCapital.objects.get(commitment=partner).unfunded == row[2]
    ctx = WriteContext(story.manager, AT_EXIT)
    with opened(ctx):
        write_distribution_notices(distribution=excess, ctx=ctx, change_note="Again.")
    assert unfunded_of(notice_of(excess, partner)) == row


def test_the_page_of_a_part_tells_what_went_to_this_partner_alone(story):
    distribution = story.issue_exit()
    story.pay_out(distribution)
    item = distribution.items.order_by("pk").first()
    (payout,) = [told for told in story_of_item(item) if told.what == "recorded a payout"]
    (change,) = payout.changes
    assert (change.label, change.new) == ("Paid out", format_money(item.gross_amount, "USD"))


def test_letters_are_mailed_once_and_withdrawn_with_a_cancellation(story):
    for partner in [*story.partners, story.gp]:
        ContactFactory(investor=partner.investor)
    distribution = story.issue_exit()
    send = {"distribution_id": distribution.pk, "ctx": WriteContext(story.manager, AT_EXIT)}
    assert distributions.send_notices(**send) == 4
    assert distributions.send_notices(**send) == 0
    distributions.cancel_distribution(
        distribution_id=distribution.pk, reason="Sale fell through", ctx=WriteContext(story.manager, AT_EXIT)
    )
    assert set(NoticeDelivery.objects.values_list("state", flat=True)) == {"failed"}


def test_the_queries_do_not_grow_with_the_partners():
    def queries(committed):
        story = ExitStory(committed=committed)
        draft = story.draft_exit()
        with CaptureQueriesContext(connection) as ran:
            distributions.issue_distribution(
                distribution_id=draft.pk, ctx=WriteContext(story.manager, AT_EXIT)
            )
        return len(ran)

    assert queries(("1250000.00",)) == queries(("250000.00",) * 5)
