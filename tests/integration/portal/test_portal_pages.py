"""The investors' pages: what is due and how to pay, what came, every letter; and looked at by a manager."""

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.models import AuditEvent
from capital.services import calls as services
from funds.models import NoticeReading, NoticeRendering
from tests.access.world import World
from tests.factories import CommitmentFactory, FundFactory, MembershipFactory, set_by_two
from tests.integration.capital.story import NOW
from tests.integration.funds.reading import text_of
from tests.integration.notices.letters import render_all
from tests.support.staging import staged

pytestmark = pytest.mark.django_db


@staged
def world():
    world = World.make()
    assert world.ids
    return world


@pytest.fixture
def own(world):
    """The ids of investor A."""
    return world.ids_of("lp_a")


@pytest.fixture
def investor(client, world):
    client.force_login(world.people["lp_a"])
    return client


def test_home_says_what_is_due_and_what_was_sent(investor, world):
    set_by_two(world.story.fund, four_eyes=False)
    world.story.issued("1000.00")
    page = text_of(investor.get("/portal/"))
    assert world.story.fund.name in page
    assert "Due from you" in page
    assert "DN1-0001" in page


def test_home_says_what_came_back_of_what_was_paid_in(investor, world):
    account = world.story.partners[0].capital
    dpi = round(account.distributed / account.paid, 2)
    assert dpi > 1
    page = text_of(investor.get("/portal/"))
    assert f"{dpi}×" in page


def test_a_call_says_how_to_pay_once_its_letter_was_sent(investor, world, own, quick):
    response = investor.get(reverse("portal:call", args=[own["call_item"]]))
    page = text_of(response)
    assert "How to pay" not in page  # all of it was paid
    set_by_two(world.story.fund, four_eyes=False)
    call = world.story.issued("1000.00")
    item = call.items.get(commitment=world.story.partners[0])
    address = reverse("portal:call", args=[item.public_id])
    page = text_of(investor.get(address))
    assert "Called from you" in page
    assert "Please pay nothing before" in page
    for of_a_letter in ("First Republic Trust", f"CC{call.number}-0001", "Where the money goes"):
        assert of_a_letter not in page
    services.send_notices(call_id=call.pk, ctx=WriteContext(world.story.manager, NOW))
    NoticeRendering.objects.filter(notice__document__isnull=False).delete()
    render_all()
    page = text_of(investor.get(address))
    assert "First Republic Trust" in page
    assert f"CC{call.number}-0001" in page
    assert "000123456789" in page


def test_a_distribution_says_what_it_is_made_of(investor, own):
    page = text_of(investor.get(reverse("portal:distribution", args=[own["distribution_item"]])))
    assert "Capital that was paid in comes back first" in page
    assert "Return of capital" in page


def test_a_letter_is_acknowledged_once_and_its_manager_sees_it(investor, world, own, client):
    path = reverse("portal:acknowledge", args=[own["notice"]])
    for _ in range(2):
        assert investor.post(path).status_code == 302
    reading = NoticeReading.objects.get(deed="acknowledged")
    assert (reading.notice_id, reading.by) == (own["notice_id"], world.people["lp_a"])
    assert AuditEvent.objects.filter(verb="acknowledge_notice").count() == 1
    assert "Acknowledged on" in text_of(investor.get(reverse("portal:document", args=[own["notice"]])))
    client.force_login(world.story.manager)
    page = text_of(client.get(reverse("capital:item", args=[own["call_id"], own["item_id"]])))
    assert f"Acknowledged by {world.people['lp_a']}" in page
    assert "acknowledged the notice" in page


def test_who_opens_a_letter_is_written_down(investor, own, world):
    response = investor.get(reverse("portal:document_pdf", args=[own["notice"]]))
    assert response["Content-Type"] == "application/pdf"
    reading = NoticeReading.objects.get()
    assert (reading.deed, reading.by) == ("opened", world.people["lp_a"])


def test_a_mail_leads_through_the_sign_in_to_its_document(client, world, own):
    path = reverse("portal:document", args=[own["notice"]])
    assert client.get(path)["Location"] == f"/sign-in/?next={path}"


# ---------------------------------------------------------------- as an investor


@pytest.fixture
def looking(client, world, own):
    """A manager's browser, looking as investor A."""
    client.force_login(world.story.manager)
    assert client.post(reverse("portal:view_as", args=[own["commitment_id"]]))["Location"] == "/portal/"
    return client


def test_a_manager_sees_what_the_investor_sees_marked_on_every_page(looking, world, own):
    name, other = (world.story.partners[number].investor.name for number in (0, 1))
    for address in (
        "/portal/",
        "/portal/calls/",
        f"/portal/calls/{own['call_item']}/",
        "/portal/payments/",
        "/portal/distributions/",
        f"/portal/distributions/{own['distribution_item']}/",
        "/portal/documents/",
        f"/portal/documents/{own['notice']}/",
        "/portal/profile/",
        "/portal/statement/",
    ):
        page = text_of(looking.get(address))
        assert f"You see the portal as {name}" in page, address
        assert "Back to your own pages" in page
        assert other not in page, address


def test_looking_changes_nothing_and_leaves_no_trace_but_its_own(looking, own):
    assert looking.post(reverse("portal:acknowledge", args=[own["notice"]])).status_code == 403
    assert looking.post("/portal/").status_code == 403
    assert looking.get(reverse("portal:document_pdf", args=[own["notice"]])).status_code == 200
    assert not NoticeReading.objects.exists()


def test_it_is_audited_and_ends(looking, world):
    looking.post(reverse("portal:stop_viewing"))
    verbs = list(AuditEvent.objects.order_by("-pk").values_list("verb", "actor")[:2])
    manager = world.story.manager.pk
    assert verbs == [("stop_viewing_as_investor", manager), ("view_as_investor", manager)]
    assert "You see the portal as" not in text_of(looking.get("/portal/"))


def test_it_ends_with_the_right_to_it(looking, world):
    MembershipFactory(fund=world.story.fund)
    world.story.fund.memberships.filter(user=world.story.manager).update(role="analyst")
    page = text_of(looking.get("/portal/"))
    assert "You see the portal as" not in page
    assert world.story.partners[0].investor.name not in page


def test_an_investors_other_funds_stay_its_own(looking, world):
    CommitmentFactory(fund=FundFactory(name="Elsewhere"), investor=world.story.partners[0].investor)
    for address in ("/portal/", "/portal/statement/", "/portal/calls/"):
        assert "Elsewhere" not in text_of(looking.get(address))
