"""Invitation to first sign-in, second factors and a forgotten password, in a real browser."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from capital.models import Payment
from tests.factories import (
    PASSWORD,
    CommitmentFactory,
    ContactFactory,
    FundFactory,
    MembershipFactory,
    UserFactory,
)
from tests.integration.capital.story import Story

pytestmark = pytest.mark.django_db(transaction=True)
CHOSEN = "four-horses-running"


def sign_in(page, email, password):
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def link_in_mail(pattern):
    return re.search(rf"http://testserver({pattern})", mail.outbox[-1].body)[1]


def code_for(secret):
    *_, ahead = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, ahead - 1))


@pytest.fixture
def manager():
    return UserFactory(email="maria@fund.example", full_name="Maria Manager")


@pytest.fixture
def contact(manager):
    fund = FundFactory(manager=manager, name="Larkspur I")
    commitment = CommitmentFactory(fund=fund)
    investor = commitment.investor
    return ContactFactory(investor=investor, name="Jane Williams", email="jane@family-office.example")


def test_an_invited_contact_arrives_in_the_portal(browser, page, live_server, manager, contact):
    sign_in(page, manager.email, PASSWORD)
    page.wait_for_url("**/")
    page.goto(reverse("dashboard:investor", args=[contact.investor_id]))
    page.get_by_role("button", name="Invite Jane Williams").click()
    page.get_by_text("is invited by mail").wait_for()

    theirs = browser.new_context(base_url=live_server.url).new_page()
    theirs.goto(link_in_mail(r"/invitations/\S+/"))
    expect(theirs.get_by_label("Your name")).to_have_value("Jane Williams")
    theirs.get_by_label("Password").fill(CHOSEN)
    theirs.get_by_label("Once more").fill(CHOSEN)
    theirs.get_by_role("button", name="Accept").click()
    theirs.wait_for_url("**/portal/")
    expect(theirs.get_by_role("main")).to_contain_text("Larkspur I")
    theirs.get_by_role("button", name="Sign out").click()
    theirs.wait_for_url("**/sign-in/")
    sign_in(theirs, contact.email, CHOSEN)
    theirs.wait_for_url("**/portal/")
    theirs.context.close()


def test_a_manager_sets_up_an_app_and_signs_in_with_it(page, settings, manager, contact):
    settings.SECOND_FACTOR_REQUIRED = True
    sign_in(page, manager.email, PASSWORD)
    page.get_by_text("Set up a second factor first").wait_for()
    page.get_by_role("link", name="Set up an authenticator app").click()
    secret = page.locator("#totp-secret").inner_text().strip()
    page.get_by_label("Code").fill(code_for(secret))
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("heading", name="10 of 10 are left").wait_for()
    recovery = page.locator(".codes li").first.inner_text().strip()
    page.goto("/funds/")
    expect(page.get_by_role("main")).to_contain_text("Larkspur I")
    page.get_by_role("button", name="Sign out").click()

    sign_in(page, manager.email, PASSWORD)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Incorrect code").first.wait_for()
    page.problems.clear()  # the browser logs the answer 422
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    expect(page.get_by_role("link", name="Maria Manager")).to_be_visible()


def with_authenticator(context, page):
    """A telephone that keeps passkeys and always knows its owner's finger."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_signs_in_alone_and_can_be_taken_away(browser, live_server, manager, contact):
    site = live_server.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=site)
    page = context.new_page()
    with_authenticator(context, page)
    sign_in(page, manager.email, PASSWORD)
    page.wait_for_url(f"{site}/")
    page.goto(reverse("mfa_list_webauthn"))
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("My telephone")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("heading", name="10 of 10 are left").wait_for()
    page.get_by_role("button", name="Sign out").click()

    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site}/")
    page.goto(reverse("mfa_list_webauthn"))
    expect(page.get_by_role("main")).to_contain_text("My telephone")
    page.get_by_role("link", name="Remove My telephone").click()
    page.get_by_role("button", name="Remove the passkey").click()
    page.get_by_text("No passkey yet").wait_for()
    context.close()


def test_a_dialog_outlives_its_session(page, context, manager, contact):
    """Its typed content stays; who signs in again in another tab sends it, and nothing was lost."""
    sign_in(page, manager.email, PASSWORD)
    page.get_by_role("button", name="Sign out").wait_for()
    story = Story()
    MembershipFactory(fund=story.fund, user=manager, role="manager")
    page.goto(reverse("capital:call", args=[story.issued().pk]))
    page.get_by_role("link", name="Record payment").first.click()
    dialog = page.get_by_role("dialog", name="Record payment")
    dialog.get_by_label("Amount").fill("123.45")
    context.clear_cookies(name="sessionid")
    dialog.get_by_role("button", name="Record payment").click()
    page.get_by_text("Your session has ended. What you typed is still here").wait_for()
    expect(dialog.get_by_label("Amount")).to_have_value("123.45")
    assert not Payment.objects.exists()
    tab = context.new_page()
    sign_in(tab, manager.email, PASSWORD)
    tab.get_by_role("button", name="Sign out").wait_for()
    dialog.get_by_role("button", name="Record payment").click()
    page.get_by_text("Payment of $123.45").wait_for()


def test_who_forgot_the_password_sets_another(page, manager, contact):
    page.goto("/sign-in/")
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("E-mail address").fill(manager.email)
    page.get_by_role("button", name="Mail me a link").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    page.goto(link_in_mail(r"/password/new/\S+/"))
    page.get_by_label("New password").fill(CHOSEN)
    page.get_by_label("Once more").fill(CHOSEN)
    page.get_by_role("button", name="Set the password").click()
    page.get_by_role("link", name="Go to the sign-in").click()
    sign_in(page, manager.email, CHOSEN)
    page.wait_for_url("**/")


def test_a_mailed_code_opens_the_door(page, manager, contact):
    page.goto("/sign-in/")
    page.get_by_role("link", name="Have a code mailed").click()
    page.get_by_label("E-mail address").fill(manager.email)
    page.get_by_role("button", name="Mail me a code").click()
    page.get_by_role("heading", name="Enter the code").wait_for()
    code = next(line for line in mail.outbox[-1].body.splitlines() if line.isupper() and " " not in line)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Maria Manager")).to_be_visible()


def test_a_token_is_made_shown_and_revoked(page, manager, contact):
    sign_in(page, manager.email, PASSWORD)
    page.get_by_role("link", name="Maria Manager").click()
    page.get_by_role("link", name="Manage API tokens").click()
    page.get_by_label("Name").fill("Bookkeeping")
    page.get_by_role("button", name="Make the token").click()
    expect(page.locator("#new-token")).to_have_text(re.compile("^bg_"))
    page.get_by_role("button", name="Revoke Bookkeeping").click()
    expect(page.get_by_role("row", name="Bookkeeping")).to_contain_text("Revoked")
    expect(page.locator("#new-token")).to_have_count(0)
