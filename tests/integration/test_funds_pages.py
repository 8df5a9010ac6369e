"""The pages of funds, investors and deals: who sees them, what they say, and what they do with what is typed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from re import sub

import pytest
from django.urls import reverse

from capital.services.calls import draft_call, issue_call
from capital.services.planning import CallPlan, LinePlan
from capital.services.receipts import record_receipt
from funds.models import Commitment, Deal, Fund, Investor
from funds.services.partners import commit
from tests.factories import (
    AdminFactory,
    AllocationFactory,
    BankDetailsFactory,
    CommitmentFactory,
    ContactFactory,
    DealFactory,
    FundFactory,
    FundTermsFactory,
    InvestorFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

AT = datetime(2025, 10, 1, 12, tzinfo=UTC)
TODAY = date(2025, 10, 1)
MOST_QUERIES = 10


@pytest.fixture
def manager():
    return UserFactory(full_name="Maria Manager")


@pytest.fixture
def fund(manager):
    """Two LPs of 100,000, one deal of 60,000; called: 40,000 for the deal and 10,000 of fees; 7,000 unapplied."""
    fund = FundFactory(manager=manager, name="Larkspur I")
    FundTermsFactory(fund=fund)
    BankDetailsFactory(fund=fund)
    for name in ("John Anderson", "Jane Williams"):
        investor = InvestorFactory(name=name, created_by=manager, contact=f"{name[:4].lower()}@demo.example")
        CommitmentFactory(fund=fund, investor=investor)
    deal = DealFactory(name="ABC Manufacturing", created_by=manager)
    allocation = AllocationFactory(fund=fund, deal=deal, committed_amount=Decimal("60000.00"))
    lines = (
        LinePlan("investment", Decimal("40000.00"), allocation.pk),
        LinePlan("management_fee", Decimal("10000.00")),
    )
    plan = CallPlan(fund.pk, Decimal("50000.00"), "Acquisition", "", TODAY, date(2025, 10, 15), lines)
    call = draft_call(plan=plan, by=manager, at=AT)
    issue_call(call_id=call.pk, by=manager, at=AT, today=TODAY)
    record_receipt(
        fund_id=fund.pk,
        amount=Decimal("7000.00"),
        value_date=TODAY,
        payer="Unknown",
        by=manager,
        at=AT,
        today=TODAY,
    )
    return fund


@pytest.fixture
def browser_of(client):
    """A client that is signed in as somebody."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def signed_in(browser_of, manager):
    return browser_of(manager)


def text_of(response):
    """What a person reads: no markup, single spaces."""
    return sub(r"\s+", " ", unescape(sub(r"<[^>]*>", "", sub(r"</t[dh]>", " ", response.content.decode()))))


def addresses(fund):
    """Every page there is to look at, as the manager of a fund with partners and a deal."""
    commitment, investor = fund.commitments.first(), Investor.objects.get(name="John Anderson")
    details = fund.bank_details.first()
    return [
        reverse("funds:fund_list"),
        reverse("funds:fund_new"),
        reverse("funds:fund", args=[fund.pk]),
        reverse("funds:fund_edit", args=[fund.pk]),
        reverse("funds:terms_new", args=[fund.pk]),
        reverse("funds:members", args=[fund.pk]),
        reverse("funds:bank_details_new", args=[fund.pk]),
        reverse("funds:bank_details_verify", args=[details.pk]),
        reverse("funds:commitment_new", args=[fund.pk]),
        reverse("funds:commitment_edit", args=[commitment.pk]),
        reverse("funds:investor_list"),
        reverse("funds:investor_new"),
        reverse("funds:investor", args=[investor.pk]),
        reverse("funds:investor_edit", args=[investor.pk]),
        reverse("funds:contact_new", args=[investor.pk]),
        reverse("funds:contact_edit", args=[investor.pk, investor.contacts.get().pk]),
        reverse("funds:deal_list"),
        reverse("funds:deal_new"),
        reverse("funds:deal_edit", args=[Deal.objects.get(name="ABC Manufacturing").pk]),
    ]


