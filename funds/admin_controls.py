"""Who works for a fund, its bank details and changes of its controls, for administrators: through the services."""

from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from blackgem.admin_actions import asking
from blackgem.admin_site import ReadableAdmin, ReadOnlyAdmin, ThroughServices, each
from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.text import masked
from funds.models import (
    ApproverTold,
    BankDetails,
    CallBack,
    ControlChange,
    FundMembership,
    PayeeDetails,
    PhoneNumber,
)
from funds.queries.access import with_role
from funds.services.bank import BANK_DETAILS, reject_bank_details
from funds.services.controls import CONTROLS, approve_change, reject_change
from funds.services.members import remove_member, set_member
from funds.services.payees import PAYEES, reject_payee_details


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


@admin.register(BankDetails)
class BankDetailsAdmin(ReadOnlyAdmin):
    """Account numbers stay masked: who verifies them by a call compares them on the fund's own page."""

    list_display = ("fund", "version", "bank_name", "account", "created_by", "verified_at", "rejected_at")
    list_select_related = ("fund", "created_by")
    list_filter = ("fund",)
    search_fields = ("fund__name", "bank_name")
    ordering = ("-pk",)
    exclude = ("account_number", "iban")
    readonly_fields = ("account",)
    actions = ("reject",)

    @admin.display(description="account")
    def account(self, details):
        return masked(details.account_number) or masked(details.iban)

    def rows_to_act_on(self, queryset, user):
        return with_role(queryset, user)

    @asking("Reject the selected bank details", check=BANK_DETAILS.check_reject)
    def reject(self, request, queryset):
        each(
            self,
            request,
            queryset,
            lambda row: reject_bank_details(bank_details_id=row.pk, ctx=context_of(request)),
            "Rejected",
        )


@admin.register(PayeeDetails)
class PayeeDetailsAdmin(ReadOnlyAdmin):
    """Accounts of partners, masked: who verifies one does so on its own page, by a call."""

    list_display = (
        "commitment",
        "version",
        "bank_name",
        "account",
        "created_by",
        "verified_at",
        "rejected_at",
    )
    list_select_related = ("commitment__investor", "commitment__fund", "created_by")
    list_filter = ("fund", "from_portal", ("verified_at", admin.EmptyFieldListFilter))
    search_fields = ("commitment__investor__name", "bank_name", "account_name")
    ordering = ("-pk",)
    exclude = PayeeDetails.SECRET
    readonly_fields = ("account",)
    actions = ("reject",)

    def rows_to_act_on(self, queryset, user):
        return with_role(queryset, user)

    @asking("Reject the selected bank details", check=PAYEES.check_reject)
    def reject(self, request, queryset):
        ctx = context_of(request)
        each(
            self,
            request,
            queryset,
            lambda row: reject_payee_details(payee_details_id=row.pk, ctx=ctx),
            "Rejected",
        )

    def view_on_site(self, details):
        return reverse("funds:payee_details", args=[details.pk])


@admin.register(PhoneNumber)
class PhoneNumberAdmin(ReadOnlyAdmin):
    """Numbers that are called before bank details are verified."""

    list_display = (
        "number",
        "person_name",
        "fund",
        "commitment",
        "recorded_by",
        "recorded_at",
        "withdrawn_at",
    )
    list_select_related = ("fund", "commitment__investor", "commitment__fund", "recorded_by")
    list_filter = ("fund", ("withdrawn_at", admin.EmptyFieldListFilter))
    search_fields = ("number", "person_name", "commitment__investor__name")
    ordering = ("-pk",)


@admin.register(CallBack)
class CallBackAdmin(ReadOnlyAdmin):
    """Calls by which bank details were verified, or were not."""

    list_display = ("called_at", "outcome", "number", "spoke_to", "fund", "recorded_by")
    list_select_related = ("number", "fund", "recorded_by")
    list_filter = ("outcome", "fund")
    search_fields = ("number__number", "spoke_to")
    ordering = ("-pk",)


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


@admin.register(ApproverTold)
class ApproverToldAdmin(ReadOnlyAdmin):
    """What managers were told by mail that it waits for them."""

    list_display = ("approver", "told_at")
    list_select_related = ("approver",)
    list_filter = ("told_at",)
    search_fields = ("approver__email", "approver__full_name")
    ordering = ("-told_at",)
