"""Letters before anything is issued: each reads as it will be issued, is marked as a draft, and nothing is written."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from blackgem.lib import pdf
from blackgem.lib.context import WriteContext
from blackgem.models import AuditEvent
from capital import notices as of_calls
from capital.models import CapitalCall
from capital.queries.checks import checks_of_call
from capital.services import calls
from capital.services.plans import LinePlan
from capital.services.settlements import settle_residual
from distributions import notices as of_distributions
from distributions.services import distributions
from funds.models import Notice, NoticeRendering
from funds.services.funds import change_fund
from tests.factories import BankDetailsFactory, MembershipFactory, UserFactory
from tests.integration.capital.story import NOW, TODAY, Story
from tests.integration.distributions.story import AT_EXIT, ExitStory
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
AFTER = NOW + timedelta(minutes=1)


def written(subject) -> dict:
    """By item: number, day and facts of the letter that was issued."""
    kind = "capital_call" if isinstance(subject, CapitalCall) else "distribution"
    return {one.item_id: said(one) for one in Notice.objects.filter(kind=kind, subject_id=subject.pk)}


def said(letter) -> tuple:
    return letter.number, letter.version, letter.dated_on, letter.facts


def drafts(of, subject, at) -> dict:
    """One by one, which is what all of them together say."""
    letters = [of.draft_of_letter(subject, item.pk, at=at) for item in subject.items.all()]
    together = of.drafts_of_letters(subject, at=at)
    assert [said(one) for one in letters if one] == [said(one) for one in together]
    assert not Notice.objects.filter(kind=letters[0].kind, subject_id=subject.pk).exists()
    return {letter.item_id: said(letter) for letter in letters if letter}


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_a_call_previews_the_letters_that_it_then_issues(currency):
    """With lines within and outside the commitment, an excuse, an amount by hand, and earlier calls partly paid."""
    told = Story(("600000.00", "300000.00", "100000.00", "50000.00"), currency=currency)
    change_fund(fund_id=told.fund.pk, fields={"residual_limit": "10"}, ctx=WriteContext(told.manager, NOW))
    BankDetailsFactory(fund=told.fund, verified_by=told.manager)
    told.pay(told.issued("210000.00"), "210000.00")
    second = told.issued("105000.00").items.order_by("pk")
    told.pay_item(second[0], "10000.00")
    told.pay_item(second[1], second[1].amount - 7)
    settle_residual(
        item_id=second[1].pk,
        kind="carried",
        effective_on=TODAY,
        reason="Charges",
        ctx=WriteContext(told.manager, AFTER),
    )
    allocation = told.allocate("400000.00")
    lines = (
        LinePlan("investment", Decimal(90000), allocation_id=allocation.pk),
        LinePlan("management_fee", Decimal(10000)),
        LinePlan("subsequent_close_interest", Decimal(1000), reduces_unfunded=False),
    )
    items = [told.excuse(told.partners[1]), told.by_hand(told.partners[2], "5001")]
    call = told.draft("101000", lines=lines, items=items, due_date=date(2026, 4, 15))
    expected = drafts(of_calls, call, AFTER)
    calls.issue_call(call_id=call.pk, ctx=WriteContext(told.manager, AFTER))
    assert expected == written(call)
    assert len(expected) == 4
    assert [facts["carried"][0]["number"] for *_, facts in expected.values() if "carried" in facts] == [2]


@pytest.mark.parametrize(
    ("currency", "scope", "changes"),
    [
        ("USD", "aggregate", {"withhold": "1234.56", "recallable": True}),
        ("USD", "per_investor", {"type": "RETURN_OF_EXCESS_CAPITAL"}),
        ("JPY", "per_investor", {"withhold": "1234", "recallable": True}),
    ],
)
def test_a_distribution_previews_the_letters_that_it_then_issues(currency, scope, changes):
    story = ExitStory(scope=scope, currency=currency)
    story.issue_exit("40000.00")
    withheld = (
        {"withholding": {story.partners[0].pk: Decimal(changes.pop("withhold"))}}
        if "withhold" in changes
        else {}
    )
    amount = "35000" if "type" in changes else "500000"
    draft = story.draft_exit(amount, source="Sale", **changes, **withheld)
    expected = drafts(of_distributions, draft, AT_EXIT)
    distributions.issue_distribution(distribution_id=draft.pk, ctx=WriteContext(story.manager, AT_EXIT))
    assert expected == written(draft)
    assert any(Decimal(facts["withheld"]) for *_, facts in expected.values()) == bool(withheld)
    assert any(Decimal(facts["recallable"]) for *_, facts in expected.values())


def test_whoever_sees_a_draft_sees_its_letters_marked_as_drafts(client):
    told = Story()
    call = told.draft("100000.00", items=[told.excuse(told.partners[2])])
    first, _, excused = call.items.order_by("commitment__reference")
    address = reverse("capital:item_preview", args=[call.pk, first.pk])
    for role, status in (("analyst", 200), ("manager", 200), (None, 404)):
        user = UserFactory()
        if role:
            MembershipFactory(fund=told.fund, user=user, role=role)
        client.force_login(user)
        assert client.get(address).status_code == status
    client.force_login(told.manager)
    found = client.get(address)
    assert f"{told.fund.code}-CC1-0001-draft.pdf" in found["Content-Disposition"]
    by_api = client.get(f"/api/capital-calls/{call.pk}/notice-pdf?itemId={first.pk}&stage=draft")
    assert PdfReader(BytesIO(by_api.content)).metadata.title.startswith("DRAFT: ")
    letters = f"/api/capital-calls/{call.pk}/notice-pdf"
    for asked in (f"?itemId={excused.pk}&stage=draft", f"?itemId={excused.pk}", f"?itemId={first.pk}", ""):
        refused = client.get(letters + asked)
        assert (refused.status_code, refused.json()["code"]) == (409, "notice.none")
    letter = PdfReader(BytesIO(found.content))
    assert letter.metadata.title.startswith("DRAFT: ")
    assert all("Draft" in page.extract_text() for page in letter.pages)
    assert address in client.get(reverse("capital:call", args=[call.pk])).content.decode()
    assert address in client.get(reverse("capital:item", args=[call.pk, first.pk])).content.decode()
    refused = client.get(reverse("capital:item_preview", args=[call.pk, excused.pk]))
    assert (refused.status_code, "gets no letter" in text_of(refused)) == (409, True)
    assert not Notice.objects.exists()
    assert not NoticeRendering.objects.exists()
    told.issue(call)
    assert client.get(address).headers["Location"] == reverse("capital:item_notice", args=[call.pk, first.pk])
    coming, never = (client.get(f"{letters}?itemId={item.pk}").json() for item in (first, excused))
    assert (coming["code"], never["code"]) == ("notice.not_ready", "notice.none")


def test_a_letter_that_could_not_be_made_is_refused_before_issue(client, monkeypatch):
    told = Story()
    call = told.draft("100000.00")
    monkeypatch.setattr(pdf, "LONGEST_HTML", 100)
    client.force_login(told.manager)
    refused = client.get(reverse("capital:item_preview", args=[call.pk, call.items.first().pk]))
    assert (refused.status_code, "at most 100 are printed" in text_of(refused)) == (409, True)


def test_a_distributions_letters_are_seen_until_it_is_issued(client):
    story = ExitStory()
    draft = story.draft_exit()
    item = draft.items.get(commitment=story.partners[0])
    address = reverse("distributions:item_preview", args=[draft.pk, item.pk])
    client.force_login(story.manager)
    by_api = f"/api/distributions/{draft.pk}/notice-pdf?itemId={item.pk}&stage=draft"
    for way in (address, by_api):
        assert PdfReader(BytesIO(client.get(way).content)).metadata.title.startswith("DRAFT: ")
    assert address in client.get(reverse("distributions:distribution", args=[draft.pk])).content.decode()
    assert address in client.get(reverse("distributions:item", args=[draft.pk, item.pk])).content.decode()


def test_two_partners_of_a_line_are_a_warning_until_letters_show_no_totals():
    told = Story(("600000.00", "300000.00", "100000.00"))
    lines = (LinePlan("investment", Decimal(90000)), LinePlan("other", Decimal(10000)))
    call = told.draft("100000.00", lines=lines, items=[told.excuse(told.partners[2], line=1)])

    def warned():
        return "check.totals_of_two" in [one.code for one in checks_of_call(call, at=NOW)]

    assert warned()
    change_fund(fund_id=told.fund.pk, fields={"partner_totals": "none"}, ctx=WriteContext(told.manager, NOW))
    call.fund.refresh_from_db()
    assert not warned()
    more = change_fund(
        fund_id=told.fund.pk, fields={"partner_totals": "all"}, ctx=WriteContext(told.manager, NOW)
    )
    event = AuditEvent.objects.filter(verb="change_fund").latest("pk")
    assert (event.changes, event.actor) == ({"partner_totals": ["none", "all"]}, told.manager)
    assert more.partner_totals == "all"


def test_who_approves_reads_every_letter_in_one_file(client):
    """Drawn while it is sent, each letter after the other; on record; nothing is written."""
    told = Story(four_eyes=True)
    call = told.draft()
    calls.submit_call(call_id=call.pk, ctx=WriteContext(told.manager, NOW))
    page = reverse("capital:call_previews", args=[call.pk])
    client.force_login(told.second)
    assert page in client.get(reverse("dashboard:approvals")).content.decode()
    file = PdfReader(BytesIO(b"".join(client.get(page).streaming_content)), strict=True)
    names = [one.investor.name for one in told.partners]
    assert [entry.title.partition(" ")[2] for entry in file.outline] == names
    first = [file.get_destination_page_number(entry) for entry in file.outline]
    for name, number in zip(names, first, strict=True):
        text = file.pages[number].extract_text()
        assert name in text
        assert "DRAFT" in text
        assert not any(other in text for other in names if other != name)
    assert not Notice.objects.exists()
    assert AuditEvent.objects.filter(verb="open_document", fund_id=told.fund.pk).exists()
    told.approve(call)
    assert client.get(page).status_code == 302