class TestEveryPage:
    def test_opens_within_ten_queries(self, signed_in, fund, django_assert_max_num_queries):
        for address in addresses(fund):
            with django_assert_max_num_queries(MOST_QUERIES) as counted:
                response = signed_in.get(address)
            assert response.status_code == 200, address
            assert len(counted) <= MOST_QUERIES

    def test_takes_no_more_queries_for_more_rows(
        self, signed_in, fund, manager, django_assert_max_num_queries
    ):
        for _ in range(30):
            CommitmentFactory(fund=fund)
            AllocationFactory(fund=fund)
        CommitmentFactory(
            fund=FundFactory(manager=manager), investor=Investor.objects.get(name="John Anderson")
        )
        for address in addresses(fund):
            with django_assert_max_num_queries(MOST_QUERIES):
                signed_in.get(address)

    def test_sends_strangers_to_the_sign_in(self, client, fund):
        for address in addresses(fund):
            response = client.get(address)
            assert (response.status_code, response["Location"].split("?")[0]) == (302, "/sign-in/"), address

    def test_of_a_fund_is_not_there_for_others(self, browser_of, fund):
        stranger = browser_of(UserFactory())
        own = {
            reverse(f"funds:{name}") for name in ("fund_list", "fund_new", "investor_list", "investor_new")
        }
        own |= {reverse(f"funds:{name}") for name in ("deal_list", "deal_new")}
        for address in addresses(fund):
            if address not in own:
                assert stranger.get(address).status_code == 404, address

    def test_is_kept_by_no_cache(self, signed_in, fund):
        response = signed_in.get(reverse("funds:fund", args=[fund.pk]))

        assert response["Cache-Control"] == "no-store, private"

    @pytest.mark.parametrize("number", ["0", "9" * 30])
    def test_of_a_number_that_nothing_has_is_not_there(self, signed_in, fund, number):
        for address in (f"/funds/{number}/", f"/investors/{number}/", f"/deals/{number}/edit/"):
            assert signed_in.get(address).status_code == 404
        assert signed_in.get(f"/bank-details/{number}/verify/").status_code == 404
        assert signed_in.get(f"/commitments/{number}/edit/").status_code == 404

    def test_changes_nothing_when_it_is_looked_at(self, signed_in, fund):
        for name, arguments in (
            ("member_remove", [fund.pk, 1]),
            ("bank_details_reject", [1]),
            ("commitment_standing", [1]),
            ("contact_remove", [1, 1]),
        ):
            assert signed_in.get(reverse(f"funds:{name}", args=arguments)).status_code == 405

    def test_escapes_names(self, signed_in, fund, manager):
        nasty = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
        InvestorFactory(name=nasty, created_by=manager)
        DealFactory(name=nasty, created_by=manager)
        Fund.objects.filter(pk=fund.pk).update(name=nasty)
        for address in ("/investors/", "/deals/", "/funds/", f"/funds/{fund.pk}/"):
            content = signed_in.get(address).content.decode()
            assert "<script>alert" not in content
            assert "<img src=x" not in content


