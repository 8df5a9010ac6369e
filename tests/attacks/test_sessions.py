"""F8 and F9: a session that ends while one types, and what a session has to show before it binds a fund."""

import time
from urllib.parse import urlencode, urlsplit

import pytest
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import admin
from django.urls import reverse

from blackgem.identity.middleware import BEGAN_AT, SEEN_AT
from blackgem.lib import kept_forms
from capital.models import CapitalCall, PaymentReversal
from distributions.models import Distribution, PayoutReversal
from funds.models import BankDetails, Deal
from tests.access.routes import routes
from tests.access.world import World
from tests.factories import PASSWORD, AdminFactory, BankDetailsFactory, FundFactory, MembershipFactory
from tests.integration.attacks.unchanged import nothing_written
from tests.integration.funds.reading import text_of
from tests.integration.identity.conftest import App
from tests.support.api import problem
from tests.support.called import typed

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- F8: what was typed is not lost


@pytest.fixture
def at_work(client, world, settings):
    """A manager's browser, in front of a form."""
    settings.SESSION_IDLE_MINUTES = 15
    person = world.people["manager"]
    client.post(reverse("login"), {"login": person.email, "password": PASSWORD})
    assert client.get(reverse("funds:deal_new")).status_code == 200
    return client


def age(client, **minutes):
    """Make the session as if it had been seen, or begun, so long ago."""
    session = client.session
    session.update({key: time.time() - 60 * ago for key, ago in minutes.items()})
    session.save()


def come_back(client, person, answer):
    """Sign in where the answer leads, and follow to where that leads."""
    address = urlsplit(answer["Location"])
    assert (answer.status_code, address.path) == (302, "/sign-in/")
    back = address.query.removeprefix("next=")
    signed_in = client.post(reverse("login"), {"login": person.email, "password": PASSWORD, "next": back})
    assert signed_in.status_code == 302
    return client.get(signed_in["Location"])


DEAL = {"name_field": "Kestrel Freight", "description": "Three lines\nof text", "back": "x"}


@pytest.mark.parametrize(
    "ago", [{SEEN_AT: 16}, {BEGAN_AT: 12 * 60 + 1, SEEN_AT: 1}], ids=["idle", "twelve hours"]
)
def test_the_form_comes_back_with_what_was_typed(at_work, world, ago):
    age(at_work, **ago)
    answer = at_work.post(reverse("funds:deal_new"), DEAL)
    page = come_back(at_work, world.people["manager"], answer)
    assert page.request["PATH_INFO"] == reverse("funds:deal_new")
    assert 'value="Kestrel Freight"' in page.content.decode()
    assert "What you typed stands here again" in text_of(page)
    assert not Deal.objects.filter(name="Kestrel Freight").exists()
    assert "Kestrel" not in at_work.get(reverse("funds:deal_new")).content.decode()


def test_fourteen_minutes_are_none_too_many_and_work_does_not_lengthen_twelve_hours(at_work):
    age(at_work, **{SEEN_AT: 14})
    assert at_work.get("/funds/").status_code == 200
    age(at_work, **{BEGAN_AT: 12 * 60 - 1, SEEN_AT: 2})
    assert at_work.get("/funds/").status_code == 200
    age(at_work, **{BEGAN_AT: 12 * 60 + 1})
    assert at_work.get("/funds/")["Location"].startswith("/sign-in/")


def test_a_form_of_a_call_or_distribution_outlives_a_session(at_work, world):
    fund, partner = world.fund, world.partners[0]
    call = {"fund": fund.pk, "total_amount": "120000", "purpose": "Working capital", "do": "draft"}
    rows = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "excuses-TOTAL_FORMS": "0"}
    by_hand = {
        "excuses-INITIAL_FORMS": "0",
        f"amount-{partner.pk}": "51000.00",
        "shown": f"{partner.pk}=50000.00",
    }
    age(at_work, **{SEEN_AT: 16})
    page = come_back(
        at_work, world.people["manager"], at_work.post(reverse("capital:call_new"), call | rows | by_hand)
    )
    for value in ("120000", "Working capital", "51000.00"):
        assert f'value="{value}"' in page.content.decode()
    age(at_work, **{SEEN_AT: 16})
    cleaned = {"fund": fund.pk, "total_amount": "98765.00", "date": "2026-02-01", "source": "A dividend"}
    answer = at_work.post(reverse("distributions:distribution_new"), cleaned)
    page = come_back(at_work, world.people["manager"], answer)
    for value in ("98765.00", "A dividend"):
        assert f'value="{value}"' in page.content.decode()
    assert not CapitalCall.objects.exists()


