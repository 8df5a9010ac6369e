"""The pages of investors, their commitments, and deals."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from blackgem.lib.context import WriteContext
from dashboard.queries import deals
from funds.models import ControlChange, Deal, Investor
from funds.services.controls import approve_change
from funds.services.partners import commit
from tests.factories import (
    AdminFactory,
    AllocationFactory,
    CommitmentFactory,
    ContactFactory,
    FundFactory,
    InvestorFactory,
    MembershipFactory,
    UserFactory,
)
from tests.integration.funds.reading import text_of

pytestmark = pytest.mark.django_db

AT = datetime(2025, 10, 1, 12, tzinfo=UTC)
TODAY = date(2025, 10, 1)


def agree(fund) -> None:
    """Another person approves the change that waits."""
    asked = ControlChange.objects.pending().get(fund=fund)
    approve_change(change_id=asked.pk, ctx=WriteContext(AdminFactory(), timezone.now()))


class TestCommitmentPages:
    def test_add_a_new_investor_on_the_way(self, signed_in, fund):
        cleaned = {"name_field": "Acme Ventures", "kind": "company"}
        made = signed_in.post(f"{reverse('funds:investor_new')}?fund={fund.pk}", cleaned)
        acme = Investor.objects.get(name="Acme Ventures")
        assert made["Location"] == f"/funds/{fund.pk}/commitments/new/?investor={acme.pk}"

        form = signed_in.get(made["Location"])
        assert f'<option value="{acme.pk}" selected>' in form.content.decode()

        cleaned = {"investor": acme.pk, "amount": "$300,000.00", "closing_date": "2025-09-01"}
        response = signed_in.post(reverse("funds:commitment_new", args=[fund.pk]), cleaned, follow=True)
        assert "Acme Ventures commits $300,000 under the reference 0003." in text_of(response)

    @pytest.mark.parametrize("amount", ["1.000", "1e3", "NaN", "-5", "10.005", "€5", "1٣", "1_000", ""])
    def test_refuse_amounts_that_are_none(self, signed_in, fund, manager, amount):
        investor = InvestorFactory(created_by=manager)
        cleaned = {"investor": investor.pk, "amount": amount, "closing_date": "2025-09-01"}

        response = signed_in.post(reverse("funds:commitment_new", args=[fund.pk]), cleaned)

        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["amount"]
        assert not investor.commitments.exists()

    def test_offer_only_investors_that_are_seen_and_free(self, signed_in, fund):
        stranger = InvestorFactory()
        partner = Investor.objects.get(name="John Anderson")
        for investor in (stranger, partner):
            cleaned = {"investor": investor.pk, "amount": "1", "closing_date": "2025-09-01"}
            response = signed_in.post(reverse("funds:commitment_new", args=[fund.pk]), cleaned)
            assert (response.status_code, list(response.context["form"].errors)) == (422, ["investor"])

    def test_the_amount_stays_once_it_was_called(self, signed_in, fund):
        commitment = fund.commitments.first()
        address = reverse("funds:commitment_edit", args=[commitment.pk])

        refused = signed_in.post(address, {"amount": "24999.99"})
        assert refused.status_code == 409
        assert "24999.99" in refused.content.decode()
        before = commitment.amount
        commitment.refresh_from_db()
        assert commitment.amount == before

    def test_set_the_standing(self, signed_in, fund):
        commitment = fund.commitments.first()
        address = reverse("funds:commitment_standing", args=[commitment.pk])

        assert signed_in.post(address, {"standing": "rude"}).status_code == 422
        assert signed_in.post(address, {"standing": "defaulted"}).status_code == 302
        commitment.refresh_from_db()
        assert commitment.standing == "defaulted"

    def test_are_for_managers(self, browser_of, fund):
        analyst = UserFactory()
        MembershipFactory(fund=fund, user=analyst, role="analyst")
        browser, commitment = browser_of(analyst), fund.commitments.first()

        assert browser.get(reverse("funds:commitment_new", args=[fund.pk])).status_code == 403
        assert browser.get(reverse("funds:commitment_edit", args=[commitment.pk])).status_code == 403
        standing = reverse("funds:commitment_standing", args=[commitment.pk])
        assert browser.post(standing, {"standing": "defaulted"}).status_code == 403


class TestTheListOfInvestors:
    def names(self, response):
        return [row.name for row in response.context["listing"].page.object_list]

    def test_adds_up_over_the_funds_that_are_seen(self, signed_in, fund, manager):
        john = Investor.objects.get(name="John Anderson")
        CommitmentFactory(fund=FundFactory(manager=manager), investor=john, amount=Decimal("50000.00"))
        CommitmentFactory(investor=john, amount=Decimal("1.00"))

        read = text_of(signed_in.get(reverse("dashboard:investor_list")))

        assert "John Anderson Individual 2 $150,000.00 $25,000.00 $0.00 $25,000.00 $125,000.00" in read
        assert "Commitments$250,000.00" in read

    def test_never_adds_two_currencies(self, signed_in, fund, manager):
        euros = FundFactory(manager=manager, currency="EUR")
        john = Investor.objects.get(name="John Anderson")
        CommitmentFactory(fund=euros, investor=john, amount=Decimal("50000.00"))
        address = reverse("dashboard:investor_list")

        assert "John Anderson Individual 1 €50,000.00" in text_of(signed_in.get(f"{address}?currency=EUR"))
        assert "John Anderson Individual 1 $100,000.00" in text_of(signed_in.get(f"{address}?currency=USD"))
        assert "€50,000.00" in text_of(signed_in.get(f"{address}?fund={euros.pk}"))

    def test_searches_literally(self, signed_in, fund, manager):
        InvestorFactory(name="100% Capital", created_by=manager)
        address = reverse("dashboard:investor_list")

        assert self.names(signed_in.get(address, {"q": "%"})) == ["100% Capital"]
        assert self.names(signed_in.get(address, {"q": "anders"})) == ["John Anderson"]
        assert self.names(signed_in.get(address, {"q": "' OR 1=1--"})) == []
        assert signed_in.get(address, {"q": "a" * 10_000}).status_code == 400
        assert signed_in.get(address, {"q": "a\x00"}).status_code == 400

    def test_sorts_in_the_database(self, signed_in, fund):
        address = reverse("dashboard:investor_list")

        for sort in ("-committed", "-unfunded"):
            assert self.names(signed_in.get(address, {"sort": sort}))[0] == "John Anderson"
        for sort in ("committed", "called", "paid", "outstanding", "unfunded", "kind", "-name"):
            assert signed_in.get(address, {"sort": sort}).status_code == 200
        assert signed_in.get(address, {"sort": "created_by__password"}).status_code == 400

    def test_shows_no_others(self, signed_in, fund):
        InvestorFactory(name="Somebody else’s")
        other = FundFactory()

        assert "Somebody else’s" not in self.names(signed_in.get(reverse("dashboard:investor_list")))
        assert signed_in.get(reverse("dashboard:investor_list"), {"fund": other.pk}).status_code == 400

    def test_says_what_will_be_there(self, browser_of):
        assert "No investor yet" in text_of(browser_of(UserFactory()).get(reverse("dashboard:investor_list")))


class TestOneInvestor:
    def test_is_told_across_funds(self, signed_in, fund, manager):
        john = Investor.objects.get(name="John Anderson")
        hidden = FundFactory(name="Hidden Fund")
        CommitmentFactory(fund=hidden, investor=john)

        read = text_of(signed_in.get(reverse("dashboard:investor", args=[john.pk])))

        assert "Larkspur I" in read
        assert "Hidden Fund" not in read
        assert "john@demo.example" in read
        assert "Call 1Acquisition" in read

    def test_keeps_events_of_hidden_funds_to_itself(self, signed_in, manager, fund):
        john, elsewhere = Investor.objects.get(name="John Anderson"), UserFactory(full_name="Eve Elsewhere")
        hidden = FundFactory(manager=elsewhere, name="Hidden Fund")
        MembershipFactory(fund=fund, user=elsewhere, role="analyst")
        commit(
            fund_id=hidden.pk,
            investor_id=john.pk,
            amount="987654",
            closing_date=TODAY,
            ctx=WriteContext(elsewhere, AT),
        )

        content = signed_in.get(reverse("dashboard:investor", args=[john.pk])).content.decode()

        assert "Eve Elsewhere" not in content
        assert "987,654" not in content

    def test_is_entered_with_a_warning_when_the_name_is_taken(self, signed_in, fund):
        cleaned = {"name_field": "JOHN ANDERSON, L.L.C.", "kind": "company"}

        response = signed_in.post(reverse("funds:investor_new"), cleaned, follow=True)

        assert response.status_code == 200
        assert "There is already an investor of nearly the same name: John Anderson" in text_of(response)
        assert Investor.objects.filter(name="JOHN ANDERSON, L.L.C.").exists()

    def test_is_changed(self, signed_in, fund):
        john = Investor.objects.get(name="John Anderson")
        cleaned = {
            "name_field": "John F. Anderson",
            "kind": "individual",
            "address": "1 Main Street\r\nBoston",
        }

        signed_in.post(reverse("funds:investor_edit", args=[john.pk]), cleaned)

        john.refresh_from_db()
        assert (john.name, john.address) == ("John F. Anderson", "1 Main Street\nBoston")

    def test_has_contacts(self, signed_in, fund):
        john = Investor.objects.get(name="John Anderson")
        new = reverse("funds:contact_new", args=[john.pk])

        assert signed_in.post(new, {"name_field": "X", "email": "john@demo.example"}).status_code == 409
        assert signed_in.post(new, {"name_field": "X", "email": "a@b.c\nBcc: x@y.z"}).status_code == 422
        assert signed_in.post(new, {"name_field": "CFO", "email": "cfo@demo.example"}).status_code == 302

        cfo = john.contacts.get(name="CFO")
        assert not cfo.takes_notices
        edit = reverse("funds:contact_edit", args=[john.pk, cfo.pk])
        signed_in.post(edit, {"name_field": "CFO", "email": "cfo@demo.example", "takes_notices": "on"})
        agree(fund)  # the fund is in use
        assert john.contacts.get(name="CFO").takes_notices
        signed_in.post(reverse("funds:contact_remove", args=[john.pk, cfo.pk]))
        agree(fund)
        assert not john.contacts.filter(name="CFO").exists()

    def test_contacts_belong_to_their_investor(self, signed_in, fund):
        jane, john = Investor.objects.get(name="Jane Williams"), Investor.objects.get(name="John Anderson")
        contact = john.contacts.get()

        assert signed_in.get(reverse("funds:contact_edit", args=[jane.pk, contact.pk])).status_code == 404
        assert signed_in.post(reverse("funds:contact_remove", args=[jane.pk, contact.pk])).status_code == 404
        other = ContactFactory()
        address = reverse("funds:contact_remove", args=[other.investor_id, other.pk])
        assert signed_in.post(address).status_code == 404

    def test_is_only_looked_at_by_auditors(self, browser_of, fund):
        auditor = UserFactory()
        MembershipFactory(fund=fund, user=auditor, role="auditor")
        john = Investor.objects.get(name="John Anderson")
        browser = browser_of(auditor)

        assert (
            "Edit investor" not in browser.get(reverse("dashboard:investor", args=[john.pk])).content.decode()
        )
        assert browser.get(reverse("funds:investor_edit", args=[john.pk])).status_code == 403
        assert browser.get(reverse("funds:investor_new")).status_code == 403


class TestDeals:
    def test_are_listed_with_allocations_of_seen_funds(self, signed_in, fund):
        deal = Deal.objects.get(name="ABC Manufacturing")
        AllocationFactory(fund=FundFactory(name="Hidden Fund"), deal=deal)

        read = text_of(signed_in.get(reverse("dashboard:deal_list")))

        assert "ABC Manufacturing" in read
        assert "$60,000.00 $40,000.00 $0.00 $20,000.00" in read
        assert "Hidden Fund" not in read

    def test_are_paged_by_what_funds_set_aside(self, signed_in, manager, fund, monkeypatch):
        second = FundFactory(name="Second Fund")
        MembershipFactory(fund=second, user=manager)
        AllocationFactory(fund=second, deal=Deal.objects.get(name="ABC Manufacturing"))
        monkeypatch.setattr(deals, "ROWS_PER_PAGE", 1)

        pages = [
            text_of(signed_in.get(reverse("dashboard:deal_list"), {"page": number})) for number in (1, 2)
        ]

        assert all("ABC Manufacturing" in page for page in pages)
        assert [name for name in (fund.name, "Second Fund") for page in pages if f"{name}: view" in page] == [
            fund.name,
            "Second Fund",
        ]

    def test_are_entered_on_the_way_to_an_allocation(self, signed_in, fund):
        response = signed_in.post(f"{reverse('funds:deal_new')}?fund={fund.pk}", {"name_field": "Cascade"})

        deal = Deal.objects.get(name="Cascade")
        assert response["Location"] == f"{reverse('capital:allocation_new', args=[fund.pk])}?deal={deal.pk}"

    def test_of_an_unknown_fund_are_not_found(self, signed_in, fund):
        for wanted in (FundFactory().pk, "abc", 10**30):
            assert signed_in.get(reverse("funds:deal_new"), {"fund": wanted}).status_code == 404

    def test_are_changed(self, signed_in, fund):
        deal = Deal.objects.get(name="ABC Manufacturing")
        address = reverse("funds:deal_edit", args=[deal.pk])

        assert signed_in.post(address, {"name_field": ""}).status_code == 422
        assert signed_in.post(address, {"name_field": "ABC", "description": "Parts"}).status_code == 302
        deal.refresh_from_db()
        assert (deal.name, deal.description) == ("ABC", "Parts")