class TestTheFundPage:
    def test_says_what_partners_promised_paid_and_owe(self, signed_in, fund):
        read = text_of(signed_in.get(reverse("funds:fund", args=[fund.pk])))

        assert "Commitments$200,000.002 LPs" in read
        assert "Called$50,000.0025% of commitments" in read
        assert "Outstanding$50,000.00" in read
        assert "Unfunded commitments$150,000.00" in read
        assert "Unapplied cash$7,000.00" in read
        assert "All partners $200,000.00 100.0% $50,000.00 $0.00 $50,000.00 $150,000.00" in read

    def test_bridges_from_the_deals_to_all_calls(self, signed_in, fund):
        read = text_of(signed_in.get(reverse("funds:fund", args=[fund.pk])))

        assert "Drawn for deals $60,000.00 $40,000.00 $0.00 $40,000.00 $20,000.00" in read
        assert "No dealFees, expenses, reserves $10,000.00 $0.00 $10,000.00" in read
        assert "All calls $50,000.00 $0.00 $50,000.00" in read

    def test_offers_verbs_by_role(self, browser_of, fund, manager):
        address = reverse("funds:fund", args=[fund.pk])
        analyst, auditor = UserFactory(), UserFactory()
        fund.memberships.create(user=analyst, role="analyst")
        fund.memberships.create(user=auditor, role="auditor")

        seen = {user: browser_of(user).get(address).content.decode() for user in (manager, analyst, auditor)}

        assert "Edit fund" in seen[manager]
        assert "Edit fund" not in seen[analyst] + seen[auditor]
        assert "New capital call" in seen[manager]
        assert "New capital call" in seen[analyst]
        assert "New capital call" not in seen[auditor]

    def test_of_an_empty_fund_says_what_comes_next(self, signed_in, manager):
        fund = FundFactory(manager=manager)
        FundTermsFactory(fund=fund)

        read = text_of(signed_in.get(reverse("funds:fund", args=[fund.pk])))

        assert "What comes next" in read
        for step in (
            "Bank details",
            "Investors and their commitments",
            "Deals and allocations",
            "First capital call",
        ):
            assert step in read

    def test_of_a_fund_with_calls_no_longer_does(self, signed_in, fund):
        assert "What comes next" not in text_of(signed_in.get(reverse("funds:fund", args=[fund.pk])))

    def test_pages_its_partners_at_a_hundred(self, signed_in, fund):
        for _ in range(101):
            CommitmentFactory(fund=fund)
        address = reverse("funds:fund", args=[fund.pk])

        first, second = signed_in.get(address), signed_in.get(f"{address}?page=2")

        assert len(first.context["commitments"].object_list) == 100
        assert len(second.context["commitments"].object_list) == 3
        assert signed_in.get(f"{address}?page=999999999").context["commitments"].number == 2
        assert signed_in.get(f"{address}?page=-1").status_code == 200

    def test_sorts_by_what_it_offers_and_nothing_else(self, signed_in, fund):
        address = reverse("funds:fund", args=[fund.pk])
        Commitment.objects.filter(investor__name="Jane Williams").update(amount=Decimal("300000.00"))

        names = [
            row.investor.name
            for row in signed_in.get(f"{address}?sort=-committed").context["commitments"].object_list
        ]

        assert names == ["Jane Williams", "John Anderson"]
        for sort in ("password", "fund__created_by__password", "--committed", "investor__name"):
            assert signed_in.get(address, {"sort": sort}).status_code == 400

    def test_masks_accounts_of_past_versions(self, signed_in, fund):
        BankDetailsFactory(fund=fund, account_number="000987654321")

        content = signed_in.get(reverse("funds:fund", args=[fund.pk])).content.decode()

        assert "000987654321" in content
        assert "000123456789" not in content
        assert "•••• 6789" in content