def test_nobody_else_sees_it(at_work, world):
    age(at_work, **{SEEN_AT: 16})
    answer = at_work.post(reverse("funds:deal_new"), DEAL)
    page = come_back(at_work, world.people["second"], answer)
    assert "Kestrel" not in page.content.decode()
    at_work.post(reverse("logout"))
    at_work.post(reverse("login"), {"login": world.people["manager"].email, "password": PASSWORD})
    assert "Kestrel" not in at_work.get(reverse("funds:deal_new")).content.decode()


def test_a_button_alone_leads_back_to_its_page(at_work, world, trail):
    path = reverse("capital:call", args=[trail.draft()["id"]])
    for came_from, back in ((f"http://testserver{path}?x=1", path), ("http://evil.test/", "/"), ("", "/")):
        age(at_work, **{SEEN_AT: 16})
        answer = at_work.post(f"{path}submit/", {"back": "call"}, headers={"Referer": came_from})
        assert answer["Location"] == f"/sign-in/?next={back}"
        at_work.post(reverse("login"), {"login": world.people["manager"].email, "password": PASSWORD})


TYPED = {
    "name_field": "Kestrel Freight",
    "amount": "1.00",
    "total_amount": "100.00",
    "purpose": "x",
    "reason": "x",
    "value_date": "2026-01-01",
    "date": "2026-01-01",
    "paid_date": "2026-01-01",
    "effective_on": "2026-01-01",
    "closing_date": "2026-01-01",
    "as_of": "2026-01-01",
    "method_field": "wire",
    "email": "x@fund.example",
    "role_field": "analyst",
    "do": "issue",
}


def test_no_page_writes_what_it_gives_back(client):
    """Every page of the managers and investors is asked for with a form that was kept for it."""
    world = World.make()
    ids, manager = world.ids, world.people["manager"]
    given = 0
    client.force_login(manager)
    client.get("/")  # that somebody is there is written down once
    with nothing_written():
        for route in (route for route in routes() if route.verb == "GET"):
            if route.path.startswith(("api/", "admin/", "account/", "sign-", "password/", "invitations/")):
                continue
            path, session = route.address(ids), client.session
            session[kept_forms.KEPT] = {
                "user": manager.pk,
                "path": path,
                "fields": urlencode(TYPED | {"fund": ids["fund_id"]}),
            }
            session.save()
            client.get(path)
            given += kept_forms.KEPT not in client.session
    assert given > 60


def test_passwords_are_not_kept(at_work):
    age(at_work, **{SEEN_AT: 16})
    at_work.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "x"})
    assert PASSWORD not in str(dict(at_work.session))


def test_a_stranger_who_never_was_signed_in_leaves_nothing(client):
    client.post(reverse("funds:deal_new"), DEAL)
    assert "Kestrel" not in str(dict(client.session))


# ---------------------------------------------------------------- F9: what binds asks for a fresh second factor


@pytest.fixture
def demanded(settings, world):
    settings.SECOND_FACTOR_REQUIRED = True
    world.fund.four_eyes = True
    world.fund.save()


@pytest.fixture
def second(client, world, demanded):
    """The second manager with an app, signed in six minutes ago."""
    person = world.people["second"]
    phone = App(person)
    client.post(reverse("login"), {"login": person.email, "password": PASSWORD})
    for _ in range(2):  # the half minute may end between the telephone and the door
        if client.post(reverse("mfa_authenticate"), {"code": phone.code(seconds_ago=30)}).status_code == 302:
            break
    stale(client)
    return phone


def stale(client, minutes=6):
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 60 * minutes
    session.save()


