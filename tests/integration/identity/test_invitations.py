"""Invitations: by a manager, for one mailbox, once, for some days."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blackgem.lib.forms import html_name
from blackgem.models import AuditEvent, User
from funds.access import Role
from funds.models import Fund, Invitation
from tests.factories import CommitmentFactory, ContactFactory, FundFactory, MembershipFactory, UserFactory
from tests.support.opened import written
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
CHOSEN = {
    "full_name": "Jane Williams",
    "password1": "four-horses-running",
    "password2": "four-horses-running",
}


@pytest.fixture
def manager():
    return UserFactory(full_name="Maria Manager")


@pytest.fixture
def contact(manager):
    fund = FundFactory(manager=manager, name="Larkspur I")
    commitment = CommitmentFactory(fund=fund)
    return ContactFactory(
        investor=commitment.investor, name="Jane Williams", email="jane@family-office.example"
    )


def invite(manager, contact):
    """Post the button; answer what came back."""
    browser = Client()
    browser.force_login(manager)
    return browser.post(reverse("funds:contact_invite", args=[contact.investor_id, contact.pk]))


@pytest.fixture
def link(manager, contact):
    assert invite(manager, contact).status_code == 302
    return re.search(r"http://testserver(/invitations/\S+/)", mail.outbox[-1].body)[1]


def test_the_mail_says_who_invites_to_what(link):
    (sent,) = mail.outbox
    assert sent.to == ["jane@family-office.example"]
    assert "Maria Manager invites you" in sent.body
    [(html, _)] = sent.alternatives
    for said in (sent.body, html):
        assert "statements of Larkspur I, L.P." in said
        assert f"http://testserver{link}" in said


def test_the_mail_names_no_fund_that_nobody_stands_for(manager, contact):
    with written():
        Fund.objects.update(sender_admitted_at=None, sender_admitted_by=None)
    assert invite(manager, contact).status_code == 302
    (sent,) = mail.outbox
    assert "Larkspur" not in sent.subject + sent.body + sent.alternatives[0][0]


def test_who_follows_the_link_chooses_a_password_and_is_in(client, link, contact):
    page = client.get(link)
    assert "jane@family-office.example" in page.content.decode()
    assert client.post(link, CHOSEN)["Location"] == "/"
    assert client.get("/portal/").status_code == 200
    user = User.objects.get(email="jane@family-office.example")
    contact.refresh_from_db()
    assert contact.user == user
    assert user.check_password("four-horses-running")
    assert AuditEvent.objects.get(verb="accept_invitation").actor == user


def test_the_link_itself_is_kept_nowhere(link):
    token = link.split("/")[2]
    assert token not in str(list(Invitation.objects.values()))


def test_it_works_once(client, link):
    client.post(link, CHOSEN)
    for browser in (client, Client()):
        assert browser.get(link).status_code == 410
        assert browser.post(link, CHOSEN).status_code == 410
    assert User.objects.filter(email="jane@family-office.example").count() == 1


def test_it_is_over_after_its_days(client, link):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(link).status_code == 410
    assert client.post(link, CHOSEN).status_code == 410


def test_an_unknown_link_is_not_there(client):
    assert client.get("/invitations/never-was/").status_code == 404


def test_somebody_else_finds_nothing(client, link):
    client.force_login(UserFactory())
    assert client.get(link).status_code == 404
    assert client.post(link, CHOSEN).status_code == 404
    assert not User.objects.filter(email="jane@family-office.example").exists()


def test_another_mailbox_ends_it(client, link, contact):
    contact.email = "other@family-office.example"
    contact.save()
    assert client.get(link).status_code == 410


def test_a_new_invitation_ends_the_old(client, link, manager, contact):
    invite(manager, contact)
    assert client.get(link).status_code == 410
    assert Invitation.objects.open(at=timezone.now()).count() == 1


def test_removing_the_contact_ends_it(client, link, contact):
    contact.delete()
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"password2": "another-one-entirely"}, {"password1": "short", "password2": "short"}, {"full_name": ""}],
)
def test_a_refused_form_is_shown_again_and_uses_nothing_up(client, link, wrong):
    answer = client.post(link, {**CHOSEN, **wrong})
    assert answer.status_code == 422
    assert client.post(link, CHOSEN).status_code == 302


def test_nothing_else_can_be_claimed_with_it(client, link):
    client.post(link, {**CHOSEN, "is_staff": "1", "is_superuser": "1", "email": "root@evil.example"})
    user = User.objects.get(email="jane@family-office.example")
    assert not user.is_staff
    assert not user.is_superuser


# ---------------------------------------------------------------- who has an account already


def test_who_has_an_account_signs_in_to_take_it_up(client, link, contact):
    jane = UserFactory(email="Jane@family-office.example")
    page = client.get(link)
    assert "password1" not in page.content.decode()
    assert f"/sign-in/?next={link}" in page.content.decode()
    client.post(link, CHOSEN)
    contact.refresh_from_db()
    assert contact.user is None
    client.force_login(jane)
    assert contact.investor.name in text_of(client.get(link))
    assert client.post(link).status_code == 302
    contact.refresh_from_db()
    assert contact.user == jane


# ---------------------------------------------------------------- who invites


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_only_a_manager_invites(contact, role):
    fund = contact.investor.commitments.get().fund
    member = MembershipFactory(fund=fund, role=role).user
    assert invite(member, contact).status_code == 403
    assert mail.outbox == []


def test_to_a_manager_of_another_fund_there_is_nothing(contact):
    assert invite(MembershipFactory().user, contact).status_code == 404


def test_to_a_contact_there_is_nothing_either(contact):
    user = UserFactory()
    ContactFactory(investor=contact.investor, user=user)
    assert invite(user, contact).status_code == 404


def test_who_is_in_is_not_invited_again(manager, contact):
    contact.user = UserFactory()
    contact.save()
    assert invite(manager, contact).status_code == 409


def test_without_a_mail_nobody_is_invited(manager, contact, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 9
    assert invite(manager, contact).status_code == 503
    assert not Invitation.objects.exists()


def test_the_page_shows_what_stands_and_closes_the_portal(client, manager, contact, link):
    client.force_login(manager)
    page = reverse("dashboard:investor", args=[contact.investor_id])
    assert "invited until" in text_of(client.get(page))
    Client().post(link, CHOSEN)
    edit = reverse("funds:contact_edit", args=[contact.investor_id, contact.pk])
    assert "End portal access" in text_of(client.get(edit))
    client.post(reverse("funds:contact_withdraw", args=[contact.investor_id, contact.pk]))
    contact.refresh_from_db()
    assert contact.user is None
    assert client.get(link).status_code == 410


# ---------------------------------------------------------------- to work for a fund


@pytest.fixture
def fund(manager):
    return FundFactory(manager=manager, name="Larkspur I")


def offer(manager, fund, email, role="analyst"):
    """Post the form; the page that it leads to, without the address, and the link of the last mail."""
    browser = Client()
    browser.force_login(manager)
    page = browser.post(
        reverse("funds:members", args=[fund.pk]), {"email": email, html_name("role"): role}, follow=True
    )
    link = re.search(r"http://testserver(/invitations/\S+/)", mail.outbox[-1].body)[1]
    return text_of(page).replace(email, ""), link


def role_of(fund, **person):
    return fund.memberships.filter(**person).values_list("role", flat=True).first()


def test_every_address_gets_the_same_answer_and_nobody_a_role_that_was_not_accepted(manager, fund):
    lp = ContactFactory(investor=CommitmentFactory().investor, email="lp@family.example", user=UserFactory())
    addresses = ["nobody@demo.example", "lp@family.example"]
    addresses += [
        UserFactory(**rights).email for rights in ({}, {"is_active": False}, {"is_superuser": True})
    ]
    said = set()
    for email in addresses:
        said.add(offer(manager, fund, email)[0])
        assert mail.outbox[-1].to == [email]
        Invitation.objects.get(email=email).delete()
    assert len(said) == 1
    assert fund.memberships.count() == 1
    assert lp.user.memberships.count() == 0


def test_somebody_new_accepts_with_a_password(client, manager, fund):
    _, link = offer(manager, fund, "Ana@demo.example")
    assert "to work for Larkspur I as analyst" in text_of(client.get(link))
    client.post(link, CHOSEN)
    assert role_of(fund, user__email__iexact="ana@demo.example") == "analyst"
    assert client.get(reverse("dashboard:fund", args=[fund.pk])).status_code == 200
    assert AuditEvent.objects.filter(verb="set_member", fund_id=fund.pk).exists()


def test_who_has_an_account_accepts_signed_in_and_nobody_else(client, manager, fund):
    ana = UserFactory(email="ana@demo.example")
    _, link = offer(manager, fund, "ANA@demo.example", "auditor")
    assert "Sign in as" in text_of(client.get(link))
    client.force_login(UserFactory())
    assert client.post(link).status_code == 404
    client.force_login(ana)
    assert role_of(fund, user=ana) is None
    assert client.post(link).status_code == 302
    assert role_of(fund, user=ana) == "auditor"
    assert client.post(link).status_code == 410


@pytest.mark.parametrize("has_account", [True, False])
def test_who_stands_for_a_limited_partner_does_not_become_a_member(client, manager, fund, has_account):
    email = "lp@family.example"
    person = UserFactory(email=email) if has_account else None
    ContactFactory(investor=CommitmentFactory().investor, email=email, user=person)
    _, link = offer(manager, fund, email)
    if person:
        client.force_login(person)
    assert client.post(link, CHOSEN).status_code == 409
    assert fund.memberships.count() == 1
    assert User.objects.filter(email=email).exists() == has_account


def test_an_offer_ends_with_the_next_one_when_it_is_withdrawn_and_with_the_right_of_who_made_it(
    client, manager, fund
):
    ana = UserFactory(email="ana@demo.example")
    client.force_login(ana)
    _, first = offer(manager, fund, ana.email)
    _, second = offer(manager, fund, ana.email, "auditor")
    assert client.get(first).status_code == 410
    browser = Client()
    browser.force_login(manager)
    waiting = Invitation.objects.waiting().get()
    withdraw = reverse("funds:member_invitation_withdraw", args=[fund.pk, waiting.pk])
    assert "ana@demo.example" in text_of(browser.get(reverse("funds:members", args=[fund.pk])))
    assert browser.post(withdraw).status_code == 302
    assert browser.post(withdraw).status_code == 410
    assert client.get(second).status_code == 410
    _, third = offer(manager, fund, ana.email)
    MembershipFactory(fund=fund)
    fund.memberships.filter(user=manager).delete()
    assert client.post(third).status_code == 410
    assert role_of(fund, user=ana) is None


def test_a_member_gets_another_role_at_once(manager, fund):
    ana = MembershipFactory(fund=fund, role=Role.ANALYST).user
    browser = Client()
    browser.force_login(manager)
    browser.post(reverse("funds:members", args=[fund.pk]), {"email": ana.email, html_name("role"): "auditor"})
    assert role_of(fund, user=ana) == "auditor"
    assert not Invitation.objects.exists()
