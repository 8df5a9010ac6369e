"""Who works for a fund, and where its money is to be paid."""

from datetime import UTC, date, datetime
from functools import partial

import pytest

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput, NotFound
from blackgem.models import AuditEvent
from funds.models import BankDetails
from funds.services.bank import propose_bank_details, reject_bank_details, verify_bank_details
from funds.services.funds import change_fund
from funds.services.members import remove_member, set_member
from tests.factories import (
    BankDetailsFactory,
    FundFactory,
    MembershipFactory,
    UserFactory,
)
from tests.support.called import called
from tests.support.refusals import refusal

pytestmark = pytest.mark.django_db

AT = datetime(2025, 9, 1, 12, tzinfo=UTC)
FIELDS = {"name": "Search Fund I", "legal_name": "Search Fund I, L.P.", "lpa_date": date(2025, 9, 1)}
BANK = {
    "bank_name": "First Republic Trust",
    "account_name": "Search Fund I, L.P.",
    "account_number": "000123456789",
    "routing_number": "021000021",
}


@pytest.fixture
def fund(manager):
    return FundFactory(manager=manager, name="Search Fund I")


class TestMembers:
    def test_a_person_joins_by_e_mail_in_any_case(self, fund, manager):
        ana = UserFactory(email="ana@demo.example")

        set_member(fund_id=fund.pk, email=" Ana@Demo.Example ", role="analyst", ctx=WriteContext(manager, AT))

        assert fund.memberships.get(user=ana).role == "analyst"
        event = audit.timeline(fund).get()
        assert (event.verb, event.object_label) == ("set_member", str(ana))
        assert event.changes == {"role": [None, "analyst"]}

    def test_a_second_role_replaces_the_first(self, fund, manager):
        ana = UserFactory()
        for role in ("analyst", "auditor", "auditor"):
            set_member(fund_id=fund.pk, email=ana.email, role=role, ctx=WriteContext(manager, AT))

        assert fund.memberships.get(user=ana).role == "auditor"
        assert AuditEvent.objects.count() == 2

    def test_refuses_strangers_and_roles_there_are_not(self, fund, manager):
        inactive = UserFactory(is_active=False)
        arguments = {"fund_id": fund.pk, "ctx": WriteContext(manager, AT)}

        for email in ("nobody@demo.example", inactive.email, None):
            answer = refusal(InvalidInput, set_member, email=email, role="analyst", **arguments)
            assert answer == ("member.unknown", "email")
        answer = refusal(InvalidInput, set_member, email=manager.email, role="owner", **arguments)
        assert answer == ("role.unknown", "role")

    def test_the_last_manager_stays(self, fund, manager):
        arguments = {"fund_id": fund.pk, "ctx": WriteContext(manager, AT)}

        assert refusal(Conflict, remove_member, user_id=manager.pk, **arguments)[0] == "member.last_manager"
        answer = refusal(Conflict, set_member, email=manager.email, role="auditor", **arguments)
        assert answer == ("member.last_manager", "role")

        set_member(email=UserFactory(email="next@demo.example").email, role="manager", **arguments)
        remove_member(user_id=manager.pk, **arguments)

        assert [member.user.email for member in fund.memberships.all()] == ["next@demo.example"]

    def test_who_is_no_member_cannot_be_removed(self, fund, manager):
        answer = refusal(
            NotFound, remove_member, fund_id=fund.pk, user_id=UserFactory().pk, ctx=WriteContext(manager, AT)
        )
        assert answer[0] == "not_found"


