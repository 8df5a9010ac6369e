"""K. One person who would act as two: by an account that it makes, takes over, or opens again."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blackgem.identity import changes
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, DomainError, Forbidden
from blackgem.models import AccountChange, AuditEvent, User
from funds.models import WarningMail
from tests.factories import AdminFactory, ContactFactory, FundFactory, MembershipFactory, UserFactory
from tests.support.opened import written
from tests.support.race import together

pytestmark = pytest.mark.django_db


def browser_of(person) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def by(person, *, hours=0) -> WriteContext:
    return WriteContext(person, timezone.now() + timedelta(hours=hours))


def save(person, account, **fields):
    """As the administrators' page posts it."""
    known = {
        "email": account.email,
        "full_name": account.full_name,
        "is_active": "on",
        "reason": "A new colleague",
    }
    page = reverse("admin:blackgem_user_change", args=[account.pk])
    return browser_of(person).post(page, known | fields, follow=True).content.decode()


def refused(code, act):
    with pytest.raises(DomainError) as error:
        act()
    assert error.value.code == code


def mailed() -> set[str]:
    return set(WarningMail.objects.values_list("recipient", flat=True))


def test_one_administrator_neither_makes_a_second_self_nor_becomes_another():
    """With another there, what one asks for changes nothing until the other agrees, and its person is told at once."""
    one, other, ana = AdminFactory(), AdminFactory(), UserFactory(email="ana@demo.example")
    support = Group.objects.get(name="Support")
    before = User.objects.filter(pk=ana.pk).values().get()

    said = save(one, ana, email="mine@evil.example", is_superuser="on", is_staff="on", groups=[support.pk])

    assert f"Another administrator has to approve it under Approvals: {other} ({other.email})." in said
    assert "Administrator: no → yes" in said
    assert "was changed successfully" not in said
    # Whoever opens the account reads what waits, and for whom.
    shown = browser_of(other).get(reverse("admin:blackgem_user_change", args=[ana.pk])).content.decode()
    for words in ("Waits, and is not in force yet", "A new colleague", f"Asked for by {one}", str(other)):
        assert words in shown, words
    assert User.objects.filter(pk=ana.pk).values().get() == before
    assert not ana.groups.exists()
    asked = AccountChange.objects.get()
    given = {"email": "mine@evil.example", "is_staff": True, "is_superuser": True, "groups": [support.pk]}
    assert asked.becomes == given
    assert mailed() == {one.email, other.email, "ana@demo.example"}
    assert "mine@evil.example" in WarningMail.objects.get(recipient="ana@demo.example").body

    # The one who asked does not decide, by the service nor by the page of the queue; nor does who is none.
    refused("four_eyes", lambda: changes.approve(account_change_id=asked.pk, ctx=by(one)))
    page = reverse("account_change_approve", args=[asked.pk])
    assert "another administrator has to decide" in browser_of(one).post(page, follow=True).content.decode()
    assert browser_of(MembershipFactory().user).post(page).status_code == 404
    refused("not_found", lambda: changes.approve(account_change_id=asked.pk, ctx=by(ana)))
    assert "waits already" in save(one, ana, opens_funds="on")

    # The other reads the whole of it, and decides; both addresses are told.
    queue = browser_of(other).get(reverse("dashboard:approvals")).content.decode()
    assert "mine@evil.example" in queue
    assert "Administrator: no → yes" in queue
    WarningMail.objects.all().delete()
    assert "took effect" in browser_of(other).post(page, follow=True).content.decode()
    ana.refresh_from_db()
    assert (ana.email, ana.is_superuser, ana.groups.get()) == ("mine@evil.example", True, support)
    assert mailed() == {one.email, other.email, "ana@demo.example", "mine@evil.example"}
    assert [
        event.actor for event in AuditEvent.objects.filter(verb__endswith="_account_change").order_by("pk")
    ] == [one, other]
    refused("account_change.decided", lambda: changes.approve(account_change_id=asked.pk, ctx=by(other)))

    # What lessens rights needs nobody else, and is not undone alone.
    save(other, ana)
    ana.refresh_from_db()
    assert (ana.is_superuser, ana.is_staff, ana.groups.count()) == (False, False, 0)