class TestSettingUpAFund:
    TYPED = {
        "name": "Alder Fund",
        "legal_name": "",
        "currency": "EUR",
        "lpa_date": "2026-01-05",
        "paper_size": "a4",
        "style": "european",
        "scope": "per_investor",
        "hurdle_rate": "7.5",
        "catch_up_rate": "100",
        "carry_rate": "20",
        "management_fee_rate": "2",
        "compounding": "annual",
        "day_count": "act/365",
        "order": "capital_first",
        "pref_start": "paid",
        "recallable_treatment": "all_in",
        "fee_allocation": "pro_rata",
        "fee_base": "invested",
        "clawback_tax_rate": "0",
        "loss_carryforward": "on",
        "four_eyes": "on",
    }

    def test_reads_rates_in_percent(self, signed_in, manager):
        response = signed_in.post(reverse("funds:fund_new"), self.TYPED)

        fund = Fund.objects.get()
        assert response["Location"] == reverse("funds:fund", args=[fund.pk])
        assert (fund.legal_name, fund.currency, fund.four_eyes) == ("Alder Fund", "EUR", True)
        assert fund.terms.get().hurdle_rate == Decimal("0.075")
        assert fund.terms.get().effective_on == date(2026, 1, 5)

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "a\x00b"}, "name"),
            ({"name": "x" * 201}, "name"),
            ({"name": "Fund \u202eI"}, "name"),
            ({"lpa_date": "2025-02-30"}, "lpa_date"),
            ({"lpa_date": "31/04/2025"}, "lpa_date"),
            ({"lpa_date": "0001-01-01"}, "lpa_date"),
            ({"currency": "XXX"}, "currency"),
            ({"hurdle_rate": "1e1"}, "hurdle_rate"),
            ({"hurdle_rate": "101"}, "hurdle_rate"),
            ({"catch_up_rate": "10"}, "catch_up_rate"),
            ({"carry_rate": "100"}, "carry_rate"),
            ({"contact_email": "a@b.c\nBcc: x@y.z"}, "contact_email"),
        ],
    )
    def test_shows_what_is_wrong_beside_its_field_and_keeps_what_was_typed(self, signed_in, typed, field):
        response = signed_in.post(
            reverse("funds:fund_new"), {**self.TYPED, **typed, "address": "1 Main Street"}
        )

        assert response.status_code == 422
        assert list(response.context["form"].errors) == [field]
        assert f'id="id_{field}_error"' in response.content.decode()
        assert "1 Main Street" in response.content.decode()
        assert not Fund.objects.exists()

    def test_answers_409_for_a_name_that_is_taken(self, signed_in, fund):
        response = signed_in.post(reverse("funds:fund_new"), {**self.TYPED, "name": fund.name})

        assert response.status_code == 409
        assert "A fund of this name already exists." in response.content.decode()

    def test_is_not_for_analysts(self, browser_of):
        analyst = UserFactory()
        FundFactory(analyst=analyst)

        assert browser_of(analyst).get(reverse("funds:fund_new")).status_code == 403
        assert browser_of(analyst).post(reverse("funds:fund_new"), self.TYPED).status_code == 403
        assert "New fund" not in browser_of(analyst).get(reverse("funds:fund_list")).content.decode()

    def test_can_be_changed(self, signed_in, fund):
        typed = {"name": "Larkspur II", "currency": "USD", "lpa_date": "2025-09-01", "paper_size": "letter"}

        response = signed_in.post(reverse("funds:fund_edit", args=[fund.pk]), typed)

        assert response.status_code == 302
        assert Fund.objects.get(pk=fund.pk).name == "Larkspur II"

    def test_gets_new_terms(self, signed_in, fund):
        typed = {
            name: self.TYPED[name] for name in self.TYPED if name not in ("name", "currency", "lpa_date")
        }

        address = reverse("funds:terms_new", args=[fund.pk])
        assert signed_in.post(address, {**typed, "effective_on": ""}).status_code == 422
        assert signed_in.post(address, {**typed, "effective_on": "2026-01-01"}).status_code == 302

        assert fund.terms.order_by("-version").first().hurdle_rate == Decimal("0.075")
        assert "1 earlier version" in text_of(signed_in.get(reverse("funds:fund", args=[fund.pk])))


