"""The administrators' room: everything is to be seen there, and nothing gets round a service."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from blackgem.models import ApiToken, AuditEvent, User
from capital.models import CapitalCall, FundAllocation, Payment, PaymentReversal
from capital.services.calls import draft_call, issue_call
from capital.services.payments import pay_call
from capital.services.planning import CallPlan, LinePlan
from capital.services.reversals import request_reversal
from distributions.models import Distribution, Payout, PayoutReversal
from distributions.services.distributions import draft_distribution, issue_distribution
from distributions.services.payouts import pay_out, request_payout_reversal
from distributions.services.planning import DistributionPlan
from distributions.services.write_downs import write_down
from funds.models import CapitalTransaction, FundMembership
from funds.services.bank import propose_bank_details
from tests.factories import (
    AdminFactory,
    AllocationFactory,
    BankDetailsFactory,
    CommitmentFactory,
    FundFactory,
    FundTermsFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

AT = datetime(2025, 10, 1, 12, tzinfo=UTC)
TODAY = date(2025, 10, 1)
OURS = ("blackgem", "funds", "capital", "distributions")
EDITABLE = {"blackgem.user", "funds.fundmembership", "funds.investorcontact"}


@pytest.fixture
def administrator():
    return AdminFactory()


@pytest.fixture
def browser(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def call(administrator):
    """Issued over two partners, half of it for a deal; the first partner paid, and got something back."""
    fund = FundFactory(manager=administrator)
    FundTermsFactory(fund=fund)
    BankDetailsFactory(fund=fund)
    for _ in range(2):
        CommitmentFactory(fund=fund, investor__contact=f"lp{_}@demo.example")
    call = draft(fund, AllocationFactory(fund=fund), by=administrator)
    issue_call(call_id=call.pk, by=administrator, at=AT, today=TODAY)
    item = call.items.order_by("pk").first()
    pay_call(
        call_id=call.pk,
        amount=item.amount,
        item_id=item.pk,
        tx_ref="T1",
        by=administrator,
        at=AT,
        today=TODAY,
    )
    distribute(fund, by=administrator)
    return CapitalCall.objects.get(pk=call.pk)


def plan_to_distribute(fund):
    return DistributionPlan(fund.pk, Decimal("500.00"), TODAY, source="A warehouse")


def distribute(fund, *, by):
    """Issued and paid out, beside a loss."""
    who = {"by": by, "at": AT}
    deal = FundAllocation.objects.get(fund=fund).deal_id
    write_down(fund_id=fund.pk, deal_id=deal, date=TODAY, amount=Decimal("1.00"), **who)
    one = draft_distribution(plan=plan_to_distribute(fund), **who)
    issue_distribution(distribution_id=one.pk, **who, today=TODAY)
    pay_out(distribution_id=one.pk, paid_date=TODAY, method="wire", **who, today=TODAY)


def draft(fund, allocation, *, by):
    lines = (
        LinePlan("investment", Decimal("10000.00"), allocation.pk),
        LinePlan("management_fee", Decimal("10000.00")),
    )
    plan = CallPlan(fund.pk, Decimal("20000.00"), "Acquisition", "", TODAY, date(2025, 10, 15), lines)
    return draft_call(plan=plan, by=by, at=AT)


def models():
    return [model for model in admin.site._registry if model._meta.app_label in OURS]


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def act(browser, rows, action, **more):
    """Run an action on rows; what the page then says."""
    model = type(rows[0])
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    response = browser.post(url(model, "changelist"), data, follow=True)
    return [str(message) for message in response.context["messages"]]


class TestTheRoom:
    def test_holds_every_table(self):
        missing = {
            model._meta.label
            for app in OURS
            for model in apps.get_app_config(app).get_models()
            if model._meta.managed and model not in admin.site._registry
        }

        assert missing == {"capital.CapitalCallItemLine", "funds.FundTermsTier"}  # shown with item and terms

    def test_shows_every_list_and_every_row(self, browser, call, administrator):
        request_reversal(
            payment_id=Payment.objects.get().pk, reason="Bounced", by=administrator, at=AT, today=TODAY
        )
        for model in models():
            assert browser.get(url(model, "changelist")).status_code == 200, model
            row = model._default_manager.first()
            if row is not None:
                assert browser.get(url(model, "change", row.pk)).status_code == 200, model
        assert browser.get(reverse("admin:index")).status_code == 200

    def test_lists_take_a_bounded_number_of_queries(self, browser, call, django_assert_max_num_queries):
        for model in models():
            with django_assert_max_num_queries(10):
                browser.get(url(model, "changelist"))

    def test_is_entered_by_the_common_sign_in(self, client):
        response = client.get("/admin/funds/fund/")

        assert response.status_code == 302
        assert response["Location"] == "/sign-in/?next=/admin/funds/fund/"
        assert client.get("/admin/login/")["Location"].startswith("/sign-in/")

    def test_is_left_by_the_common_way_out(self, browser):
        assert browser.post("/admin/logout/")["Location"] == "/sign-in/"
        assert browser.get("/admin/").status_code == 302

    def test_is_not_there_for_anybody_else(self, client, call):
        client.force_login(UserFactory())

        for address in ("/admin/", "/admin/funds/fund/", f"/admin/capital/capitalcall/{call.pk}/change/"):
            assert client.get(address).status_code == 404

    @pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "abc", "1;DROP TABLE", "%00", "_5F"])
    def test_survives_numbers_that_nothing_has(self, browser, number):
        for model in models():
            response = browser.get(
                f"/admin/{model._meta.app_label}/{model._meta.model_name}/{number}/change/"
            )
            assert response.status_code in (302, 400, 404), (model, number)

    def test_writes_amounts_with_their_currency(self, browser, call):
        content = browser.get(url(CapitalCall, "change", call.pk)).content.decode()

        assert "$20,000.00" in content
        assert "20000.00" not in content

    def test_has_no_inline_script_or_style(self, browser, call):
        """The content security policy would refuse them."""
        for address in ("/admin/", "/admin/blackgem/user/add/", url(CapitalCall, "changelist")):
            content = browser.get(address).content.decode()
            assert "<script>" not in content
            assert "<style" not in content
            assert " style=" not in content


class TestWhatServicesOwn:
    def test_is_neither_added_nor_changed_nor_deleted(self, browser, call):
        for model in models():
            if model._meta.label_lower in EDITABLE:
                continue
            row = model._default_manager.first()
            assert browser.get(url(model, "add")).status_code == 403, model
            assert browser.post(url(model, "add"), {}).status_code == 403, model
            if row is not None:
                assert browser.post(url(model, "change", row.pk), {"amount": "1"}).status_code == 403, model
                assert browser.get(url(model, "delete", row.pk)).status_code == 403, model
                assert browser.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403, model

    def test_has_no_bulk_delete(self, browser, call):
        for model in models():
            rows = model._default_manager.order_by("pk").values_list("pk", flat=True)
            before = rows.count()
            data = {"action": "delete_selected", "_selected_action": list(rows[:1]), "post": "yes"}
            browser.post(url(model, "changelist"), data)
            assert model._default_manager.count() == before, model

    def test_state_cannot_be_posted(self, browser, call):
        allocation = FundAllocation.objects.get()

        assert browser.post(url(CapitalCall, "change", call.pk), {"status": "cancelled"}).status_code == 403
        assert (
            browser.post(url(FundAllocation, "change", allocation.pk), {"state": "funded"}).status_code == 403
        )

        assert CapitalCall.objects.get(pk=call.pk).status == "partially_funded"
        assert FundAllocation.objects.get().state == "partially_funded"

    def test_shows_no_secret(self, browser, call, administrator):
        token = ApiToken.objects.create(
            user=administrator, name="x", scope="write", token_sha256="ab" * 32, expires_at=AT
        )
        details = call.fund.bank_details.get()

        pages = [
            browser.get(url(ApiToken, "change", token.pk)).content.decode(),
            browser.get(url(type(details), "changelist")).content.decode(),
            browser.get(url(type(details), "change", details.pk)).content.decode(),
        ]

        assert "abab" not in pages[0]
        assert "000123456789" not in pages[1] + pages[2]
        assert "•••• 6789" in pages[1]


class TestCallsMoveByActions:
    @pytest.fixture
    def drafted(self, call, administrator):
        return draft(call.fund, AllocationFactory(fund=call.fund), by=administrator)

    def test_submit_approve_cancel(self, browser, drafted):
        for action, status in (("submit", "pending_approval"), ("approve", "sent")):
            act(browser, [drafted], action)
            assert CapitalCall.objects.get(pk=drafted.pk).status == status

        said = act(browser, [drafted], "cancel", reason="Deal fell through")

        assert said == ["Cancelled: 1."]
        drafted = CapitalCall.objects.get(pk=drafted.pk)
        assert (drafted.status, drafted.cancel_reason) == ("cancelled", "Deal fell through")

    def test_issue_at_once(self, browser, drafted):
        act(browser, [drafted], "issue")

        assert CapitalCall.objects.get(pk=drafted.pk).status == "sent"

    def test_say_why_not(self, browser, call, drafted):
        said = act(browser, [call, drafted], "approve")

        assert len(said) == 2
        assert all("Capital Call" in line for line in said)
        assert CapitalCall.objects.get(pk=drafted.pk).status == "draft"

    def test_do_not_cancel_what_was_paid(self, browser, call):
        said = act(browser, [call], "cancel", reason="Please")

        assert "Cancelled: 1." not in said
        assert CapitalCall.objects.get(pk=call.pk).status == "partially_funded"

    def test_four_eyes_hold_here_too(self, browser, administrator, client):
        fund = FundFactory(manager=administrator, four_eyes=True)
        BankDetailsFactory(fund=fund)
        CommitmentFactory(fund=fund)
        drafted = draft(fund, AllocationFactory(fund=fund), by=administrator)
        act(browser, [drafted], "issue")
        assert CapitalCall.objects.get(pk=drafted.pk).status == "pending_approval"

        act(browser, [drafted], "approve")
        assert CapitalCall.objects.get(pk=drafted.pk).status == "pending_approval"

        client.force_login(AdminFactory())
        act(client, [drafted], "approve")
        assert CapitalCall.objects.get(pk=drafted.pk).status == "sent"


class TestDistributionsMoveByActions:
    @pytest.fixture
    def drafted(self, call, administrator):
        return draft_distribution(plan=plan_to_distribute(call.fund), by=administrator, at=AT)

    def status_of(self, one):
        return Distribution.objects.get(pk=one.pk).status

    def test_submit_approve_send_cancel(self, browser, drafted):
        for action, status in (("submit", "pending_approval"), ("approve", "approved"), ("send", "sent")):
            act(browser, [drafted], action)
            assert self.status_of(drafted) == status

        assert act(browser, [drafted], "send_letters") == ["Sent for: 1."]
        assert act(browser, [drafted], "cancel", reason="The buyer withdrew") == ["Cancelled: 1."]
        assert Distribution.objects.get(pk=drafted.pk).cancel_reason == "The buyer withdrew"

    def test_issue_at_once_and_do_not_cancel_what_was_paid_out(self, browser, drafted):
        act(browser, [drafted], "issue")
        assert self.status_of(drafted) == "sent"

        paid = Distribution.objects.get(status="paid")
        assert "Cancelled: 1." not in act(browser, [paid], "cancel", reason="Please")
        assert self.status_of(paid) == "paid"

    def test_status_cannot_be_posted(self, browser, drafted):
        page = url(Distribution, "change", drafted.pk)
        assert browser.post(page, {"status": "sent"}).status_code == 403
        assert self.status_of(drafted) == "draft"

    def test_four_eyes_hold_here_too(self, browser, drafted, client):
        type(drafted.fund).objects.filter(pk=drafted.fund_id).update(four_eyes=True)
        act(browser, [drafted], "issue")
        act(browser, [drafted], "approve")
        assert self.status_of(drafted) == "pending_approval"

        client.force_login(AdminFactory())
        act(client, [drafted], "approve")
        assert self.status_of(drafted) == "approved"

    def test_a_payout_is_taken_back_by_another_person_where_needed(
        self, client, browser, call, administrator
    ):
        type(call.fund).objects.filter(pk=call.fund_id).update(four_eyes=True)
        paid = Payout.objects.get()
        asked = request_payout_reversal(
            payout_id=paid.pk, reason="Returned", by=administrator, at=AT, today=TODAY
        )
        act(browser, [asked], "approve")
        assert PayoutReversal.objects.pending().exists()

        client.force_login(AdminFactory())
        assert act(client, [asked], "approve") == ["Reversed: 1."]
        assert self.status_of(paid.distribution) == "sent"

    def test_amounts_are_written_with_their_currency(self, browser, call):
        content = browser.get(url(Distribution, "change", Distribution.objects.get().pk)).content.decode()
        assert "$500.00" in content


class TestReversalsAndBankDetails:
    def test_a_reversal_is_decided_by_another_person_where_needed(self, client, browser, call, administrator):
        type(call.fund).objects.filter(pk=call.fund_id).update(four_eyes=True)
        reversal = request_reversal(
            payment_id=Payment.objects.get().pk, reason="Bounced", by=administrator, at=AT, today=TODAY
        )
        act(browser, [reversal], "approve")
        assert PaymentReversal.objects.pending().exists()

        client.force_login(AdminFactory())
        assert act(client, [reversal], "approve") == ["Reversed: 1."]
        assert CapitalTransaction.objects.filter(amount__lt=0).exists()

    def test_a_reversal_may_be_turned_down(self, browser, call, administrator):
        type(call.fund).objects.filter(pk=call.fund_id).update(four_eyes=True)
        reversal = request_reversal(
            payment_id=Payment.objects.get().pk, reason="Bounced", by=administrator, at=AT, today=TODAY
        )

        assert act(browser, [reversal], "reject") == ["Turned down: 1."]

    def test_bank_details_take_the_same_path(self, browser, call, administrator):
        type(call.fund).objects.filter(pk=call.fund_id).update(four_eyes=True)
        fields = {"bank_name": "Other", "account_name": "Fund", "account_number": "000987654321"}
        details = propose_bank_details(fund_id=call.fund_id, fields=fields, by=administrator, at=AT)

        assert "Verified: 1." not in act(browser, [details], "verify")
        assert act(browser, [details], "reject") == ["Rejected: 1."]


class TestPeople:
    def test_are_made_and_changed_with_a_trail(self, browser):
        typed = {
            "email": "ana@demo.example",
            "full_name": "Ana Analyst",
            "usable_password": "true",
            "password1": "correct-horse-battery",
            "password2": "correct-horse-battery",
        }
        browser.post(url(User, "add"), typed)
        ana = User.objects.get(email="ana@demo.example")
        assert ana.check_password("correct-horse-battery")

        typed = {"email": "ana@demo.example", "full_name": "Ana Auditor", "is_active": "on"}
        browser.post(url(User, "change", ana.pk), typed)

        changed, created = AuditEvent.objects.order_by("-pk")[:2]
        assert (created.verb, changed.verb) == ("create_user", "change_user")
        assert changed.changes == {"full_name": ["Ana Analyst", "Ana Auditor"]}
        assert "correct-horse" not in str(created.changes)

    def test_have_one_account_per_address_in_any_case(self, browser):
        UserFactory(email="ana@demo.example")
        typed = {"email": "ANA@demo.example", "full_name": "Ana", "usable_password": "false"}

        assert browser.post(url(User, "add"), typed).status_code == 200
        assert not User.objects.filter(full_name="Ana").exists()

    def test_are_not_deleted(self, browser, administrator):
        assert browser.post(url(User, "delete", administrator.pk), {"post": "yes"}).status_code == 403

    def test_get_rights_from_superusers_only(self, client, administrator):
        staff = UserFactory(is_staff=True)
        permissions = type(administrator).user_permissions.rel.model.objects
        staff.user_permissions.set(permissions.filter(codename__in=["change_user", "view_user"]))
        client.force_login(staff)

        typed = {
            "email": staff.email,
            "full_name": "Me",
            "is_active": "on",
            "is_superuser": "on",
            "is_staff": "on",
        }
        client.post(url(User, "change", staff.pk), typed)
        taken = client.post(url(User, "change", administrator.pk), {**typed, "email": "mine@demo.example"})

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
    def test_are_edited_through_the_service(self, browser, call, administrator):
        ana = UserFactory()
        typed = {"fund": call.fund_id, "user": ana.pk, "role": "analyst"}

        browser.post(url(FundMembership, "add"), typed)
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

    def test_portal_access_is_given_here_with_a_trail(self, browser, call):
        contact = call.fund.commitments.first().investor.contacts.get()
        lp = UserFactory(email="lp@demo.example")

        typed = {"user": lp.pk, "email": "mallory@evil.example", "name": "Mallory"}
        browser.post(url(type(contact), "change", contact.pk), typed)

        email = contact.email
        contact.refresh_from_db()
        assert (contact.user, contact.email) == (lp, email)
        assert AuditEvent.objects.get(verb="set_portal_access").changes == {"user": [None, "lp@demo.example"]}