def test_who_may_not_asks_nothing_and_what_moved_or_whose_asker_left_is_not_approved():
    one, other, ana = AdminFactory(), AdminFactory(), UserFactory()
    ask = {"account": ana, "becomes": {"opens_funds": True}, "reason": "Opens the next fund"}
    refused("role.insufficient", lambda: changes.ask(**ask, ctx=by(MembershipFactory().user)))
    refused("reason.invalid", lambda: changes.ask(**ask | {"reason": " "}, ctx=by(one)))
    asked = changes.ask(**ask, ctx=by(one))
    with written():
        User.objects.filter(pk=one.pk).update(is_superuser=False)
    AdminFactory()
    with pytest.raises(Conflict) as left:
        changes.approve(account_change_id=asked.pk, ctx=by(other))
    assert left.value.code == "request.role_ended"
    changes.refuse(account_change_id=asked.pk, reason="Ask again", ctx=by(ana))
    moved = changes.ask(**ask | {"becomes": {"email": "new@demo.example"}}, ctx=by(other))
    with written():
        User.objects.filter(pk=ana.pk).update(email="elsewhere@demo.example")
    refused("stale_version", lambda: changes.approve(account_change_id=moved.pk, ctx=by(AdminFactory())))


def test_nobody_sets_the_password_of_another():
    one, ana = AdminFactory(), UserFactory()
    before = ana.password
    new = {
        "password1": "correct-horse-battery",
        "password2": "correct-horse-battery",
        "usable_password": "true",
    }
    assert browser_of(one).post(f"/admin/blackgem/user/{ana.pk}/password/", new).status_code == 403
    with pytest.raises(CommandError, match="Nobody sets"):
        call_command("changepassword", ana.email)
    browser_of(one).post(
        reverse("admin:blackgem_user_add"), {"email": "b@demo.example", "full_name": "B", **new}
    )
    assert not User.objects.get(email="b@demo.example").has_usable_password()
    ana.refresh_from_db()
    assert ana.password == before


def test_alone_a_change_rests_in_the_sight_of_all_and_anybody_refuses_it():
    """A house with one administrator: managers and auditors are told, and each of them, or the person, may refuse."""
    boss, ana = AdminFactory(), UserFactory(email="ana@demo.example")
    fund = FundFactory(manager=UserFactory(email="manager@demo.example"))
    auditor = MembershipFactory(fund=fund, role="auditor", user__email="auditor@demo.example").user
    analyst = MembershipFactory(fund=fund, role="analyst", user__email="analyst@demo.example").user
    lp = ContactFactory(user=UserFactory()).user

    assert "it rests until" in save(boss, ana, is_superuser="on", is_staff="on")
    first = AccountChange.objects.get()
    assert mailed() == {boss.email, "ana@demo.example", "manager@demo.example", "auditor@demo.example"}
    page = reverse("account_change_refuse", args=[first.pk])
    assert [browser_of(one).get(page).status_code for one in (analyst, lp)] == [404, 404]
    assert browser_of(ana).get(page).status_code == 200
    assert "Accounts of people" in browser_of(auditor).get(reverse("dashboard:approvals")).content.decode()
    with pytest.raises(Conflict, match="it rests until"):
        changes.approve(account_change_id=first.pk, ctx=by(boss, hours=71))
    assert browser_of(auditor).post(page, {"reason": ""}).status_code == 422
    assert browser_of(auditor).post(page, {"reason": "Nobody knows Ana"}).status_code == 302
    refused(
        "account_change.decided", lambda: changes.approve(account_change_id=first.pk, ctx=by(boss, hours=80))
    )
    assert "Nobody knows Ana" in WarningMail.objects.filter(recipient=boss.email).latest("pk").body

    # Unrefused it takes effect by who asked, once it has rested; another administrator who came by then may sooner.
    again = changes.ask(account=ana, becomes={"is_superuser": True}, reason="My deputy", ctx=by(boss))
    changes.approve(account_change_id=again.pk, ctx=by(boss, hours=73))
    ana.refresh_from_db()
    assert ana.is_superuser


