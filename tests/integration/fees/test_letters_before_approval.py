"""The letters of a fee run before it is approved: as they will be issued, with their working, and nothing written."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from blackgem.lib.errors import Conflict
from blackgem.models import AuditEvent
from capital.models import CapitalCall
from fees.services import runs
from fees.services.rehearsal import rehearsed_letters
from funds.models import FundMembership, Notice
from funds.services.rendering import letter_html
from tests.factories import BankDetailsFactory, MembershipFactory, UserFactory
from tests.integration.fees.story import BEGAN, FeeStory
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
#: Rows that the letter names are others once it is written.
_IDS = ("item_id",)


def said(letter: Notice) -> tuple:
    facts = {name: value for name, value in letter.facts.items() if name not in _IDS}
    return letter.number, letter.version, letter.dated_on, facts


@pytest.mark.parametrize("currency", ["USD", "JPY"])
def test_a_run_shows_the_letters_that_it_then_issues(currency):
    story = FeeStory(four_eyes=True, currency=currency)
    BankDetailsFactory(fund=story.fund, verified_by=story.second)
    story.letter(story.partners[1], own_rate="0.015")
    run = story.ask(BEGAN, waived="1000")
    before = (CapitalCall.objects.count(), AuditEvent.objects.count(), Notice.objects.count())
    shown = rehearsed_letters(run_id=run.pk, ctx=story.on(BEGAN))
    assert (CapitalCall.objects.count(), AuditEvent.objects.count(), Notice.objects.count()) == before
    run.refresh_from_db()
    assert run.status == "pending"
    runs.approve_fee_run(run_id=run.pk, ctx=story.on(BEGAN, story.second))
    issued = list(Notice.objects.filter(subject_id=run.bill.call_id).order_by("number"))
    assert [said(one) for one in shown] == [said(one) for one in issued]
    assert [len(one.facts["fee"]["parts"]) for one in shown] == [1, 1, 1]
    for draft, letter in zip(shown, issued, strict=True):
        assert words(draft) == words(letter)
    assert rehearsed_letters(run_id=run.pk, ctx=story.on(BEGAN)) == []


def words(letter: Notice) -> str:
    """What is read in it, without what marks a draft, and names a letter."""
    text = " ".join(re.sub(r"<[^>]+>", " ", letter_html(letter).partition("<body")[2]).split())
    return re.sub(r"· (draft|id [0-9a-f-]{36})", "", text)


# As a browser asks, outside of any transaction: in a snapshot nothing can be tried.
@pytest.mark.django_db(transaction=True)
def test_who_approves_a_run_reads_every_letter_in_one_file(client):
    story = FeeStory(four_eyes=True)
    today = date.today()
    approver = story.second
    run = runs.request_fee_run(
        fund_id=story.fund.pk, due_on=today + timedelta(30), ctx=story.on(today - timedelta(1))
    )
    address = reverse("fees:run_drafts", args=[run.pk])
    for role, status in (("auditor", 200), ("analyst", 200), (None, 404)):
        user = UserFactory()
        if role:
            MembershipFactory(fund=story.fund, user=user, role=role)
        client.force_login(user)
        assert client.get(address).status_code == status
    client.force_login(approver)
    for page in (reverse("fees:run", args=[run.pk]), reverse("dashboard:approvals")):
        assert address in client.get(page).content.decode()
    file = PdfReader(BytesIO(b"".join(client.get(address).streaming_content)))
    read = " ".join(page.extract_text() for page in file.pages)
    assert all("Draft" in page.extract_text() for page in file.pages)
    assert read.count("How your management fee was worked out") == 3
    taken = AuditEvent.objects.latest("pk")
    assert (taken.actor, taken.verb) == (story.second, "open_document")
    by_api = f"/api/fee-runs/{run.pk}/notice-pdf"
    drafts = PdfReader(BytesIO(b"".join(client.get(f"{by_api}?stage=draft").streaming_content)))
    assert [page.extract_text() for page in drafts.pages] == [page.extract_text() for page in file.pages]
    assert AuditEvent.objects.filter(verb="open_document").count() == 4
    assert refusal(client.get(by_api)) == (409, "notice.none")
    story.letter(story.partners[0], on=BEGAN, own_rate="0.01")
    refused = client.get(address)
    assert (refused.status_code, "has changed since it was asked for" in text_of(refused)) == (409, True)
    assert client.get(f"{by_api}?stage=draft").status_code == 409
    runs.reject_fee_run(run_id=run.pk, ctx=story.on(today - timedelta(1), approver))
    assert refusal(client.get(f"{by_api}?stage=draft")) == (409, "notice.none")


def refusal(response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_without_a_second_person_there_is_nothing_to_approve_and_no_letter():
    story = FeeStory(four_eyes=True)
    run = story.ask(BEGAN)
    FundMembership.objects.filter(fund=story.fund).exclude(user=story.manager).delete()
    with pytest.raises(Conflict, match="second manager"):
        rehearsed_letters(run_id=run.pk, ctx=story.on(BEGAN))
