"""K72, K74, K142: what each of the two reads of a transfer, and what nobody else does."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.utils import timezone

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError
from capital.models import Payment
from capital.services import calls
from closings.services.transfers import Agreed, request_transfer
from distributions.services import distributions
from funds.models import Fund, Notice
from tests.access.routes import Route, Visitor, routes
from tests.access.test_own_part import words_of
from tests.access.test_walk import read_table, row_of
from tests.access.world import PEOPLE
from tests.factories import CommitmentFactory, ContactFactory, FundFactory, InvestorFactory, UserFactory
from tests.integration.closings.transfer_story import MOVED_ON, TransferStory, at
from tests.integration.notices.letters import deliver_all, render_all
from tests.support.api import token_of

pytestmark = pytest.mark.django_db

GIVER, TAKER, PAPER, PRICE = (
    "Zephyr Holdings of Basel",
    "Quorum Estates of Turin",
    "Deed of Lugano",
    "1234567.89",
)
#: They describe the API, with recorded examples, or are those of administrators.
ELSEWHERE = ("api/openapi.json", "api/docs", "admin/", "manual/", "static/")


class Two:
    """A fund that called, was paid and paid out, of which a third moved from one partner to another, with a third of
    what was owed of a second call; with contacts of both and one who is a stranger. What `Visitor` asks of a world."""

    def __init__(self, *, named=False):
        self.story = story = TransferStory()
        self.people = {}
        sides = {"giver": (story.first, GIVER), "taker": (story.newcomer, TAKER)}
        for who, (partner, name) in sides.items():
            partner.investor.name = name
            partner.investor.save()
            self.people[who] = ContactFactory(investor=partner.investor, user=UserFactory()).user
        self.people["stranger"] = UserFactory()
        FundFactory(manager=self.people["stranger"])
        story.paid_call(date(2026, 2, 16), ("investment", "90000.00", "D1"))
        story.paid_out(date(2026, 6, 10), "30000.00", "D1", recallable=True)
        story.paid_call(date(2026, 6, 10), ("investment", "9000.00", "D1"), paid=False)
        ctx = WriteContext(story.manager, at(date(2026, 6, 11)))
        for call in story.fund.capital_calls.all():
            calls.send_notices(call_id=call.pk, confirmed=True, ctx=ctx)
        distributions.send_notices(distribution_id=story.fund.distributions.get().pk, ctx=ctx)
        render_all(at=ctx.at)
        deliver_all(at=ctx.at)
        self.transfer = story.transfer(
            agreed=Agreed(price=PRICE, note=PAPER, document=PAPER, parties_named=named), open_items="assumed"
        )
        render_all(at=timezone.now())
        deliver_all(at=timezone.now())
        story.paid_out(date(2026, 10, 5), "7777.77", "D1", recallable=True)
        self.tokens = {who: token_of(user) for who, user in self.people.items()}

    def ids(self, partner, call=1) -> dict:
        """Of a partner; with its part of the second call, or that of who transferred of the first."""
        story = self.story
        whose = partner if call == 2 else story.first
        item = story.fund.capital_calls.get(number=call).items.get(commitment=whose)
        paid = story.fund.distributions.earliest("pk").items.get(commitment=story.first)
        letter = Notice.objects.filter(commitment=whose, item_id=item.pk, kind="capital_call").latest(
            "version"
        )
        payment = Payment.objects.get()
        return {
            "fund_id": story.fund.pk,
            "fund": story.fund.public_id,
            "investor_id": partner.investor_id,
            "investor": partner.investor.public_id,
            "commitment_id": partner.pk,
            "commitment": partner.public_id,
            "call_id": item.call_id,
            "item_id": item.pk,
            "distribution_id": paid.distribution_id,
            "distribution_item_id": paid.pk,
            "call_item": item.public_id,
            "call_part_id": item.public_id,
            "distribution_item": paid.public_id,
            "distribution_part_id": paid.public_id,
            "payment_id": payment.pk,
            "payout_id": paid.payouts.get().pk,
            "notice": letter.public_id,
            "letter_id": letter.public_id,
            "notice_id": letter.pk,
            "transfer_id": self.transfer.pk,
            "deal_id": story.deal("D1").deal_id,
            "allocation_id": story.deal("D1").pk,
            "form": "csv",
            "page": "glossary",
        }


def readings(ids) -> list[Route]:
    """Every address at which something is read and whose ids the two have."""
    return [
        one
        for one in routes()
        if one.verb == "GET"
        and not one.path.startswith(ELSEWHERE)
        and all(one.meaning(name) in ids for name in one.arguments)
    ]


def is_investors(route: Route) -> bool:
    """Whether anything is there for an investor, of its own or of others: what is not, `test_walk.py` asks for."""
    told = dict(zip(PEOPLE, row_of(read_table(), route), strict=True))
    return not {told["lp_a"], told["lp_b"]} <= {"404", "405"}


def test_each_reads_its_own_and_nobody_the_other_one():
    """Every page, file and answer, by the ids of the transferor and by those of the transferee."""
    world = Two()
    investors = {route for route in readings(world.ids(world.story.first)) if is_investors(route)}
    # What was paid out since is each one's own part: two thirds, and one.
    since = ("5,185.18", "5185.18"), ("2,592.59", "2592.59")
    for who, own, foreign in (
        ("giver", GIVER, (TAKER, PAPER, "1,234,567.89", PRICE, *since[1], "DN2-NEW")),
        (
            "taker",
            TAKER,
            (GIVER, PAPER, "1,234,567.89", PRICE, "CC1-0001", "CC2-0001", *since[0], "DN1-0001"),
        ),
        ("stranger", None, (GIVER, TAKER, PAPER, PRICE)),
    ):
        visitor, read, asked = Visitor(world, who), [], set()
        sides = [(one, call) for one in (world.story.first, world.story.newcomer) for call in (1, 2)]
        for ids in (world.ids(*side) for side in sides):
            for route in filter(None if who == "stranger" else investors.__contains__, readings(ids)):
                once = (str(route), *(ids[route.meaning(name)] for name in route.arguments))
                if once in asked:
                    continue
                asked.add(once)
                answer = visitor.ask(route, ids)
                if answer.status_code != 200:
                    continue
                said = words_of(answer)
                read.append(said)
                for word in foreign:
                    assert word not in said, (who, str(route), word)
        assert own is None or any(own in said for said in read)
        assert who == "stranger" or any(since[who == "taker"][0] in said for said in read)
        if who != "stranger":
            line = "Acquired by transfer from another" if who == "taker" else "Transferred to another"
            assert any(f"{line} investor" in said for said in read)


def test_the_transferee_reads_no_letter_item_or_payment_of_before():
    """Of an open call that it assumed, its own part and letter, which the other one does not read."""
    world = Two()
    assumed = world.ids(world.story.newcomer, call=2)
    for path in ("portal/documents/<notice>/", "portal/documents/<notice>.pdf", "portal/calls/<call_item>/"):
        mine, theirs = (Visitor(world, who).ask(Route(path, "GET"), assumed) for who in ("taker", "giver"))
        assert (mine.status_code, theirs.status_code) == (200, 404), path
        assert "3,000.00" in " ".join(words_of(mine).split()), path
    giver, taker = (Visitor(world, who) for who in ("giver", "taker"))
    ids = world.ids(world.story.first)
    of_before = [
        "portal/documents/<notice>/",
        "portal/documents/<notice>.pdf",
        "portal/calls/<call_item>/",
        "portal/distributions/<distribution_item>/",
        "api/portal/letters/<letter_id>/pdf",
    ]
    known = {one.path for one in routes()}
    for path in of_before:
        assert path in known
        assert giver.ask(Route(path, "GET"), ids).status_code == 200, path
        assert taker.ask(Route(path, "GET"), ids).status_code == 404, path
    own = world.ids(world.story.newcomer)
    query = f"?commitment={own['commitment']}&inception=on"
    as_if = words_of(taker.ask(Route("portal/statement/", "GET"), own, query))
    assert "As if held since inception" in as_if
    assert "30,000.00" in as_if
    file = taker.ask(Route("portal/statement/export.<form>", "GET"), own).body.decode("utf-8-sig")
    words = [row[4] for row in csv.reader(StringIO(file)) if len(row) > 4]
    assert words.count("Transfer") == 2, file
    assert "Payment" not in words
    assert words.count("Payout") == 1, "its own, of what was paid out since"
    plain = " ".join(words_of(taker.ask(Route("portal/statement.pdf", "GET"), own)).split())
    assert "Acquired by transfer from another investor" in plain


def test_where_the_two_agreed_each_reads_the_others_name():
    world = Two(named=True)
    for who, partner, words in (
        ("giver", world.story.first, f"Transferred to {TAKER}"),
        ("taker", world.story.newcomer, f"Acquired by transfer from {GIVER}"),
    ):
        said = words_of(Visitor(world, who).ask(Route("portal/statement/", "GET"), world.ids(partner)))
        assert words in said
        assert PAPER not in said


def test_nobody_of_another_fund_gives_or_takes():
    story = TransferStory()
    elsewhere = CommitmentFactory(fund=FundFactory())
    unseen = InvestorFactory(created_by=UserFactory())
    ctx = WriteContext(story.manager, at(MOVED_ON))
    said = {"fund_id": story.fund.pk, "reason": "Sale", "numerator": 1, "denominator": 2, "ctx": ctx}
    for keys, code in (
        ({"transferor_id": elsewhere.pk, "transferee_id": story.newcomer.pk}, "commitment.not_found"),
        ({"transferor_id": story.first.pk, "transferee_id": elsewhere.pk}, "commitment.not_found"),
        ({"transferor_id": story.first.pk, "investor": unseen.pk}, "investor.unknown"),
        ({"transferor_id": story.first.pk}, "transferee.required"),
        ({**said, "fund_id": elsewhere.fund_id, "transferor_id": elsewhere.pk}, "not_found"),
    ):
        with pytest.raises(DomainError) as refused:
            request_transfer(**{**said, **keys})
        assert refused.value.code == code
    assert Fund.objects.filter(transfers__isnull=False).count() == 0
