"""Invitations: by a manager, for one mailbox, once, for some days."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blackgem.models import AuditEvent, User
from funds.access import Role
from funds.models import Invitation
from tests.factories import CommitmentFactory, ContactFactory, FundFactory, MembershipFactory, UserFactory
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
    page = reverse("funds:investor", args=[contact.investor_id])
    assert "invited until" in text_of(client.get(page))
    Client().post(link, CHOSEN)
    edit = reverse("funds:contact_edit", args=[contact.investor_id, contact.pk])
    assert "End portal access" in text_of(client.get(edit))
    client.post(reverse("funds:contact_withdraw", args=[contact.investor_id, contact.pk]))
    contact.refresh_from_db()
    assert contact.user is None
    assert client.get(link).status_code == 410