class TestMembersPage:
    def test_gives_and_takes_roles(self, signed_in, fund):
        ana = UserFactory(email="ana@demo.example")
        address = reverse("funds:members", args=[fund.pk])

        signed_in.post(address, {"email": ana.email, "role": "auditor"})
        assert fund.memberships.get(user=ana).role == "auditor"
        signed_in.post(reverse("funds:member_remove", args=[fund.pk, ana.pk]))
        assert not fund.memberships.filter(user=ana).exists()

    def test_says_when_there_is_no_such_account(self, signed_in, fund):
        response = signed_in.post(
            reverse("funds:members", args=[fund.pk]), {"email": "nobody@demo.example", "role": "analyst"}
        )

        assert response.status_code == 422
        assert "Nobody with this e-mail has an account." in text_of(response)
        assert "nobody@demo.example" in response.content.decode()

    def test_keeps_the_last_manager(self, signed_in, fund, manager):
        response = signed_in.post(reverse("funds:member_remove", args=[fund.pk, manager.pk]), follow=True)

        assert "is the only manager of this fund" in text_of(response)
        assert fund.memberships.count() == 1

    def test_sends_who_leaves_to_the_list(self, signed_in, fund, manager):
        fund.memberships.create(user=UserFactory(), role="manager")

        response = signed_in.post(reverse("funds:member_remove", args=[fund.pk, manager.pk]))

        assert response["Location"] == reverse("funds:fund_list")

    def test_refuses_analysts(self, browser_of, fund, manager):
        analyst = UserFactory()
        fund.memberships.create(user=analyst, role="analyst")

        response = browser_of(analyst).post(
            reverse("funds:members", args=[fund.pk]), {"email": analyst.email, "role": "manager"}
        )

        assert response.status_code == 403
        assert fund.memberships.get(user=analyst).role == "analyst"


class TestBankDetailsPages:
    TYPED = {
        "bank_name": "First Trust",
        "account_name": "Larkspur",
        "account_number": "000987654321",
        "routing_number": "021000021",
    }

    def test_are_entered_then_verified_by_a_call_back(self, signed_in, fund):
        signed_in.post(reverse("funds:bank_details_new", args=[fund.pk]), self.TYPED)
        details = fund.bank_details.get(version=2)
        verify = reverse("funds:bank_details_verify", args=[details.pk])

        assert "wait to be verified" in text_of(signed_in.get(reverse("funds:fund", args=[fund.pk])))
        assert signed_in.post(verify, {}).status_code == 422
        assert signed_in.post(verify, {"called_back": "on"}).status_code == 302

        details.refresh_from_db()
        assert details.verified_at
        assert signed_in.post(verify, {"called_back": "on"}).status_code == 409

    def test_show_a_wrong_digit_beside_its_field(self, signed_in, fund):
        typed = {**self.TYPED, "routing_number": "021000022", "iban": "DE00 0000"}

        response = signed_in.post(reverse("funds:bank_details_new", args=[fund.pk]), typed)

        assert response.status_code == 422
        assert set(response.context["form"].errors) == {"routing_number", "iban"}
        assert "021000022" in response.content.decode()

    def test_keep_out_who_entered_them_where_two_are_needed(self, signed_in, manager, browser_of):
        fund = FundFactory(manager=manager, four_eyes=True)
        signed_in.post(reverse("funds:bank_details_new", args=[fund.pk]), self.TYPED)
        details = fund.bank_details.get()
        verify = reverse("funds:bank_details_verify", args=[details.pk])

        page = signed_in.get(verify)
        assert "Another manager has to verify these." in text_of(page)
        assert 'name="called_back"' not in page.content.decode()
        assert signed_in.post(verify, {"called_back": "on"}).status_code == 403

        second = UserFactory()
        fund.memberships.create(user=second, role="manager")
        assert browser_of(second).post(verify, {"called_back": "on"}).status_code == 302

    def test_can_be_rejected(self, signed_in, fund):
        signed_in.post(reverse("funds:bank_details_new", args=[fund.pk]), self.TYPED)
        details = fund.bank_details.get(version=2)

        signed_in.post(reverse("funds:bank_details_reject", args=[details.pk]))
        again = signed_in.post(reverse("funds:bank_details_reject", args=[details.pk]), follow=True)

        details.refresh_from_db()
        assert details.rejected_at
        assert "already rejected" in text_of(again)


