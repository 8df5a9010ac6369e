"""In the admin money moves by actions, which are services."""

import pytest

from blackgem.lib.context import WriteContext
from capital.models import CapitalCall, Payment, PaymentReversal
from capital.services.reversals import request_reversal
from distributions.models import Distribution, Payout, PayoutReversal
from distributions.services.distributions import draft_distribution
from distributions.services.payouts import request_payout_reversal
from funds.models import CapitalTransaction, ControlChange
from funds.services.bank import propose_bank_details
from tests.factories import (
    AdminFactory,
    AllocationFactory,
    BankDetailsFactory,
    CommitmentFactory,
    FundFactory,
)
from tests.integration.admin.acting import AT, act, asked_of, draft, plan_to_distribute, url

pytestmark = pytest.mark.django_db


class TestCallsMoveByActions:
    @pytest.fixture
    def drafted(self, call, administrator):
        return draft(call.fund, AllocationFactory(fund=call.fund), by=administrator)

    def test_submit_approve_cancel(self, browser, drafted):
        for action, status in (("submit", "pending_approval"), ("approve", "sent")):
            act(browser, [drafted], action)
            assert CapitalCall.objects.get(pk=drafted.pk).status == status

        said = act(browser, [drafted], "cancel", reason="Deal fell through")

        assert said == ["Done: 1."]
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

    def test_say_beforehand_why_not(self, browser, call, drafted):
        page = browser.post(url(CapitalCall, "changelist"), asked_of([call, drafted], "cancel"))
        refused = "Something was paid on this call; reverse its payments first."
        assert [may.reason for _, may in page.context["rows"]] in ([refused, ""], ["", refused])
        assert refused in page.content.decode()
        assert page.context["can_confirm"]

        page = browser.post(url(CapitalCall, "changelist"), asked_of([call], "cancel"))
        assert 'type="submit" class="default"' not in page.content.decode()

    def test_do_not_cancel_what_was_paid(self, browser, call):
        said = act(browser, [call], "cancel", reason="Please")

        assert "Done: 1." not in said
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

        client.force_login(administrator)
        act(client, [drafted], "cancel", reason="Deal fell through")
        assert CapitalCall.objects.get(pk=drafted.pk).status == "sent"
        client.force_login(AdminFactory())
        act(client, [ControlChange.objects.pending().get()], "approve")
        assert CapitalCall.objects.get(pk=drafted.pk).status == "cancelled"


class TestDistributionsMoveByActions:
    @pytest.fixture
    def drafted(self, call, administrator):
        return draft_distribution(plan=plan_to_distribute(call.fund), ctx=WriteContext(administrator, AT))

    def status_of(self, one):
        return Distribution.objects.get(pk=one.pk).status

    def test_submit_approve_send_cancel(self, browser, drafted):
        for action, status in (("submit", "pending_approval"), ("approve", "approved"), ("send", "sent")):
            act(browser, [drafted], action)
            assert self.status_of(drafted) == status

        assert act(browser, [drafted], "send_letters") == ["Sent for: 1."]
        assert act(browser, [drafted], "cancel", reason="The buyer withdrew") == ["Done: 1."]
        assert Distribution.objects.get(pk=drafted.pk).cancel_reason == "The buyer withdrew"

    def test_issue_at_once_and_do_not_cancel_what_was_paid_out(self, browser, drafted):
        act(browser, [drafted], "issue")
        assert self.status_of(drafted) == "sent"

        paid = Distribution.objects.get(status="paid")
        assert "Done: 1." not in act(browser, [paid], "cancel", reason="Please")
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
            payout_id=paid.pk, reason="Returned", ctx=WriteContext(administrator, AT)
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
            payment_id=Payment.objects.get().pk, reason="Bounced", ctx=WriteContext(administrator, AT)
        )
        act(browser, [reversal], "approve")
        assert PaymentReversal.objects.pending().exists()

        client.force_login(AdminFactory())
        assert act(client, [reversal], "approve") == ["Reversed: 1."]
        assert CapitalTransaction.objects.filter(amount__lt=0).exists()

    def test_a_reversal_may_be_turned_down(self, browser, call, administrator):
        type(call.fund).objects.filter(pk=call.fund_id).update(four_eyes=True)
        reversal = request_reversal(
            payment_id=Payment.objects.get().pk, reason="Bounced", ctx=WriteContext(administrator, AT)
        )

        assert act(browser, [reversal], "reject") == ["Turned down: 1."]

    def test_bank_details_that_wait_may_be_rejected(self, browser, call, administrator):
        type(call.fund).objects.filter(pk=call.fund_id).update(four_eyes=True)
        fields = {"bank_name": "Other", "account_name": "Fund", "account_number": "000987654321"}
        details = propose_bank_details(
            fund_id=call.fund_id, fields=fields, ctx=WriteContext(administrator, AT)
        )

        assert act(browser, [details], "reject") == ["Rejected: 1."]
