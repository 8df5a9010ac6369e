"""Who works for a fund, its bank details and changes of its controls, for administrators: through the services."""

from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from blackgem.admin_actions import asking
from blackgem.admin_site import ReadableAdmin, ReadOnlyAdmin, ThroughServices, each
from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.context import context_of
from funds.calc.bank_numbers import masked
from funds.models import BankDetails, ControlChange, FundMembership
from funds.queries.access import with_role
from funds.services.bank import BANK_DETAILS, check_verify, reject_bank_details, verify_bank_details
from funds.services.controls import CONTROLS, approve_change, reject_change
from funds.services.members import remove_member, set_member


@admin.register(FundMembership)
class FundMembershipAdmin(ThroughServices, ReadableAdmin):
    """Who works for which fund. Saved and deleted by the services, so that a fund keeps a manager."""

    list_display = ("fund", "user", "role")
    list_filter = ("role", "fund")
    list_select_related = ("fund", "user")
    search_fields = ("fund__name", "user__email", "user__full_name")
    ordering = ("fund", "role")
    autocomplete_fields = ("fund", "user")

    def get_readonly_fields(self, request, obj=None):
        return ("fund", "user") if obj else ()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            demand_fresh_factor(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        given = set_member(fund_id=obj.fund_id, email=obj.user.email, role=obj.role, ctx=context_of(request))
        request.waits_for_another = isinstance(given, ControlChange)
        obj.pk = given.pk

    def log_addition(self, request, obj, message):
        return None if request.waits_for_another else super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        return None if request.waits_for_another else super().log_change(request, obj, message)

    def response_add(self, request, obj, post_url_continue=None):
        return self._waits(request) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self._waits(request) or super().response_change(request, obj)

    def _waits(self, request) -> HttpResponse | None:
        """Back to the list, where another person has to agree first."""
        if not request.waits_for_another:
            return None
        said = "The fund is in use: the role begins once another person approves it."
        self.message_user(request, said, messages.WARNING)
        return redirect("admin:funds_fundmembership_changelist")

    def delete_model(self, request, obj):
        remove_member(fund_id=obj.fund_id, user_id=obj.user_id, ctx=context_of(request))


def _check_verify(details, by) -> None:
    check_verify(details, by, timezone.now())


@admin.register(BankDetails)
class BankDetailsAdmin(ReadOnlyAdmin):
    """Account numbers stay masked: who has to compare them does so on the fund's own page."""

    list_display = ("fund", "version", "bank_name", "account", "created_by", "verified_at", "rejected_at")
    list_select_related = ("fund", "created_by")
    list_filter = ("fund",)
    search_fields = ("fund__name", "bank_name")
    ordering = ("-pk",)
    exclude = ("account_number", "iban")
    readonly_fields = ("account",)
    actions = ("verify", "reject")

    @admin.display(description="account")
    def account(self, details):
        return masked(details.account_number) or masked(details.iban)

    def rows_to_act_on(self, queryset, user):
        return with_role(queryset, user)

    @asking("Verify the selected bank details", check=_check_verify, step_up=True)
    def verify(self, request, queryset):
        each(
            self,
            request,
            queryset,
            lambda row: verify_bank_details(bank_details_id=row.pk, ctx=context_of(request)),
            "Verified",
        )

    @asking("Reject the selected bank details", check=BANK_DETAILS.check_reject)
    def reject(self, request, queryset):
        each(
            self,
            request,
            queryset,
            lambda row: reject_bank_details(bank_details_id=row.pk, ctx=context_of(request)),
            "Rejected",
        )


@admin.register(ControlChange)
class ControlChangeAdmin(ReadOnlyAdmin):
    """What weakens a control of a fund in use, and who agreed to it."""

    list_display = ("fund", "kind", "about", "recorded_by", "recorded_at", "approved_by", "rejected_by")
    list_select_related = ("fund", "recorded_by", "approved_by", "rejected_by")
    list_filter = ("kind", "fund")
    search_fields = ("fund__name", "about", "recorded_by__email")
    ordering = ("-pk",)
    actions = ("approve", "reject")

    def rows_to_act_on(self, queryset, user):
        return with_role(queryset, user)

    @asking("Approve the selected changes", check=CONTROLS.check_approve, step_up=True)
    def approve(self, request, queryset):
        ctx = context_of(request)
        each(self, request, queryset, lambda row: approve_change(change_id=row.pk, ctx=ctx), "Approved")

    @asking("Turn down the selected changes", check=CONTROLS.check_reject)
    def reject(self, request, queryset):
        ctx = context_of(request)
        each(self, request, queryset, lambda row: reject_change(change_id=row.pk, ctx=ctx), "Turned down")