class TestCommitmentPages:
    def test_add_a_new_investor_on_the_way(self, signed_in, fund):
        typed = {"name": "Acme Ventures", "kind": "company"}
        made = signed_in.post(f"{reverse('funds:investor_new')}?fund={fund.pk}", typed)
        acme = Investor.objects.get(name="Acme Ventures")
        assert made["Location"] == f"/funds/{fund.pk}/commitments/new/?investor={acme.pk}"

        form = signed_in.get(made["Location"])
        assert f'<option value="{acme.pk}" selected>' in form.content.decode()

        typed = {"investor": acme.pk, "amount": "300000", "closing_date": "2025-09-01"}
        response = signed_in.post(reverse("funds:commitment_new", args=[fund.pk]), typed, follow=True)
        assert "Acme Ventures commits $300,000 under the reference 0003." in text_of(response)

    @pytest.mark.parametrize("amount", ["1,000.00", "1e3", "NaN", "-5", "10.005", "$5", "٣", "1_000", ""])
    def test_refuse_amounts_that_are_none(self, signed_in, fund, manager, amount):
        investor = InvestorFactory(created_by=manager)
        typed = {"investor": investor.pk, "amount": amount, "closing_date": "2025-09-01"}

        response = signed_in.post(reverse("funds:commitment_new", args=[fund.pk]), typed)

        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["amount"]
        assert not investor.commitments.exists()

    def test_offer_only_investors_that_are_seen_and_free(self, signed_in, fund):
        stranger = InvestorFactory()
        partner = Investor.objects.get(name="John Anderson")
        for investor in (stranger, partner):
            typed = {"investor": investor.pk, "amount": "1", "closing_date": "2025-09-01"}
            response = signed_in.post(reverse("funds:commitment_new", args=[fund.pk]), typed)
            assert (response.status_code, list(response.context["form"].errors)) == (422, ["investor"])

    def test_change_the_amount_down_to_what_was_called(self, signed_in, fund):
        commitment = fund.commitments.first()
        address = reverse("funds:commitment_edit", args=[commitment.pk])

        refused = signed_in.post(address, {"amount": "24999.99"})
        assert refused.status_code == 409
        assert "$25,000 of this commitment is already called" in text_of(refused)
        assert "24999.99" in refused.content.decode()

        assert signed_in.post(address, {"amount": "25000"}).status_code == 302
        commitment.refresh_from_db()
        assert commitment.amount == Decimal("25000.00")

    def test_set_the_standing(self, signed_in, fund):
        commitment = fund.commitments.first()
        address = reverse("funds:commitment_standing", args=[commitment.pk])

        assert signed_in.post(address, {"standing": "rude"}).status_code == 422
        assert signed_in.post(address, {"standing": "defaulted"}).status_code == 302
        commitment.refresh_from_db()
        assert commitment.standing == "defaulted"

    def test_are_for_managers(self, browser_of, fund):
        analyst = UserFactory()
        fund.memberships.create(user=analyst, role="analyst")
        browser, commitment = browser_of(analyst), fund.commitments.first()

        assert browser.get(reverse("funds:commitment_new", args=[fund.pk])).status_code == 403
        assert browser.get(reverse("funds:commitment_edit", args=[commitment.pk])).status_code == 403
        standing = reverse("funds:commitment_standing", args=[commitment.pk])
        assert browser.post(standing, {"standing": "defaulted"}).status_code == 403


