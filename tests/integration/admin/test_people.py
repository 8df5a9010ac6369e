"""In the admin people get accounts, rights and roles, with a trail."""

import pytest
from django.utils import timezone

from blackgem.lib.context import WriteContext
from blackgem.models import ApiToken, AuditEvent, User
from funds.models import ControlChange, FundMembership
from funds.services.controls import approve_change
from tests.factories import AdminFactory, MembershipFactory, UserFactory
from tests.integration.admin.acting import AT, act, url

pytestmark = pytest.mark.django_db


class TestPeople:
    def test_are_made_and_changed_with_a_trail(self, browser):
        cleaned = {"email": "ana@demo.example", "full_name": "Ana Analyst"}
        browser.post(url(User, "add"), cleaned)
        ana = User.objects.get(email="ana@demo.example")
        assert not ana.has_usable_password(), "who is entered sets a password by a link to the mailbox"

        cleaned = {"email": "ana@demo.example", "full_name": "Ana Auditor", "is_active": "on"}
        browser.post(url(User, "change", ana.pk), cleaned)

        changed, created = AuditEvent.objects.order_by("-pk")[:2]
        assert (created.verb, changed.verb) == ("create_user", "change_user")
        assert changed.changes == {"full_name": ["Ana Analyst", "Ana Auditor"]}

    def test_have_one_account_per_address_in_any_case(self, browser):
        UserFactory(email="ana@demo.example")
        cleaned = {"email": "ANA@demo.example", "full_name": "Ana"}

        assert browser.post(url(User, "add"), cleaned).status_code == 200
        assert not User.objects.filter(full_name="Ana").exists()

    def test_are_not_deleted(self, browser, administrator):
        assert browser.post(url(User, "delete", administrator.pk), {"post": "yes"}).status_code == 403

    def test_get_rights_from_superusers_only(self, client, administrator):
        staff = UserFactory(is_staff=True)
        permissions = type(administrator).user_permissions.rel.model.objects
        staff.user_permissions.set(permissions.filter(codename__in=["change_user", "view_user"]))
        client.force_login(staff)

        cleaned = {
            "email": staff.email,
            "full_name": "Me",
            "is_active": "on",
            "is_superuser": "on",
            "is_staff": "on",
        }
        client.post(url(User, "change", staff.pk), cleaned)
        taken = client.post(url(User, "change", administrator.pk), {**cleaned, "email": "mine@demo.example"})

        staff.refresh_from_db()
        assert (staff.full_name, staff.is_superuser) == ("Me", False)
        assert taken.status_code == 403

    def test_lose_tokens_here(self, browser, administrator):
        token = ApiToken.objects.create(
            user=administrator, name="x", scope="write", token_sha256="ab" * 32, expires_at=AT
        )

        assert act(browser, [token], "revoke") == ["Revoked: 1."]
        assert "Revoked: 1." not in act(browser, [token], "revoke")
        assert AuditEvent.objects.get(verb="revoke_token").actor == administrator


class TestMembers:
    def test_are_edited_through_the_service_with_another_person(self, browser, call, administrator):
        ana = UserFactory()
        cleaned = {"fund": call.fund_id, "user": ana.pk, "role": "analyst"}

        said = browser.post(url(FundMembership, "add"), cleaned, follow=True)
        assert "The fund is in use" in said.content.decode()
        asked = ControlChange.objects.get(fund=call.fund_id, kind="role")
        assert not FundMembership.objects.filter(user=ana).exists()
        approve_change(change_id=asked.pk, ctx=WriteContext(AdminFactory(), timezone.now()))
        membership = FundMembership.objects.get(user=ana)
        browser.post(url(FundMembership, "change", membership.pk), {"role": "auditor"})

        membership.refresh_from_db()
        assert membership.role == "auditor"
        assert AuditEvent.objects.filter(verb="set_member").count() == 2
        browser.post(url(FundMembership, "delete", membership.pk), {"post": "yes"})
        assert not FundMembership.objects.filter(user=ana).exists()
        assert AuditEvent.objects.filter(verb="remove_member").count() == 1

    def test_keep_the_last_manager(self, browser, call, administrator):
        membership = call.fund.memberships.get()

        said = browser.post(url(FundMembership, "delete", membership.pk), {"post": "yes"}, follow=True)

        assert "is the only manager of this fund" in said.content.decode()
        browser.post(url(FundMembership, "change", membership.pk), {"role": "auditor"})
        membership.refresh_from_db()
        assert membership.role == "manager"

    def test_keep_the_account_of_the_last_manager(self, browser, call):
        manager = call.fund.memberships.get().user
        fields = {"email": manager.email, "full_name": manager.full_name}

        said = browser.post(url(User, "change", manager.pk), fields, follow=True)

        assert "A fund needs a manager" in said.content.decode()
        manager.refresh_from_db()
        assert manager.is_active
        MembershipFactory(fund=call.fund)
        browser.post(url(User, "change", manager.pk), fields)
        manager.refresh_from_db()
        assert not manager.is_active

    def test_portal_access_is_given_here_with_a_trail(self, browser, call):
        contact = call.fund.commitments.first().investor.contacts.get()
        lp = UserFactory(email="lp@demo.example")

        cleaned = {"user": lp.pk, "email": "mallory@evil.example", "name": "Mallory"}
        browser.post(url(type(contact), "change", contact.pk), cleaned)

        email = contact.email
        contact.refresh_from_db()
        assert (contact.user, contact.email) == (lp, email)
        assert AuditEvent.objects.get(verb="set_portal_access").changes == {"user": [None, "lp@demo.example"]}
