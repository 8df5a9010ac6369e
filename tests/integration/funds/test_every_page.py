"""Every page of funds, investors and deals: who sees it, and at what cost."""

import pytest
from django.urls import reverse

from funds.models import Deal, Fund, Investor
from tests.factories import (
    AllocationFactory,
    CommitmentFactory,
    DealFactory,
    FundFactory,
    InvestorFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MOST_QUERIES = 10


def addresses(fund):
    """Every page there is to look at, as the manager of a fund with partners and a deal."""
    commitment, investor = fund.commitments.first(), Investor.objects.get(name="John Anderson")
    details = fund.bank_details.first()
    return [
        reverse("dashboard:fund_list"),
        reverse("funds:fund_new"),
        reverse("dashboard:fund", args=[fund.pk]),
        reverse("funds:fund_edit", args=[fund.pk]),
        reverse("funds:terms_new", args=[fund.pk]),
        reverse("funds:members", args=[fund.pk]),
        reverse("funds:bank_details_new", args=[fund.pk]),
        reverse("funds:bank_details_verify", args=[details.pk]),
        reverse("funds:commitment_new", args=[fund.pk]),
        reverse("funds:commitment_edit", args=[commitment.pk]),
        reverse("dashboard:investor_list"),
        reverse("funds:investor_new"),
        reverse("dashboard:investor", args=[investor.pk]),
        reverse("funds:investor_edit", args=[investor.pk]),
        reverse("funds:contact_new", args=[investor.pk]),
        reverse("funds:contact_edit", args=[investor.pk, investor.contacts.get().pk]),
        reverse("dashboard:deal_list"),
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
        own = {"/funds/", "/funds/new/", "/investors/", "/investors/new/", "/deals/", "/deals/new/"}
        for address in addresses(fund):
            if address not in own:
                assert stranger.get(address).status_code == 404, address

    def test_is_kept_by_no_cache(self, signed_in, fund):
        response = signed_in.get(reverse("dashboard:fund", args=[fund.pk]))

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
