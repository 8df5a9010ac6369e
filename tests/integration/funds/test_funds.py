"""Setting up a fund: its terms, its people, its partners, and where its money is to be paid."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput, NotFound
from blackgem.models import AuditEvent
from funds.models import Commitment, Fund, FundMembership
from funds.services.funds import change_fund, create_fund
from tests.factories import (
    AdminFactory,
    AllocationFactory,
    CommitmentFactory,
    ContactFactory,
    FundFactory,
    MembershipFactory,
    UserFactory,
)
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


class TestCreatingAFund:
    def test_comes_with_terms_a_manager_and_its_gp_as_a_partner(self, manager):
        fund = create_fund(fields=FIELDS, ctx=WriteContext(manager, AT))

        terms = fund.terms.get()
        assert (terms.version, terms.effective_on) == (1, date(2025, 9, 1))
        assert (terms.hurdle_rate, terms.carry_rate) == (Decimal("0.08"), Decimal("0.20"))
        assert fund.memberships.get().role == FundMembership.Role.MANAGER
        gp = fund.commitments.get()
        assert (gp.kind, gp.amount, gp.reference) == (Commitment.Kind.GP, 0, "GP")
        assert gp.investor.name == "Search Fund I GP"

    def test_shows_zeros_in_every_roll_up(self, manager):
        fund = create_fund(fields=FIELDS, ctx=WriteContext(manager, AT))

        assert fund.capital.total_committed == fund.partners.committed == fund.cash.received == 0

    def test_leaves_an_event_that_says_what_was_entered(self, manager):
        fund = create_fund(fields={**FIELDS, "terms": {"carry_rate": "0.25"}}, ctx=WriteContext(manager, AT))

        event = audit.timeline(fund).get()
        assert (event.verb, event.actor, event.happened_at) == ("create_fund", manager, AT)
        assert event.changes["name"] == [None, "Search Fund I"]
        assert event.changes["carry_rate"] == [None, "0.25000000"]

    def test_takes_its_legal_name_from_its_name(self, manager):
        fund = create_fund(fields={"name": "Alpha", "lpa_date": "2025-09-01"}, ctx=WriteContext(manager, AT))

        assert (fund.legal_name, fund.lpa_date) == ("Alpha", date(2025, 9, 1))

    def test_has_a_code_of_its_own_out_of_its_name_or_as_it_was_chosen(self, manager):
        first = create_fund(fields=FIELDS, ctx=WriteContext(manager, AT))
        second = {**FIELDS, "name": "Second Fund I", "legal_name": "Second Fund I, L.P."}
        again = create_fund(fields=second, ctx=WriteContext(manager, AT))
        chosen = create_fund(
            fields={**FIELDS, "name": "Third", "legal_name": "Third, L.P.", "code": "third"},
            ctx=WriteContext(manager, AT),
        )
        assert (first.code, again.code, chosen.code) == ("SFI", "SFI2", "THIRD")
        for code, why in (("SFI", "fund.code_taken"), ("A/B", "fund.code")):
            with pytest.raises((Conflict, InvalidInput)) as refused:
                change_fund(fund_id=again.pk, fields={"code": code}, ctx=WriteContext(manager, AT))
            assert refused.value.code == why
        unsaved = Fund(name="Fourth Fund", legal_name="Fourth", lpa_date=AT.date(), created_by=manager)
        unsaved.full_clean()
        assert unsaved.code == "FF"

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"name": ""}, ("field.blank", "name")),
            ({"name": "   "}, ("field.blank", "name")),
            ({"name": None}, ("field.blank", "name")),
            ({"name": "x" * 201}, ("field.max_length", "name")),
            ({"name": "a\x00b"}, ("text.forbidden", "name")),
            ({"name": "Fund \u202eI"}, ("text.forbidden", "name")),
            ({"lpa_date": None}, ("field.null", "lpa_date")),
            ({"lpa_date": "2025-02-30"}, ("field.invalid_date", "lpa_date")),
            ({"lpa_date": "0025-09-01"}, ("date.out_of_range", "lpa_date")),
            ({"currency": "XTS"}, ("currency.unsupported", "currency")),
            ({"currency": ""}, ("field.blank", "currency")),
            ({"contact_email": "a@b.c\nBcc: x@y.z"}, ("field.invalid", "contact_email")),
            ({"contact_email": "LP <a@b.co>, d@e.fr"}, ("field.invalid", "contact_email")),
            ({"paper_size": "a5"}, ("field.invalid_choice", "paper_size")),
            ({"four_eyes": "perhaps"}, ("field.invalid", "four_eyes")),
            ({"status": "approved"}, ("field.unknown", "status")),
            ({"created_by": 1}, ("field.unknown", "created_by")),
            ({"last_call_number": 7}, ("field.unknown", "last_call_number")),
        ],
    )
    def test_refuses_what_could_never_be_right(self, manager, fields, expected):
        before = Fund.objects.count()

        assert (
            refusal(InvalidInput, create_fund, fields={**FIELDS, **fields}, ctx=WriteContext(manager, AT))
            == expected
        )
        assert Fund.objects.count() == before
        assert not AuditEvent.objects.exists()

    def test_names_every_problem_at_once(self, manager):
        with pytest.raises(InvalidInput) as caught:
            create_fund(fields={"name": "", "lpa_date": None}, ctx=WriteContext(manager, AT))

        assert {problem.field for problem in caught.value.problems} == {"name", "legal_name", "lpa_date"}

    def test_refuses_a_name_that_is_taken(self, manager, fund):
        arguments = {"fields": FIELDS, "ctx": WriteContext(manager, AT)}

        assert refusal(Conflict, create_fund, **arguments) == ("fund.name_taken", "name")

    def test_is_not_for_analysts_nor_for_contacts_of_investors(self):
        analyst, contact = UserFactory(), UserFactory()
        FundFactory(analyst=analyst)
        ContactFactory(user=contact)

        for person in (analyst, contact):
            assert (
                refusal(Forbidden, create_fund, fields=FIELDS, ctx=WriteContext(person, AT))[0]
                == "role.insufficient"
            )


class TestChangingAFund:
    def test_records_old_and_new(self, fund, manager):
        change_fund(
            fund_id=fund.pk,
            fields={"name": "Search Fund II", "four_eyes": True},
            ctx=WriteContext(manager, AT),
        )

        fund.refresh_from_db()
        assert (fund.name, fund.four_eyes) == ("Search Fund II", True)
        assert audit.timeline(fund).get().changes == {
            "name": ["Search Fund I", "Search Fund II"],
            "four_eyes": [False, True],
        }

    def test_writes_nothing_when_nothing_changes(self, fund, manager):
        change_fund(fund_id=fund.pk, fields={"name": fund.name}, ctx=WriteContext(manager, AT))

        assert not AuditEvent.objects.exists()

    def test_keeps_its_currency_once_money_is_promised(self, fund, manager):
        arguments = {"fund_id": fund.pk, "fields": {"currency": "JPY"}, "ctx": WriteContext(manager, AT)}
        change_fund(**arguments)
        change_fund(fund_id=fund.pk, fields={"currency": "USD"}, ctx=WriteContext(manager, AT))
        CommitmentFactory(fund=fund)

        assert refusal(Conflict, change_fund, **arguments) == ("fund.currency_fixed", "currency")

    def test_keeps_its_currency_once_a_deal_has_an_allocation(self, fund, manager):
        AllocationFactory(fund=fund)
        arguments = {"fund_id": fund.pk, "fields": {"currency": "JPY"}, "ctx": WriteContext(manager, AT)}

        assert refusal(Conflict, change_fund, **arguments) == ("fund.currency_fixed", "currency")

    def test_is_for_managers_only(self, fund):
        analyst = UserFactory()
        MembershipFactory(fund=fund, user=analyst, role="analyst")
        arguments = {"fund_id": fund.pk, "fields": {"name": "Mine"}}

        assert (
            refusal(Forbidden, change_fund, ctx=WriteContext(analyst, AT), **arguments)[0]
            == "role.insufficient"
        )
        assert (
            refusal(NotFound, change_fund, ctx=WriteContext(UserFactory(), AT), **arguments)[0] == "not_found"
        )

    def test_a_fund_that_is_not_there_is_not_found(self, manager):
        for fund_id in (0, -1, 10**30):
            arguments = {"fund_id": fund_id, "fields": {}, "ctx": WriteContext(manager, AT)}
            assert refusal(NotFound, change_fund, **arguments)[0] == "not_found"

    def test_an_administrator_may(self, fund):
        change_fund(fund_id=fund.pk, fields={"name": "Renamed"}, ctx=WriteContext(AdminFactory(), AT))

        assert Fund.objects.get(pk=fund.pk).name == "Renamed"
