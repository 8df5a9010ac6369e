"""The pages of one fund: what they say, and what they do with what is typed."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from blackgem.lib.forms import html_name
from funds.models import Fund
from tests.factories import (
    AdminFactory,
    BankDetailsFactory,
    CommitmentFactory,
    FundFactory,
    FundTermsFactory,
    MembershipFactory,
    UserFactory,
)
from tests.integration.capital.story import Story
from tests.integration.funds.reading import text_of
from tests.support.called import typed

pytestmark = pytest.mark.django_db


class TestTheFundPage:
    def test_says_what_partners_promised_paid_and_owe(self, signed_in, fund):
        read = text_of(signed_in.get(reverse("dashboard:fund", args=[fund.pk])))

        assert "Commitments$200,000.002 LPs" in read
        assert "Called$50,000.0025% of commitments" in read
        assert "Outstanding$50,000.00" in read
        assert "Unfunded commitments$150,000.00" in read
        assert "$7,000.00 more not applied" in read
        assert "All partners $200,000.00 100.0% $50,000.00 $0.00 $50,000.00 $150,000.00" in read

    def test_bridges_from_the_deals_to_all_calls(self, signed_in, fund):
        read = text_of(signed_in.get(reverse("dashboard:fund", args=[fund.pk])))

        assert "Drawn for deals $60,000.00 $40,000.00 $0.00 $40,000.00 $20,000.00" in read
        assert "No dealFees, expenses, reserves $10,000.00 $0.00 $10,000.00" in read
        assert "All calls $50,000.00 $0.00 $50,000.00" in read

    def test_offers_verbs_by_role(self, browser_of, fund, manager):
        address = reverse("dashboard:fund", args=[fund.pk])
        analyst, auditor = UserFactory(), UserFactory()
        MembershipFactory(fund=fund, user=analyst, role="analyst")
        MembershipFactory(fund=fund, user=auditor, role="auditor")

        seen = {user: browser_of(user).get(address).content.decode() for user in (manager, analyst, auditor)}

        assert "Edit fund" in seen[manager]
        assert "Edit fund" not in seen[analyst] + seen[auditor]
        assert "New capital call" in seen[manager]
        assert "New capital call" in seen[analyst]
        assert "New capital call" not in seen[auditor]

    def test_of_an_empty_fund_says_what_comes_next(self, signed_in, manager):
        fund = FundFactory(manager=manager)
        FundTermsFactory(fund=fund)

        read = text_of(signed_in.get(reverse("dashboard:fund", args=[fund.pk])))

        assert "Set up this fund" in read
        for step in (
            "Fund and terms (done)",
            "Investors",
            "Bank details",
            "Call back",
            "Deal",
            "First call",
            "Check and send",
        ):
            assert step in read

    def test_no_longer_does_once_a_call_was_mailed_or_paid_on(self, browser_of):
        story = Story()
        call = story.issued()

        def is_shown():
            page = browser_of(story.manager).get(reverse("dashboard:fund", args=[story.fund.pk]))
            return "Set up this fund" in text_of(page)

        assert is_shown()
        story.pay(call, "1000.00", spread="pro_rata")
        assert not is_shown()

    def test_pages_its_partners_at_a_hundred(self, signed_in, fund):
        for _ in range(101):
            CommitmentFactory(fund=fund)
        address = reverse("dashboard:fund", args=[fund.pk])

        first, second = signed_in.get(address), signed_in.get(f"{address}?page=2")

        assert len(first.context["commitments"].object_list) == 100
        assert len(second.context["commitments"].object_list) == 3
        assert signed_in.get(f"{address}?page=999999999").context["commitments"].number == 2
        assert signed_in.get(f"{address}?page=-1").status_code == 200

    def test_sorts_by_what_it_offers_and_nothing_else(self, signed_in, fund):
        address = reverse("dashboard:fund", args=[fund.pk])

        names = [
            row.investor.name
            for row in signed_in.get(f"{address}?sort=-committed").context["commitments"].object_list
        ]

        assert names == ["John Anderson", "Jane Williams"]
        for sort in ("password", "fund__created_by__password", "--committed", "investor__name"):
            assert signed_in.get(address, {"sort": sort}).status_code == 400

    def test_masks_accounts(self, signed_in, fund):
        BankDetailsFactory(fund=fund, account_number="000987654321")

        content = signed_in.get(reverse("dashboard:fund", args=[fund.pk])).content.decode()

        assert "000987654321" not in content
        assert "000123456789" not in content
        assert "•••• 4321" in content
        assert "•••• 6789" in content


class TestSettingUpAFund:
    TYPED = {
        "name_field": "Alder Fund",
        "legal_name": "",
        "currency": "EUR",
        "lpa_date": "2026-01-05",
        "paper_size": "a4",
        "style_field": "european",
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
        "recall_capital": "on",
        "recall_fees": "on",
        "max_unfunded": "1",
        "notice_days": "10",
        "fee_allocation": "pro_rata",
        "fee_base": "invested",
        "clawback_tax_rate": "0",
        "loss_carryforward": "on",
        "four_eyes": "on",
    }

    def test_reads_rates_in_percent(self, signed_in, manager):
        response = signed_in.post(reverse("funds:fund_new"), self.TYPED)

        fund = Fund.objects.get()
        assert response["Location"] == f"{reverse('funds:partner_table', args=[fund.pk])}?setup=1"
        assert (fund.legal_name, fund.currency, fund.four_eyes) == ("Alder Fund", "EUR", True)
        assert fund.terms.get().hurdle_rate == Decimal("0.075")
        assert fund.terms.get().effective_on == date(2026, 1, 5)

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name_field": ""}, "name"),
            ({"name_field": "a\x00b"}, "name"),
            ({"name_field": "x" * 201}, "name"),
            ({"name_field": "Fund \u202eI"}, "name"),
            ({"lpa_date": "2025-02-30"}, "lpa_date"),
            ({"lpa_date": "31/04/2025"}, "lpa_date"),
            ({"lpa_date": "0001-01-01"}, "lpa_date"),
            ({"currency": "XTS"}, "currency"),
            ({"hurdle_rate": "1e1"}, "hurdle_rate"),
            ({"hurdle_rate": "101"}, "hurdle_rate"),
            ({"catch_up_rate": "10"}, "catch_up_rate"),
            ({"carry_rate": "100"}, "carry_rate"),
            ({"contact_email": "a@b.c\nBcc: x@y.z"}, "contact_email"),
        ],
    )
    def test_shows_what_is_wrong_beside_its_field_and_keeps_what_was_typed(self, signed_in, wrong, field):
        response = signed_in.post(
            reverse("funds:fund_new"), {**self.TYPED, **wrong, "address": "1 Main Street"}
        )

        assert response.status_code == 422
        assert list(response.context["form"].errors) == [field]
        assert f'id="id_{html_name(field)}_error"' in response.content.decode()
        assert "1 Main Street" in response.content.decode()
        assert not Fund.objects.exists()

    def test_answers_409_for_a_name_that_is_taken(self, signed_in, fund):
        response = signed_in.post(reverse("funds:fund_new"), {**self.TYPED, "name_field": fund.name})

        assert response.status_code == 409
        assert "This name cannot be used for a fund. Choose another one." in response.content.decode()

    def test_is_not_for_analysts(self, browser_of):
        analyst = UserFactory()
        FundFactory(analyst=analyst)

        assert browser_of(analyst).get(reverse("funds:fund_new")).status_code == 403
        assert browser_of(analyst).post(reverse("funds:fund_new"), self.TYPED).status_code == 403
        listed = browser_of(analyst).get(reverse("dashboard:fund_list")).content.decode()
        assert "Funds are set up by administrators, and by people whom one of them lets." in listed

    def test_can_be_changed(self, signed_in, fund):
        cleaned = {
            "name_field": "Larkspur II",
            "currency": "USD",
            "lpa_date": "2025-09-01",
            "paper_size": "letter",
            "notice_days": "10",
        }

        response = signed_in.post(reverse("funds:fund_edit", args=[fund.pk]), cleaned)

        assert response.status_code == 302
        assert Fund.objects.get(pk=fund.pk).name == "Larkspur II"

    def test_gets_new_terms(self, signed_in, fund):
        cleaned = {
            name: self.TYPED[name] for name in self.TYPED if name not in ("name", "currency", "lpa_date")
        }

        address = reverse("funds:terms_new", args=[fund.pk])
        assert signed_in.post(address, {**cleaned, "effective_on": ""}).status_code == 422
        assert signed_in.post(address, {**cleaned, "effective_on": "2026-01-01"}).status_code == 302

        assert fund.terms.order_by("-version").first().hurdle_rate == Decimal("0.075")
        assert "1 earlier version" in text_of(signed_in.get(reverse("dashboard:fund", args=[fund.pk])))


class TestMembersPage:
    def test_changes_and_takes_roles(self, signed_in, fund):
        ana = UserFactory(email="ana@demo.example")
        MembershipFactory(fund=fund, user=ana, role="analyst")
        address = reverse("funds:members", args=[fund.pk])

        signed_in.post(address, {"email": ana.email, "role_field": "auditor"})
        assert fund.memberships.get(user=ana).role == "auditor"
        signed_in.post(reverse("funds:member_remove", args=[fund.pk, ana.pk]))
        assert not fund.memberships.filter(user=ana).exists()

    def test_refuses_what_is_no_address(self, signed_in, fund):
        cleaned = {"email": "nobody", "role_field": "analyst"}
        response = signed_in.post(reverse("funds:members", args=[fund.pk]), cleaned)

        assert response.status_code == 422
        assert 'value="nobody"' in response.content.decode()

    def test_keeps_the_last_manager(self, signed_in, fund, manager):
        response = signed_in.post(reverse("funds:member_remove", args=[fund.pk, manager.pk]), follow=True)

        assert "is the only manager of this fund" in text_of(response)
        assert fund.memberships.count() == 1

    def test_sends_who_leaves_to_the_list(self, signed_in, fund, manager):
        members, proposed = reverse("funds:members", args=[fund.pk]), "This fund has a second manager."
        assert proposed not in text_of(signed_in.get(members))
        MembershipFactory(fund=fund, user=UserFactory(), role="manager")
        assert proposed in text_of(signed_in.get(members))

        response = signed_in.post(reverse("funds:member_remove", args=[fund.pk, manager.pk]))

        assert response["Location"] == reverse("dashboard:fund_list")

    def test_refuses_analysts(self, browser_of, fund, manager):
        analyst = UserFactory()
        MembershipFactory(fund=fund, user=analyst, role="analyst")

        response = browser_of(analyst).post(
            reverse("funds:members", args=[fund.pk]), {"email": analyst.email, "role_field": "manager"}
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

    def test_are_entered_then_verified_by_a_call_back(self, signed_in, fund, browser_of):
        signed_in.post(reverse("funds:bank_details_new", args=[fund.pk]), self.TYPED)
        details = fund.bank_details.get(version=2)
        verify = reverse("funds:bank_details_verify", args=[details.pk])

        assert "wait to be verified" in text_of(signed_in.get(reverse("dashboard:fund", args=[fund.pk])))
        assert signed_in.post(verify, {}).status_code == 422
        assert signed_in.post(verify, typed(details)).status_code == 403  # the fund is in use
        second = browser_of(MembershipFactory(fund=fund).user)
        assert second.post(verify, typed(details)).status_code == 302

        details.refresh_from_db()
        assert details.verified_at
        assert second.post(verify, typed(details)).status_code == 409

    def test_show_a_wrong_digit_beside_its_field(self, signed_in, fund):
        cleaned = {**self.TYPED, "routing_number": "021000022", "iban": "DE00 0000"}

        response = signed_in.post(reverse("funds:bank_details_new", args=[fund.pk]), cleaned)

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
        assert 'name="outcome"' not in page.content.decode()
        assert signed_in.post(verify, typed(details)).status_code == 403

        second = UserFactory()
        MembershipFactory(fund=fund, user=second, role="manager")
        assert browser_of(second).post(verify, typed(details)).status_code == 302

    def test_can_be_rejected(self, signed_in, fund):
        signed_in.post(reverse("funds:bank_details_new", args=[fund.pk]), self.TYPED)
        details = fund.bank_details.get(version=2)

        signed_in.post(reverse("funds:bank_details_reject", args=[details.pk]))
        again = signed_in.post(reverse("funds:bank_details_reject", args=[details.pk]), follow=True)

        details.refresh_from_db()
        assert details.rejected_at
        assert "already rejected" in text_of(again)


def test_an_administrator_sees_every_fund(browser_of, fund):
    assert "Larkspur I" in text_of(browser_of(AdminFactory()).get(reverse("dashboard:fund_list")))


@pytest.mark.parametrize(
    ("amounts", "totals", "warned"),
    [
        (["5", "5"], "all", True),
        (["5", "5"], "percentages", True),
        (["5", "5", "5", "0"], "all", True),
        (["5", "0"], "all", False),
        (["5", "5"], "none", False),
        (["5"] * 4, "all", False),
    ],
)
def test_totals_of_few_partners_are_warned_of_where_they_are_chosen_and_shown(
    client, amounts, totals, warned
):
    """The GP is one of them: of two with money, a total tells each what the other has."""
    fund = FundFactory(manager=UserFactory(), partner_totals=totals)
    for number, amount in enumerate(amounts):
        CommitmentFactory(fund=fund, amount=amount, kind="gp" if number == 1 else "lp")
    client.force_login(fund.memberships.get().user)
    page = text_of(client.get(reverse("dashboard:fund", args=[fund.pk])))
    form = text_of(client.get(reverse("funds:fund_edit", args=[fund.pk])))
    assert ("So few partners promised money" in page) == warned
    assert ("In this fund they do" in form) == warned
