"""No kind of page has a barrier: those that links lead to, those that only a form leads to, those of every state."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils import timezone
from django.utils.http import int_to_base36

from blackgem.admin_site import ReadOnlyAdmin
from blackgem.lib.context import WriteContext
from capital.services.calls import submit_call
from distributions.services.distributions import submit_distribution
from funds.models import Fund, Invitation
from funds.services.invitations import invite_contact
from tests.access.world import World
from tests.factories import PASSWORD, ContactFactory, FundFactory, UserFactory, set_by_two
from tests.functional.test_capital_in_browser import sign_in
from tests.integration.capital.story import NOW
from tests.integration.distributions.story import AT_EXIT
from tests.integration.identity.conftest import App
from tests.support.barriers import barriers
from tests.support.crawl import kinds_of_pages
from tests.support.opened import written

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    world = World.make()
    assert world.ids
    return world


@pytest.fixture
def context(browser, live_server):
    """A browser in which nothing moves, so that every colour is what it will be."""
    made = browser.new_context(base_url=live_server.url, reduced_motion="reduce")
    yield made
    made.close()


def barriers_at(page, *paths) -> dict:
    """path → what is wrong with it."""
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = barriers(page)
    return {path: faults for path, faults in found.items() if faults}


def barriers_from(page, *starts, among=()) -> dict:
    """kind of page → what is wrong with it, for every kind that links lead to, `among` which there are these."""
    found = {kind: barriers(page) for kind, _ in kinds_of_pages(page, *starts)}
    assert set(among) <= set(found)
    return {kind: faults for kind, faults in found.items() if faults}


# ---------------------------------------------------------------- the layouts


def test_managers_meet_none(page, context, live_server, world):
    sign_in(context, live_server, world.story.manager)
    starts = (f"/funds/{world.story.fund.pk}/", "/")
    assert barriers_from(page, *starts, among=("questions", "questions-N", "commitments-N-event")) == {}


@pytest.mark.deep
def test_managers_meet_no_barrier_in_any_state(page, context, live_server, world):
    """What the crawl saw one of, in its other states: drafts, waiting for a second person, cancelled, to be paid."""
    story, people = world.story, {"ctx": WriteContext(world.story.manager, AT_EXIT)}
    set_by_two(story.fund, four_eyes=False)
    unpaid = story.issue_exit("1000.00")
    with written():
        Fund.objects.update(four_eyes=True)
    draft, cancelled = story.draft("100.00", items=[story.excuse(story.partners[0])]), story.draft("200.00")
    waiting = submit_call(call_id=story.draft("300.00").pk, **people)
    story.cancel(cancelled)
    cash = story.receive("70.00")
    payable, planned = story.draft_exit("500.00"), story.draft_exit("700.00")
    submit_distribution(distribution_id=payable.pk, **people)
    calls = {one: reverse("capital:call", args=[one.pk]) for one in (waiting, cancelled, draft)}
    paths = [
        *calls.values(),
        *(f"{calls[draft]}{verb}/" for verb in ("edit", "delete")),
        f"{calls[waiting]}cancel/",
        *(reverse("distributions:distribution", args=[one.pk]) for one in (payable, planned, unpaid)),
        *(reverse(f"distributions:distribution_{verb}", args=[planned.pk]) for verb in ("edit", "delete")),
        reverse("distributions:distribution_cancel", args=[payable.pk]),
        reverse("distributions:payout_new", args=[unpaid.pk]),
        *(reverse(f"capital:receipt_{verb}", args=[cash.pk]) for verb in ("apply", "return")),
    ]
    sign_in(context, live_server, story.manager)
    found = barriers_at(page, *paths)
    sign_in(context, live_server, story.second)
    assert found | barriers_at(page, reverse("dashboard:approvals"), calls[waiting]) == {}


def test_investors_meet_none(page, context, live_server, world):
    sign_in(context, live_server, world.people["lp_a"])
    found = barriers_from(page, "/portal/")
    sign_in(context, live_server, world.story.manager)
    page.goto(reverse("dashboard:investor", args=[world.story.partners[0].investor_id]))
    page.get_by_role("button", name="View as").click()
    page.get_by_role("region", name="Looking as an investor").wait_for()
    found |= {"view-as": barriers(page)} if barriers(page) else {}
    assert found == {}


def test_who_has_nothing_yet_meets_none(page, context, live_server):
    """Every list is empty and says what will stand there."""
    manager, contact = UserFactory(), ContactFactory(user=UserFactory())
    fund = FundFactory(manager=manager)
    sign_in(context, live_server, manager)
    lists = ("/", "/funds/", "/calls/", "/distributions/", "/investors/", "/deals/", "/cash/", "/approvals/")
    found = barriers_at(page, *lists, "/transactions/", f"/funds/{fund.pk}/")
    sign_in(context, live_server, contact.user)
    assert found | barriers_from(page, "/portal/") == {}


# ---------------------------------------------------------------- the door and one's own account


def type_password(page, email):
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def invite(world, contact) -> str:
    """The token of an invitation that stands."""
    return invite_contact(contact_id=contact.pk, ctx=WriteContext(world.story.manager, timezone.now())).token


def test_at_the_door(page, world):
    """Before anybody is known: each page that leads in, those of errors, and what is refused."""
    person, partner = UserFactory(), world.story.partners[2]
    reset = f"{int_to_base36(person.pk)}-{default_token_generator.make_token(person)}"
    invited = [
        invite(world, ContactFactory(investor=partner.investor, **who))
        for who in ({}, {"email": person.email})
    ]
    names = ("login", "account_request_login_code", "account_reset_password", "account_signup")
    more = ("account_reset_password_done", "account_reset_password_from_key_done", "account_inactive")
    found = barriers_at(page, *(reverse(name) for name in (*names, *more)), f"/password/new/{reset}/")
    found |= barriers_at(page, *(f"/invitations/{token}/" for token in invited))
    with written():
        Invitation.objects.update(expires_at=NOW)
    found |= barriers_at(page, f"/invitations/{invited[0]}/", "/password/new/1-none/", "/nothing/")
    page.goto(reverse("account_request_login_code"))
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_role("button", name="Mail me a code").click()
    page.get_by_role("heading", name="Enter the code").wait_for()
    found |= {"code": barriers(page)}
    page.context.clear_cookies()
    type_password(page, "nobody@fund.example")
    found |= {"refused": barriers(page)}
    App(person)
    type_password(page, person.email)
    page.wait_for_url("**/second-factor/")
    found |= {"second factor": barriers(page)}
    page.problems.clear()  # the browser logs the answers 404, 410 and 422
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_in_ones_own_account(page, world):
    """With an app, a passkey and tokens; the crawl saw the account of somebody who has none."""
    person = world.people["lp_a"]
    type_password(page, person.email)
    page.wait_for_url("**/portal/")
    App(person)
    passkey = Authenticator.objects.create(user=person, type="webauthn", data={"name": "My telephone"})
    names = ("account", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp")
    more = ("mfa_reauthenticate", "account_reauthenticate", "mfa_list_webauthn", "tokens")
    own = (reverse(f"mfa_{verb}_webauthn", args=[passkey.pk]) for verb in ("edit", "remove"))
    assert barriers_at(page, *(reverse(name) for name in (*names, *more)), *own) == {}


# ---------------------------------------------------------------- the admin


#: Faults in Django's own widgets, whose markup is not ours: the tooltips of its filter over two lists, and the boxes
#: of the list that one types into (select2) have no names. By rule: what marks the elements.
DJANGOS = {"aria-prohibited-attr": "help-tooltip", "aria-input-field-name": "select2"}


def admin_pages():
    """The index; list, row and empty form of what can be written; list and row of one table per app that cannot."""
    yield reverse("admin:index")
    seen = set()
    for model, options in admin.site._registry.items():
        is_read_only, app = isinstance(options, ReadOnlyAdmin), model._meta.app_label
        if is_read_only and app in seen:
            continue
        seen |= {app} if is_read_only else set()
        name = f"admin:{app}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield from (reverse(f"{name}_change", args=[one.pk]) for one in model._base_manager.all()[:1])
        if not is_read_only:
            yield reverse(f"{name}_add")


def is_djangos(fault) -> bool:
    _, rule, _, elements = fault
    return rule in DJANGOS and all(DJANGOS[rule] in element for element in elements)


@pytest.mark.deep
def test_administrators_meet_none(page, context, live_server, world):
    sign_in(context, live_server, world.people["admin"])
    found = barriers_at(page, *admin_pages())
    page.problems.clear()  # Django's jQuery tries out styles, which the policy refuses
    ours = {path: [one for one in faults if not is_djangos(one)] for path, faults in found.items()}
    assert {path: faults for path, faults in ours.items() if faults} == {}