@pytest.fixture
def waiting(world, trail):
    """A page's button for everything that binds, as (address, fields, whether it was done)."""
    path = f"/capital-calls/{trail.draft()['id']}"
    trail.api.made(f"{path}/submit", status=200)
    other = FundFactory(manager=world.people["second"])
    proposed = BankDetailsFactory(fund=other, verified_at=None, verified_by=None)
    MembershipFactory(fund=other, user=proposed.created_by)
    number = path.rsplit("/", 1)[1]
    bank = {"bank_name": "Second Bank", "account_name": "Fund", "account_number": "000987654321"}
    return {
        "call": (
            reverse("capital:call_approve", args=[number]),
            {},
            lambda: CapitalCall.objects.get(pk=number).status == "sent",
        ),
        "verify": (
            reverse("funds:bank_details_verify", args=[proposed.pk]),
            typed(proposed),
            lambda: BankDetails.objects.get(pk=proposed.pk).verified_at is not None,
        ),
        "bank": (
            reverse("funds:bank_details_new", args=[world.fund.pk]),
            bank | {"routing_number": "021000021"},
            lambda: BankDetails.objects.filter(bank_name="Second Bank").exists(),
        ),
    }


@pytest.mark.parametrize("what", ["call", "verify", "bank"])
def test_who_shows_the_factor_again_goes_on_where_it_was(client, second, waiting, what):
    address, fields, is_done = waiting[what]
    asked = client.post(address, fields)
    assert asked["Location"] == f"{reverse('mfa_reauthenticate')}?next={address.replace('/', '%2F')}"
    assert not is_done()
    answer = client.post(reverse("mfa_reauthenticate"), {"code": "000000", "next": address})
    assert (answer.status_code, is_done()) == (422, False)
    answer = client.post(reverse("mfa_reauthenticate"), {"code": second.code(), "next": address})
    assert (answer.status_code, is_done()) == (302, True)


def test_the_password_does_not_do(client, second, waiting):
    address, fields, is_done = waiting["call"]
    client.post(address, fields)
    again = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": address})
    assert again["Location"].startswith(reverse("mfa_reauthenticate"))
    assert not is_done()


def test_within_five_minutes_nobody_is_asked(client, second, waiting):
    stale(client, minutes=-2)
    address, fields, is_done = waiting["call"]
    assert client.post(address, fields).status_code == 302
    assert is_done()


def test_the_rest_goes_on_without(client, second, world):
    assert client.get("/approvals/").status_code == 200
    assert client.post(reverse("funds:deal_new"), {"name_field": "Kestrel Freight"}).status_code == 302


def test_the_api_refuses_the_session_and_trusts_the_token(client, second, world, waiting):
    call = waiting["call"][0].split("/")[2]
    with nothing_written():
        refused = client.post(
            f"/api/capital-calls/{call}/approve",
            "{}",
            content_type="application/json",
            headers={"X-CSRFToken": client.cookies["csrftoken"].value},
        )
        problem(refused, 403, "step_up_required")
    assert world.api("second").post(f"/capital-calls/{call}/approve").status_code == 200


REVERSALS = (
    "capital:reversal_approve",
    "distributions:distribution_approve",
    "distributions:payout_reversal_approve",
)


@pytest.mark.parametrize("name", REVERSALS)
def test_every_approval_asks(client, second, name):
    """Before it looks at what is to be approved, so that the answer tells nothing of it."""
    assert client.post(reverse(name, args=[1]))["Location"].startswith(reverse("mfa_reauthenticate"))


ACTIONS = {
    CapitalCall: "approve",
    PaymentReversal: "approve",
    Distribution: "approve",
    PayoutReversal: "approve",
}


def test_every_approval_in_the_admin_asks(client, demanded, world, trail):
    boss = AdminFactory()
    App(boss)
    client.force_login(boss)
    call = trail.draft()["id"]
    trail.api.made(f"/capital-calls/{call}/submit", status=200)
    cleaned = {"action": "approve", "_selected_action": [call]}
    answer = client.post(reverse("admin:capital_capitalcall_changelist"), cleaned)
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    assert CapitalCall.objects.get(pk=call).status == "pending_approval"


@pytest.mark.parametrize("model", ACTIONS)
def test_in_every_action_that_binds(client, rf, demanded, model):
    request = rf.post("/admin/")
    request.user, request.session = AdminFactory(), client.session
    with pytest.raises(ReauthenticationRequired):
        getattr(admin.site._registry[model], ACTIONS[model])(request, model.objects.none())
