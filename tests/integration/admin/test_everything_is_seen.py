"""The admin: everything is to be seen there."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group

from blackgem.models import ApiToken
from capital.models import CapitalCall, FundAllocation
from devtools.benchmark.weight import weight_of
from tests.factories import (
    UserFactory,
)
from tests.integration.admin.acting import AT, EDITABLE, OURS, models, url

pytestmark = pytest.mark.django_db


class TestTheRoom:
    def test_holds_every_table(self):
        missing = {
            model._meta.label
            for app in OURS
            for model in apps.get_app_config(app).get_models()
            if model._meta.managed and model not in admin.site._registry
        }

        assert (
            missing
            == {  # shown with allocation, item, terms, value, closing, payout, set-off, default, transfer, run, period
                "blackgem.SavedView",  # a person's own
                "capital.AllocationAmount",
                "capital.CapitalCallItemLine",
                "capital.ResidualSettlement",
                "capital.Excuse",
                "capital.LineChange",
                "funds.CommitmentEvent",
                "funds.FundTermsTier",
                "funds.NavEntryDeal",
                "funds.PeriodAccount",
                "funds.PeriodReopening",
                "distributions.GivenBack",
                "fees.FeeBill",
                "fees.FeePayment",
                "fees.FeeRunCancellation",
                "fees.FeeRunLine",
                "fees.FeeStatement",
                "fees.FeeWaiverCall",
                "closings.ClosingExclusion",
                "closings.ClosingExcuse",
                "closings.ClosingFee",
                "closings.ClosingRate",
                "closings.ClosingTranche",
                "closings.ClosingValue",
                "closings.EqualisationPart",
                "closings.EqualisedRow",
                "closings.EqualisedShare",
                "closings.ClosingReversal",
                "closings.RefundPayoutReversal",
                "closings.DefaultCall",
                "closings.DefaultPart",
                "closings.SetoffPart",
                "closings.AssumedPart",
                "closings.TransferRow",
                "evidence.FrozenInput",  # hashes of what is shown elsewhere
                "evidence.LeafSalt",  # of no use to a person
                "capital.TakenPart",
                "distributions.TakenShare",
            }
        )

    def test_lists_and_forms_are_few_queries_and_little_to_send(
        self, browser, call, django_assert_max_num_queries
    ):
        """Each as a browser asks for it that was never here."""
        for model in (*models(), Group):
            lists = url(model, "changelist")
            with django_assert_max_num_queries(10):
                pages = {lists: browser.get(lists)}
            row = model._default_manager.order_by("pk").last()
            forms = [url(model, "change", row.pk)] if row else []
            forms += (
                [url(model, "add")]
                if admin.site._registry[model].has_add_permission(pages[lists].wsgi_request)
                else []
            )
            for address, answer in (pages | {form: browser.get(form) for form in forms}).items():
                weight = weight_of(answer)
                assert weight.requests <= 8, (address, weight)
                assert weight.sent <= 150_000, (address, weight)

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
