"""The letters of a closing before it is settled: what each partner would be written, while nothing is."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from blackgem.lib.errors import Conflict
from blackgem.models import AuditEvent
from capital.models import CapitalCall, LineChange
from closings.models import Refund
from closings.services import closings
from closings.services.rehearsal import rehearsed_letter
from funds.models import FundMembership, Notice
from tests.factories import BankDetailsFactory, MembershipFactory, UserFactory
from tests.integration.closings.story import ClosingStory

pytestmark = pytest.mark.django_db

HELD_ON, PAY_ON = date(2026, 7, 1), date(2026, 7, 20)
#: Rows that the letter names are others once it is written.
_IDS = ("commitment_id", "item_id")


def drafted(**options):
    """A draft by which C comes in; who else could approve it is `second`."""
    story = ClosingStory(**options)
    BankDetailsFactory(fund=story.fund, verified_by=story.second)
    story.first_two_calls()
    plan = story.plan(HELD_ON, PAY_ON, story.newcomer("C", "4000000.00", ("16888.89", date(2026, 1, 15))))
    return story, closings.draft_closing(plan=plan, ctx=story.ctx(HELD_ON))


def said(notice: Notice) -> dict:
    facts = {name: value for name, value in notice.facts.items() if name not in _IDS}
    return facts | {"number": notice.number, "kind": notice.kind, "version": notice.version}


def investors_of(story, closing) -> list[int]:
    return [
        *closing.tranches.values_list("investor", flat=True),
        *(one.investor_id for one in story.partners),
    ]


@pytest.mark.parametrize("four_eyes", [False, True])
def test_a_draft_shows_the_letters_as_they_will_go_out_and_writes_nothing(four_eyes):
    story, draft = drafted(four_eyes=four_eyes)
    events, letters = AuditEvent.objects.count(), Notice.objects.count()
    shown = {
        one: said(rehearsed_letter(closing_id=draft.pk, investor_id=one, ctx=story.ctx(HELD_ON)))
        for one in investors_of(story, draft)
    }
    draft.refresh_from_db()
    assert (draft.status, draft.call, draft.inputs_sha256) == ("draft", None, "")
    assert not Refund.objects.exists()
    assert not LineChange.objects.exists()
    counts = (CapitalCall.objects.count(), AuditEvent.objects.count(), Notice.objects.count())
    assert counts == (2, events, letters)
    closing = closings.submit_closing(closing_id=draft.pk, ctx=story.ctx(HELD_ON))
    if four_eyes:
        # Whoever submitted it reads on; the letters are those that another will approve.
        again = rehearsed_letter(
            closing_id=draft.pk, investor_id=story.partners[0].investor_id, ctx=story.ctx(HELD_ON)
        )
        assert said(again) == shown[story.partners[0].investor_id]
        closing = closings.settle_closing(closing_id=draft.pk, ctx=story.ctx(HELD_ON, story.second))
    written = Notice.objects.filter(kind="refund") | Notice.objects.filter(subject_id=closing.call_id)
    found = {one.commitment.investor_id: said(one) for one in written.select_related("commitment")}
    assert found == shown
    with pytest.raises(Conflict, match="written already"):
        rehearsed_letter(closing_id=draft.pk, investor_id=1, ctx=story.ctx(HELD_ON))


def test_without_a_second_person_there_is_nothing_to_approve_and_no_letter():
    story, draft = drafted(four_eyes=True)
    FundMembership.objects.filter(fund=story.fund).exclude(user=story.manager).delete()
    with pytest.raises(Conflict, match="second manager"):
        rehearsed_letter(
            closing_id=draft.pk, investor_id=story.partners[0].investor_id, ctx=story.ctx(HELD_ON)
        )


# As a browser asks, outside of any transaction: in a snapshot nothing can be tried.
@pytest.mark.django_db(transaction=True)
def test_whoever_sees_the_draft_sees_its_letters_marked_as_drafts(client):
    story, draft = drafted()
    refund, asks = (
        reverse("closings:letter_preview", args=[draft.pk, one])
        for one in (story.partners[0].investor_id, draft.tranches.get().investor_id)
    )
    for role, status in (("auditor", 200), ("analyst", 200), (None, 404)):
        user = UserFactory()
        if role:
            MembershipFactory(fund=story.fund, user=user, role=role)
        client.force_login(user)
        assert client.get(refund).status_code == status
    client.force_login(story.manager)
    code, reference = story.fund.code, story.partners[0].reference
    for address, name in ((refund, f"{code}-RN2-{reference}-draft.pdf"), (asks, f"{code}-CC3-")):
        found = client.get(address)
        assert name in found["Content-Disposition"]
        letter = PdfReader(BytesIO(found.content))
        assert letter.metadata.title.startswith("DRAFT: ")
        assert all("Draft" in page.extract_text() for page in letter.pages)
        figures = client.get(reverse("closings:closing_figures", args=[draft.pk])).content.decode()
        assert address in figures
    assert client.get(reverse("closings:letter_preview", args=[draft.pk, 999_999])).status_code == 409
    together = reverse("closings:letter_previews", args=[draft.pk])
    assert together in client.get(reverse("closings:closing", args=[draft.pk])).content.decode()
    file = PdfReader(BytesIO(b"".join(client.get(together).streaming_content)))
    titles = [one.title for one in file.outline]
    assert [f"{code}-RN2" in titles[0], f"{code}-CC3-" in titles[-1]] == [True, True]
    assert len(titles) == len(story.partners) + draft.tranches.count()
    assert all("Draft" in page.extract_text() for page in file.pages)
    by_api = f"/api/closings/{draft.pk}/notice-pdf"
    drafts = PdfReader(BytesIO(b"".join(client.get(f"{by_api}?stage=draft").streaming_content)))
    assert [one.title for one in drafts.outline] == titles
    assert client.get(by_api).status_code == 409
    assert not Notice.objects.filter(kind=Notice.Kind.REFUND, subject_id=draft.pk).exists()
    closings.submit_closing(closing_id=draft.pk, ctx=story.ctx(HELD_ON))
    for address in (refund, together):
        assert client.get(address).headers["Location"] == reverse("closings:closing", args=[draft.pk])