class TestTheListOfInvestors:
    def names(self, response):
        return [row.name for row in response.context["page"].object_list]

    def test_adds_up_over_the_funds_that_are_seen(self, signed_in, fund, manager):
        john = Investor.objects.get(name="John Anderson")
        CommitmentFactory(fund=FundFactory(manager=manager), investor=john, amount=Decimal("50000.00"))
        CommitmentFactory(investor=john, amount=Decimal("1.00"))

        read = text_of(signed_in.get(reverse("funds:investor_list")))

        assert "John Anderson Individual 2 $150,000.00 $25,000.00 $0.00 $25,000.00 $125,000.00" in read
        assert "Commitments$250,000.00" in read

    def test_never_adds_two_currencies(self, signed_in, fund, manager):
        euros = FundFactory(manager=manager, currency="EUR")
        john = Investor.objects.get(name="John Anderson")
        CommitmentFactory(fund=euros, investor=john, amount=Decimal("50000.00"))
        address = reverse("funds:investor_list")

        assert "John Anderson Individual 1 €50,000.00" in text_of(signed_in.get(f"{address}?currency=EUR"))
        assert "John Anderson Individual 1 $100,000.00" in text_of(signed_in.get(f"{address}?currency=USD"))
        assert "€50,000.00" in text_of(signed_in.get(f"{address}?fund={euros.pk}"))

    def test_searches_literally(self, signed_in, fund, manager):
        InvestorFactory(name="100% Capital", created_by=manager)
        address = reverse("funds:investor_list")

        assert self.names(signed_in.get(address, {"q": "%"})) == ["100% Capital"]
        assert self.names(signed_in.get(address, {"q": "anders"})) == ["John Anderson"]
        assert self.names(signed_in.get(address, {"q": "' OR 1=1--"})) == []
        assert signed_in.get(address, {"q": "a" * 10_000}).status_code == 400
        assert signed_in.get(address, {"q": "a\x00"}).status_code == 400

    def test_sorts_in_the_database(self, signed_in, fund):
        Commitment.objects.filter(investor__name="Jane Williams").update(amount=Decimal("300000.00"))
        address = reverse("funds:investor_list")

        for sort in ("-committed", "-unfunded"):
            assert self.names(signed_in.get(address, {"sort": sort}))[0] == "Jane Williams"
        for sort in ("committed", "called", "paid", "outstanding", "unfunded", "kind", "-name"):
            assert signed_in.get(address, {"sort": sort}).status_code == 200
        assert signed_in.get(address, {"sort": "created_by__password"}).status_code == 400

    def test_shows_no_others(self, signed_in, fund):
        InvestorFactory(name="Somebody else’s")
        other = FundFactory()

        assert "Somebody else’s" not in self.names(signed_in.get(reverse("funds:investor_list")))
        assert signed_in.get(reverse("funds:investor_list"), {"fund": other.pk}).status_code == 400

    def test_says_what_will_be_there(self, browser_of):
        assert "No investor yet" in text_of(browser_of(UserFactory()).get(reverse("funds:investor_list")))