def test_on_the_command_line_the_first_administrator_is_made_and_the_next_is_asked_for(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct-horse-battery")
    out = StringIO()

    def create(email):
        call_command("createsuperuser", email=email, full_name="Root", interactive=False, stdout=out)
        return User.objects.get(email=email)

    root = create("root@demo.example")
    assert root.is_superuser
    assert not AccountChange.objects.exists()

    second = create("second@demo.example")
    assert (second.is_superuser, second.is_staff) == (False, False)
    asked = AccountChange.objects.get()
    assert "the command line, by " in asked.asked_as
    assert mailed() == {"root@demo.example", "second@demo.example"}
    call_command("account_changes", stdout=out)
    assert "second@demo.example" in out.getvalue()
    with pytest.raises(CommandError, match="rests until"):
        call_command("account_changes", number=asked.pk)
    monkeypatch.setattr(timezone, "now", lambda: asked.effective_from)
    call_command("account_changes", number=asked.pk)
    second.refresh_from_db()
    assert second.is_superuser

    # What was asked for on the site is not decided here, and with two administrators nothing rests.
    monkeypatch.undo()
    on_site = changes.ask(account=UserFactory(), becomes={"is_staff": True}, reason="x", ctx=by(root))
    with pytest.raises(CommandError, match="no such change"):
        call_command("account_changes", number=on_site.pk)
    third = changes.ask_on_the_command_line(UserFactory(), {"is_staff": True}, reason="x")
    assert third.four_eyes
    with pytest.raises(Forbidden):
        changes.approve(
            account_change_id=third.pk, ctx=WriteContext(None, timezone.now() + timedelta(days=9))
        )


def test_a_name_and_a_reason_in_any_script_and_what_nobody_decided(settings):
    settings.REQUEST_DAYS = 30
    one, other = AdminFactory(), AdminFactory()
    ana = UserFactory(full_name="สมชาย ใจดี")
    ask = {"account": ana, "becomes": {"opens_funds": True}, "reason": "يفتح الصندوق التالي"}
    asked = changes.ask(**ask, ctx=by(one))
    page = reverse("admin:blackgem_user_change", args=[ana.pk])
    for shown in (page, reverse("dashboard:approvals")):
        read = browser_of(other).get(shown).content.decode()
        assert "สมชาย ใจดี" in read
        assert ask["reason"] in read
    late = by(other, hours=31 * 24)
    refused("request.expired", lambda: changes.approve(account_change_id=asked.pk, ctx=late))
    assert "Nobody decided this for 30 days" in changes.who_decides(asked, late.at)
    refused("account_change.pending", lambda: changes.ask(**ask, ctx=late))
    changes.refuse(account_change_id=asked.pk, reason="لا نعرف هذا الطلب", ctx=late)
    assert AuditEvent.objects.get(verb="reject_account_change").reason == "لا نعرف هذا الطلب"
    assert any("لا نعرف هذا الطلب" in mail.body for mail in WarningMail.objects.all())
    assert changes.ask(**ask, ctx=late).pk != asked.pk


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_is_asked_to_wait():
    admins, ana = (AdminFactory(), AdminFactory()), UserFactory()
    AdminFactory()
    ask = {"account": ana, "reason": "A new colleague"}
    found = together(
        lambda who=who, right=right: changes.ask(**ask, becomes={right: True}, ctx=by(who))
        for who, right in zip(admins, ("is_superuser", "opens_funds"), strict=True)
    )
    assert sorted(type(one).__name__ for one in found) == ["AccountChange", "Conflict"]
    assert AccountChange.objects.count() == 1