class TestBankDetails:
    def propose(self, fund, by, **fields):
        return propose_bank_details(fund_id=fund.pk, fields={**BANK, **fields}, ctx=WriteContext(by, AT))

    def test_wait_until_somebody_verifies_them(self, fund, manager):
        details = self.propose(fund, manager)
        assert list(BankDetails.objects.awaiting_verification()) == [details]

        verify_bank_details(
            bank_details_id=details.pk, call=called(details, AT), ctx=WriteContext(manager, AT)
        )

        assert list(fund.bank_details.verified()) == [details]
        assert [event.verb for event in audit.timeline(details)] == [
            "verify_bank_details",
            "call_back",
            "propose_bank_details",
        ]

    def test_the_trail_shows_the_last_four_digits_only(self, fund, manager):
        iban = "DE89 3704 0044 0532 0130 00"
        details = self.propose(fund, manager, iban=iban)

        assert details.iban == "DE89370400440532013000"
        changes = audit.timeline(details).get().changes
        assert changes["account_number"] == [None, "•••• 6789"]
        assert changes["iban"] == [None, "•••• 3000"]
        assert "000123456789" not in str(changes)

    def test_where_the_fund_demands_four_eyes_another_person_verifies(self, manager):
        fund = FundFactory(manager=manager, four_eyes=True)
        second = UserFactory()
        MembershipFactory(fund=fund, user=second, role="manager")
        details = self.propose(fund, manager)

        answer = refusal(
            Forbidden,
            verify_bank_details,
            bank_details_id=details.pk,
            call=called(details, AT),
            ctx=WriteContext(manager, AT),
        )
        assert answer[0] == "four_eyes"

        verified = verify_bank_details(
            bank_details_id=details.pk, call=called(details, AT), ctx=WriteContext(second, AT)
        )
        assert (verified.created_by, verified.verified_by) == (manager, second)

    def test_the_rule_is_the_one_that_held_when_they_were_entered(self, manager):
        fund = FundFactory(manager=manager, four_eyes=True)
        details = self.propose(fund, manager)
        change_fund(fund_id=fund.pk, fields={"four_eyes": False}, ctx=WriteContext(manager, AT))

        answer = refusal(
            Forbidden,
            verify_bank_details,
            bank_details_id=details.pk,
            call=called(details, AT),
            ctx=WriteContext(manager, AT),
        )
        assert answer[0] == "four_eyes"

    def test_an_analyst_prepares_and_a_manager_verifies(self, fund, manager):
        analyst, auditor = UserFactory(), UserFactory()
        MembershipFactory(fund=fund, user=analyst, role="analyst")
        MembershipFactory(fund=fund, user=auditor, role="auditor")
        details = self.propose(fund, analyst)

        for person in (analyst, auditor):
            answer = refusal(
                Forbidden,
                verify_bank_details,
                bank_details_id=details.pk,
                call=called(details, AT),
                ctx=WriteContext(person, AT),
            )
            assert answer[0] == "role.insufficient"
        answer = refusal(
            NotFound,
            verify_bank_details,
            bank_details_id=details.pk,
            call=called(details, AT),
            ctx=WriteContext(UserFactory(), AT),
        )
        assert answer[0] == "not_found"

        verify_bank_details(
            bank_details_id=details.pk, call=called(details, AT), ctx=WriteContext(manager, AT)
        )

    def test_are_decided_once(self, fund, manager):
        details = self.propose(fund, manager)
        reject_bank_details(bank_details_id=details.pk, ctx=WriteContext(manager, AT))

        for decide in (partial(verify_bank_details, call=called(details, AT)), reject_bank_details):
            answer = refusal(Conflict, decide, bank_details_id=details.pk, ctx=WriteContext(manager, AT))
            assert answer[0] == "bank_details.decided"
        assert not fund.bank_details.verified()

    def test_only_one_version_waits_at_a_time(self, fund, manager):
        self.propose(fund, manager)

        arguments = {"fund_id": fund.pk, "fields": BANK, "ctx": WriteContext(manager, AT)}
        assert refusal(Conflict, propose_bank_details, **arguments)[0] == "bank_details.pending"

    def test_who_entered_them_may_take_them_back(self, fund):
        analyst, other = UserFactory(), UserFactory()
        MembershipFactory(fund=fund, user=analyst, role="analyst")
        MembershipFactory(fund=fund, user=other, role="analyst")
        details = self.propose(fund, analyst)

        answer = refusal(
            Forbidden, reject_bank_details, bank_details_id=details.pk, ctx=WriteContext(other, AT)
        )
        assert answer[0] == "role.insufficient"
        assert (
            reject_bank_details(bank_details_id=details.pk, ctx=WriteContext(analyst, AT)).rejected_by
            == analyst
        )

    def test_a_new_version_leaves_the_verified_one_in_force(self, fund, manager):
        first = BankDetailsFactory(fund=fund)

        second = self.propose(fund, manager, account_number="000987654321")

        assert second.version == 2
        assert list(fund.bank_details.verified()) == [first]

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"account_number": ""}, ("bank_details.no_account", "account_number")),
            ({"account_number": "none"}, ("account_number.invalid", "account_number")),
            ({"routing_number": "021000022"}, ("routing_number.invalid", "routing_number")),
            ({"routing_number": "12345"}, ("routing_number.invalid", "routing_number")),
            ({"swift": "CHASUS3"}, ("swift.invalid", "swift")),
            ({"iban": "DE89370400440532013001"}, ("iban.invalid", "iban")),
            ({"iban": "US89370400440532013000"}, ("iban.invalid", "iban")),
            ({"bank_name": ""}, ("field.blank", "bank_name")),
            ({"verified_by": 1}, ("field.unknown", "verified_by")),
            ({"iban": 5}, ("iban.invalid", "iban")),
        ],
    )
    def test_refuses_numbers_that_cannot_be_right(self, fund, manager, fields, expected):
        arguments = {"fund_id": fund.pk, "fields": {**BANK, **fields}, "ctx": WriteContext(manager, AT)}

        assert refusal(InvalidInput, propose_bank_details, **arguments) == expected
        assert not fund.bank_details.exists()

    def test_elsewhere_branch_codes_have_other_shapes(self, manager):
        fund = FundFactory(manager=manager, currency="GBP")

        details = self.propose(fund, manager, routing_number="20-00-00", iban="GB29 NWBK 6016 1331 9268 19")

        assert details.routing_number == "20-00-00"
