"""Investors, their contacts, deals, and what is promised."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput, NotFound
from blackgem.lib.sql import mapped_errors
from blackgem.models import AuditEvent
from capital.services.calls import cancel_call, draft_call, issue_call
from capital.services.plans import CallPlan, LinePlan
from funds.models import Commitment, Deal, Investor
from funds.queries.partners import namesakes
from funds.services.contacts import add_contact, change_contact, remove_contact
from funds.services.partners import (
    change_commitment,
    change_deal,
    change_investor,
    commit,
    create_deal,
    create_investor,
    set_standing,
)
from tests.factories import (
    AllocationFactory,
    CommitmentFactory,
    ContactFactory,
    DealFactory,
    FundFactory,
    InvestorFactory,
    MembershipFactory,
    UserFactory,
)
from tests.support.refusals import refusal

pytestmark = pytest.mark.django_db

AT = datetime(2025, 9, 1, 12, tzinfo=UTC)
CLOSING = date(2025, 9, 1)


@pytest.fixture
def fund(manager):
    return FundFactory(manager=manager)


def member(fund, role):
    user = UserFactory()
    MembershipFactory(fund=fund, user=user, role=role)
    return user


class TestInvestors:
    def test_are_entered_and_changed_with_a_trail(self, fund, manager):
        investor = create_investor(
            fields={"name": " Acme Ventures ", "kind": "company"}, ctx=WriteContext(manager, AT)
        )
        fields = {"name": "Acme Ventures LLC", "address": "1 Main St\r\nBoston"}
        change_investor(investor_id=investor.pk, fields=fields, ctx=WriteContext(manager, AT))

        investor.refresh_from_db()
        assert (investor.name, investor.address) == ("Acme Ventures LLC", "1 Main St\nBoston")
        changed, created = audit.timeline(investor)
        assert created.changes["name"] == [None, "Acme Ventures"]
        assert changed.changes["name"] == ["Acme Ventures", "Acme Ventures LLC"]

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({}, ("field.blank", "name")),
            ({"name": "a\x00b"}, ("text.forbidden", "name")),
            ({"name": "A\u202eB"}, ("text.forbidden", "name")),
            ({"name": "x" * 1_000_000}, ("field.max_length", "name")),
            ({"name": "A", "kind": "robot"}, ("field.invalid_choice", "kind")),
            ({"name": "A", "email": '"a b"@c'}, ("field.invalid", "email")),
            ({"name": "A", "email": f"{'a' * 320}@b.co"}, ("field.invalid", "email")),
            ({"name": "A", "id": 5}, ("field.unknown", "id")),
        ],
    )
    def test_refuses_what_could_never_be_right(self, fund, manager, fields, expected):
        before = Investor.objects.count()

        assert (
            refusal(InvalidInput, create_investor, fields=fields, ctx=WriteContext(manager, AT)) == expected
        )
        assert Investor.objects.count() == before

    def test_auditors_look_and_do_not_enter(self, fund):
        arguments = {"fields": {"name": "Acme"}, "ctx": WriteContext(member(fund, "auditor"), AT)}

        assert refusal(Forbidden, create_investor, **arguments)[0] == "role.insufficient"

    def test_of_others_are_not_found(self, manager, fund):
        other = InvestorFactory()
        arguments = {"investor_id": other.pk, "fields": {"name": "Mine"}, "ctx": WriteContext(manager, AT)}

        assert refusal(NotFound, change_investor, **arguments)[0] == "not_found"
        assert refusal(NotFound, change_investor, **{**arguments, "investor_id": 10**30})[0] == "not_found"

    def test_of_a_fund_are_kept_by_those_who_prepare_for_it(self, fund, manager):
        """A colleague who only audits this fund sees its partner, and may not change it, though analyst elsewhere."""
        investor = CommitmentFactory(fund=fund).investor
        colleague = member(fund, "auditor")
        FundFactory(analyst=colleague)
        arguments = {"investor_id": investor.pk, "fields": {"name": "Renamed"}}

        assert (
            refusal(Forbidden, change_investor, ctx=WriteContext(colleague, AT), **arguments)[0]
            == "role.insufficient"
        )
        change_investor(ctx=WriteContext(member(fund, "analyst"), AT), **arguments)

    @pytest.mark.parametrize(
        "name",
        [
            "ACME ventures",
            "Acme Ventures, L.L.C.",
            "\N{CYRILLIC CAPITAL LETTER A}cme Ventures",
            "Äcme-Ventures",
        ],
    )
    def test_a_name_like_anothers_is_noticed(self, fund, manager, name):
        acme = InvestorFactory(name="Acme Ventures", created_by=manager)
        InvestorFactory(name="Acme Ventures")

        assert namesakes(manager, Investor, name) == [acme]

    def test_different_names_are_not(self, fund, manager):
        InvestorFactory(name="Acme Ventures II", created_by=manager)

        assert namesakes(manager, Investor, "Acme Ventures") == []


class TestContacts:
    @pytest.fixture
    def investor(self, fund):
        return CommitmentFactory(fund=fund).investor

    def test_come_and_change_and_go(self, investor, manager):
        fields = {"name": "John Anderson", "email": "john@demo.example"}
        contact = add_contact(investor_id=investor.pk, fields=fields, ctx=WriteContext(manager, AT))
        assert contact.takes_notices

        change_contact(contact_id=contact.pk, fields={"takes_notices": False}, ctx=WriteContext(manager, AT))
        remove_contact(contact_id=contact.pk, ctx=WriteContext(manager, AT))

        assert not investor.contacts.exists()
        verbs = [event.verb for event in audit.timeline(investor)]
        assert verbs == ["remove_contact", "change_contact", "add_contact"]

    @pytest.mark.parametrize(
        "email", ["", "a@b.c\nBcc: x@y.z", "LP <a@b.co>, d@e.fr", "a@b.co,c@d.eu", '"a b"@c', None]
    )
    def test_have_one_plain_address(self, investor, manager, email):
        arguments = {
            "investor_id": investor.pk,
            "fields": {"name": "John", "email": email},
            "ctx": WriteContext(manager, AT),
        }

        assert refusal(InvalidInput, add_contact, **arguments)[1] == "email"
        assert not investor.contacts.exists()

    def test_one_address_is_entered_once(self, investor, manager):
        ContactFactory(investor=investor, email="john@demo.example")
        fields = {"name": "John", "email": "John@Demo.example"}

        answer = refusal(
            Conflict, add_contact, investor_id=investor.pk, fields=fields, ctx=WriteContext(manager, AT)
        )
        assert answer == ("contact.duplicate", "email")

    def test_another_address_ends_the_access_of_the_old_one(self, investor, manager):
        contact = ContactFactory(investor=investor, email="john@demo.example", user=UserFactory())

        change_contact(contact_id=contact.pk, fields={"name": "J. Anderson"}, ctx=WriteContext(manager, AT))
        contact.refresh_from_db()
        assert contact.user
        change_contact(
            contact_id=contact.pk, fields={"email": "mallory@evil.example"}, ctx=WriteContext(manager, AT)
        )

        contact.refresh_from_db()
        assert contact.user is None

    def test_of_others_are_not_found(self, manager, fund):
        contact = ContactFactory()

        for contact_id in (contact.pk, 0, 10**30):
            answer = refusal(NotFound, remove_contact, contact_id=contact_id, ctx=WriteContext(manager, AT))
            assert answer[0] == "not_found"


class TestDeals:
    def test_are_entered_and_changed(self, fund, manager):
        deal = create_deal(fields={"name": "ABC Manufacturing"}, ctx=WriteContext(manager, AT))
        change_deal(deal_id=deal.pk, fields={"description": "Precision parts"}, ctx=WriteContext(manager, AT))

        assert Deal.objects.get(pk=deal.pk).description == "Precision parts"
        assert AuditEvent.objects.count() == 2

    def test_of_a_fund_are_kept_by_those_who_prepare_for_it(self, fund, manager):
        deal = AllocationFactory(fund=fund).deal
        arguments = {"deal_id": deal.pk, "fields": {"name": "Renamed"}}

        assert (
            refusal(Forbidden, change_deal, ctx=WriteContext(member(fund, "auditor"), AT), **arguments)[0]
            == "role.insufficient"
        )
        assert (
            refusal(NotFound, change_deal, ctx=WriteContext(UserFactory(), AT), **arguments)[0] == "not_found"
        )
        change_deal(ctx=WriteContext(manager, AT), **arguments)

    def test_a_name_is_needed(self, fund, manager):
        assert refusal(InvalidInput, create_deal, fields={}, ctx=WriteContext(manager, AT)) == (
            "field.blank",
            "name",
        )
        assert not Deal.objects.exclude(pk=DealFactory().pk).exists()


class TestCommitments:
    @pytest.fixture
    def arguments(self, fund, manager):
        return {"fund_id": fund.pk, "closing_date": CLOSING, "ctx": WriteContext(manager, AT)}

    def investor(self, manager):
        return InvestorFactory(created_by=manager)

    def test_are_numbered_in_the_order_they_come(self, arguments, manager):
        first = commit(investor_id=self.investor(manager).pk, amount="100000", **arguments)
        named = commit(investor_id=self.investor(manager).pk, amount="1", reference="SFO-7", **arguments)
        third = commit(investor_id=self.investor(manager).pk, amount=Decimal("75000.50"), **arguments)

        assert [first.reference, named.reference, third.reference] == ["0001", "SFO-7", "0002"]
        assert third.amount == Decimal("75000.50")
        assert audit.timeline(third).get().changes["amount"] == [None, "75000.50"]
        assert third.fund.partners.committed == Decimal("175001.50")

    @pytest.mark.parametrize(
        ("amount", "code"),
        [
            ("NaN", "amount.invalid"),
            ("1e3", "amount.invalid"),
            ("1,000.00", "amount.invalid"),
            ("-5", "amount.min_value"),
            ("10.005", "amount.max_decimal_places"),
            ("10000000000000", "amount.too_large"),
            (True, "amount.invalid"),
            (None, "amount.invalid"),
            (0.5, "amount.invalid"),
        ],
    )
    def test_refuses_amounts_that_are_none(self, arguments, manager, amount, code):
        answer = refusal(
            InvalidInput, commit, investor_id=self.investor(manager).pk, amount=amount, **arguments
        )

        assert answer == (code, "amount")
        assert not Commitment.objects.exists()

    def test_keep_to_the_decimals_of_the_currency(self, manager):
        fund = FundFactory(manager=manager, currency="JPY")
        answer = refusal(
            InvalidInput,
            commit,
            fund_id=fund.pk,
            investor_id=self.investor(manager).pk,
            amount="100.50",
            closing_date=CLOSING,
            ctx=WriteContext(manager, AT),
        )
        assert answer == ("amount.max_decimal_places", "amount")

    def test_one_per_investor_one_per_reference_one_gp(self, arguments, manager):
        investor = self.investor(manager)
        commit(investor_id=investor.pk, amount="1", kind="gp", **arguments)
        other = self.investor(manager).pk

        answer = refusal(Conflict, commit, investor_id=investor.pk, amount="1", **arguments)
        assert answer == ("commitment.duplicate", "investor")
        answer = refusal(Conflict, commit, investor_id=other, amount="1", reference="0001", **arguments)
        assert answer == ("commitment.reference_taken", "reference")
        answer = refusal(Conflict, commit, investor_id=other, amount="1", kind="gp", **arguments)
        assert answer == ("commitment.gp_exists", "kind")

    @pytest.mark.parametrize("reference", ["a b", "-1", "00\n01", "../x", "é", "A--B", "0" * 21])
    def test_references_can_be_typed_on_a_wire(self, arguments, manager, reference):
        investor = self.investor(manager).pk
        answer = refusal(
            InvalidInput, commit, investor_id=investor, amount="1", reference=reference, **arguments
        )

        assert answer[1] == "reference"
        assert not Commitment.objects.exists()

    def test_are_made_by_managers_with_investors_they_see(self, arguments, manager, fund):
        investor = self.investor(manager).pk
        analyst = {**arguments, "ctx": WriteContext(member(fund, "analyst"), AT)}

        assert (
            refusal(Forbidden, commit, investor_id=investor, amount="1", **analyst)[0] == "role.insufficient"
        )
        for stranger in (InvestorFactory().pk, 0, 10**30):
            answer = refusal(InvalidInput, commit, investor_id=stranger, amount="1", **arguments)
            assert answer == ("investor.unknown", "investor")

    def test_can_be_raised_and_lowered_while_nothing_is_called(self, fund, manager):
        commitment = CommitmentFactory(fund=fund, amount="100000.00")
        for amount in ("150000", "20000", "0"):
            changed = change_commitment(
                commitment_id=commitment.pk, amount=amount, ctx=WriteContext(manager, AT)
            )
            assert changed.amount == Decimal(amount)

        commitment.refresh_from_db()
        assert commitment.amount == 0
        newest = audit.timeline(commitment).first()
        assert newest.changes == {"amount": ["20000.00", "0.00"]}

    def test_standing_is_a_label(self, fund, manager):
        commitment = CommitmentFactory(fund=fund)
        arguments = {"commitment_id": commitment.pk, "ctx": WriteContext(manager, AT)}

        set_standing(standing="defaulted", **arguments)
        assert refusal(InvalidInput, set_standing, standing="rude", **arguments)[1] == "standing"

        commitment.refresh_from_db()
        assert commitment.standing == Commitment.Standing.DEFAULTED
        assert audit.timeline(commitment).get().changes == {"standing": ["good", "defaulted"]}

    def test_of_others_are_not_found(self, manager, fund):
        commitment = CommitmentFactory()

        for commitment_id in (commitment.pk, 0, 10**30):
            answer = refusal(
                NotFound,
                change_commitment,
                commitment_id=commitment_id,
                amount="1",
                ctx=WriteContext(manager, AT),
            )
            assert answer[0] == "not_found"


class TestCommitmentsThatWereCalled:
    """Two partners of 100,000 each; a call of 50,000 asks each for 25,000."""

    @pytest.fixture
    def commitment(self, fund, manager):
        commitments = [CommitmentFactory(fund=fund) for _ in range(2)]
        line = LinePlan("management_fee", Decimal("50000.00"))
        plan = CallPlan(fund.pk, line.amount, "Fees", "", date(2025, 10, 1), date(2025, 10, 15), (line,))
        call = draft_call(plan=plan, ctx=WriteContext(manager, AT))
        issue_call(call_id=call.pk, ctx=WriteContext(manager, AT))
        return commitments[0]

    @pytest.mark.parametrize("cancelled", [False, True])
    @pytest.mark.parametrize("amount", ["24999.99", "100000.01"])
    def test_keep_the_amount_that_letters_and_statements_state(self, commitment, manager, amount, cancelled):
        if cancelled:
            call = commitment.call_items.get().call
            cancel_call(call_id=call.pk, reason="Not needed", ctx=WriteContext(manager, AT))

        answer = refusal(
            Conflict,
            change_commitment,
            commitment_id=commitment.pk,
            amount=amount,
            ctx=WriteContext(manager, AT),
        )
        assert answer == ("commitment.called", "amount")

    def test_the_database_says_the_same(self, commitment, manager, monkeypatch):
        unaware = SimpleNamespace(was_called=lambda commitment: False)
        monkeypatch.setattr("funds.services.register.call_books", lambda: unaware)
        with pytest.raises(Conflict) as caught, mapped_errors():
            change_commitment(commitment_id=commitment.pk, amount="100000.01", ctx=WriteContext(manager, AT))

        assert caught.value.code == "commitment.called"