class TestOneInvestor:
    def test_is_told_across_funds(self, signed_in, fund, manager):
        john = Investor.objects.get(name="John Anderson")
        hidden = FundFactory(name="Hidden Fund")
        CommitmentFactory(fund=hidden, investor=john)

        read = text_of(signed_in.get(reverse("funds:investor", args=[john.pk])))

        assert "Larkspur I" in read
        assert "Hidden Fund" not in read
        assert "john@demo.example" in read
        assert "Call 1Acquisition" in read

    def test_keeps_events_of_hidden_funds_to_itself(self, signed_in, manager, fund):
        john, elsewhere = Investor.objects.get(name="John Anderson"), UserFactory(full_name="Eve Elsewhere")
        hidden = FundFactory(manager=elsewhere, name="Hidden Fund")
        FundFactory(manager=manager).memberships.create(user=elsewhere, role="manager")
        commit(
            fund_id=hidden.pk, investor_id=john.pk, amount="987654", closing_date=TODAY, by=elsewhere, at=AT
        )

        content = signed_in.get(reverse("funds:investor", args=[john.pk])).content.decode()

        assert "Eve Elsewhere" not in content
        assert "987,654" not in content

    def test_is_entered_with_a_warning_when_the_name_is_taken(self, signed_in, fund):
        typed = {"name": "JOHN ANDERSON, L.L.C.", "kind": "company"}

        response = signed_in.post(reverse("funds:investor_new"), typed, follow=True)

        assert response.status_code == 200
        assert "There is already an investor of nearly the same name: John Anderson" in text_of(response)
        assert Investor.objects.filter(name="JOHN ANDERSON, L.L.C.").exists()

    def test_is_changed(self, signed_in, fund):
        john = Investor.objects.get(name="John Anderson")
        typed = {"name": "John F. Anderson", "kind": "individual", "address": "1 Main Street\r\nBoston"}

        signed_in.post(reverse("funds:investor_edit", args=[john.pk]), typed)

        john.refresh_from_db()
        assert (john.name, john.address) == ("John F. Anderson", "1 Main Street\nBoston")

    def test_has_contacts(self, signed_in, fund):
        john = Investor.objects.get(name="John Anderson")
        new = reverse("funds:contact_new", args=[john.pk])

        assert signed_in.post(new, {"name": "X", "email": "john@demo.example"}).status_code == 409
        assert signed_in.post(new, {"name": "X", "email": "a@b.c\nBcc: x@y.z"}).status_code == 422
        assert signed_in.post(new, {"name": "CFO", "email": "cfo@demo.example"}).status_code == 302

        cfo = john.contacts.get(name="CFO")
        assert not cfo.takes_notices
        edit = reverse("funds:contact_edit", args=[john.pk, cfo.pk])
        signed_in.post(edit, {"name": "CFO", "email": "cfo@demo.example", "takes_notices": "on"})
        assert john.contacts.get(name="CFO").takes_notices
        signed_in.post(reverse("funds:contact_remove", args=[john.pk, cfo.pk]))
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
        fund.memberships.create(user=auditor, role="auditor")
        john = Investor.objects.get(name="John Anderson")
        browser = browser_of(auditor)

        assert "Edit investor" not in browser.get(reverse("funds:investor", args=[john.pk])).content.decode()
        assert browser.get(reverse("funds:investor_edit", args=[john.pk])).status_code == 403
        assert browser.get(reverse("funds:investor_new")).status_code == 403


class TestDeals:
    def test_are_listed_with_allocations_of_seen_funds(self, signed_in, fund):
        deal = Deal.objects.get(name="ABC Manufacturing")
        AllocationFactory(fund=FundFactory(name="Hidden Fund"), deal=deal)

        read = text_of(signed_in.get(reverse("funds:deal_list")))

        assert "ABC Manufacturing" in read
        assert "$60,000.00 $40,000.00 $0.00 $20,000.00" in read
        assert "Hidden Fund" not in read

    def test_are_entered_on_the_way_to_an_allocation(self, signed_in, fund):
        response = signed_in.post(f"{reverse('funds:deal_new')}?fund={fund.pk}", {"name": "Cascade"})

        deal = Deal.objects.get(name="Cascade")
        assert response["Location"] == f"{reverse('capital:allocation_new', args=[fund.pk])}?deal={deal.pk}"

    def test_of_an_unknown_fund_are_not_found(self, signed_in, fund):
        for wanted in (FundFactory().pk, "abc", 10**30):
            assert signed_in.get(reverse("funds:deal_new"), {"fund": wanted}).status_code == 404

    def test_are_changed(self, signed_in, fund):
        deal = Deal.objects.get(name="ABC Manufacturing")
        address = reverse("funds:deal_edit", args=[deal.pk])

        assert signed_in.post(address, {"name": ""}).status_code == 422
        assert signed_in.post(address, {"name": "ABC", "description": "Parts"}).status_code == 302
        deal.refresh_from_db()
        assert (deal.name, deal.description) == ("ABC", "Parts")


def test_an_administrator_sees_every_fund(browser_of, fund):
    assert "Larkspur I" in text_of(browser_of(AdminFactory()).get(reverse("funds:fund_list")))
