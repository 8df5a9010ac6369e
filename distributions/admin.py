"""Money paid out, for administrators. Posted money is read; distributions and reversals move only by the services."""

from django.contrib import admin
from django.urls import reverse

from blackgem.admin_actions import asking, run_on_each
from blackgem.admin_columns import figures
from blackgem.admin_site import ReadOnlyAdmin, ReadOnlyInline, each
from blackgem.lib.context import context_of
from distributions.access import (
    check_approve,
    check_cancel,
    check_issue,
    check_issue_approved,
    check_return_to_draft,
    check_send_notices,
    check_submit,
)
from distributions.models import (
    Distribution,
    DistributionItem,
    DistributionTier,
    GivenBack,
    Payout,
    PayoutRelease,
    PayoutReversal,
    WriteDown,
)
from distributions.services.distributions import (
    approve_distribution,
    cancel_distribution,
    issue_approved_distribution,
    issue_distribution,
    return_to_draft,
    send_notices,
    submit_distribution,
)
from distributions.services.payouts import PAYOUT_REVERSALS, approve_payout_reversal, reject_payout_reversal
from funds.queries.access import with_role

_DISTRIBUTION = figures("capital", "carried_interest", "paid_out")
_ITEM = figures("capital", "paid_out")


class TierInline(ReadOnlyInline):
    model = DistributionTier
    fields = ("position", "kind", "tier", "lp_amount", "gp_amount")
    ordering = ("position",)


@admin.register(Distribution)
class DistributionAdmin(ReadOnlyAdmin):
    """Status moves by the actions alone; each is refused where the money, its facts or the role do not allow it."""

    list_display = ("number", "fund", "date", "type", "total_amount", *_DISTRIBUTION, "status")
    list_filter = ("status", "type", "fund")
    list_select_related = ("fund", "capital")
    search_fields = ("source", "deal__name", "fund__name")
    date_hierarchy = "date"
    ordering = ("-date", "-pk")
    inlines = (TierInline,)
    actions = ("submit", "approve", "back_to_draft", "send", "issue", "cancel", "send_letters")
    readonly_fields = _DISTRIBUTION

    def get_queryset(self, request):
        """Its frozen facts may hold thousands of movements: they are fetched for one distribution, not for a list."""
        return super().get_queryset(request).defer("inputs")

    def view_on_site(self, distribution):
        return reverse("distributions:distribution", args=[distribution.pk])

    def rows_to_act_on(self, queryset, user):
        return with_role(queryset.with_turns(), user)

    @asking("Submit for approval", check=check_submit)
    def submit(self, request, queryset):
        _move(self, request, queryset, submit_distribution, "Submitted", as_named=True)

    @asking("Approve, and freeze with the facts", check=check_approve, step_up=True)
    def approve(self, request, queryset):
        _move(self, request, queryset, approve_distribution, "Approved", as_named=True)

    @asking("Take back to draft what is not issued", check=check_return_to_draft)
    def back_to_draft(self, request, queryset):
        _move(self, request, queryset, return_to_draft, "Taken back", as_named=True)

    @asking("Issue what is approved", check=check_issue_approved)
    def send(self, request, queryset):
        _move(self, request, queryset, issue_approved_distribution, "Issued", as_named=True)

    @asking("Issue a draft (only submits where a second person approves)", check=check_issue)
    def issue(self, request, queryset):
        _move(self, request, queryset, issue_distribution, "Done", as_named=True)

    @asking("Cancel (only asks where a second person decides)", check=check_cancel, reason=True, step_up=True)
    def cancel(self, request, queryset, reason):
        _move(self, request, queryset, cancel_distribution, "Done", reason=reason)

    @asking("Send the notices that were not sent", check=check_send_notices)
    def send_letters(self, request, queryset):
        _move(self, request, queryset, send_notices, "Sent for", as_named=True)


def _move(modeladmin, request, rows, service, done, **how):
    run_on_each(modeladmin, request, rows, service, done, row="distribution_id", **how)


@admin.register(DistributionTier)
class DistributionTierAdmin(ReadOnlyAdmin):
    list_display = ("distribution", "fund", "position", "kind", "tier", "lp_amount", "gp_amount")
    list_filter = ("kind", "fund")
    list_select_related = ("distribution", "fund")
    search_fields = ("fund__name", "distribution__source")
    ordering = ("-distribution", "position")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("distribution__inputs")


class PayoutInline(ReadOnlyInline):
    model = Payout
    fields = ("amount", "value_date", "method", "reference", "reverses")


class GivenBackInline(ReadOnlyInline):
    model = GivenBack
    fields = ("call_line_id", "amount", "restores")


@admin.register(DistributionItem)
class DistributionItemAdmin(ReadOnlyAdmin):
    list_display = (
        "commitment",
        "distribution",
        "fund",
        "gross_amount",
        "withholding_tax",
        "net_amount",
        *_ITEM,
    )
    list_filter = ("fund",)
    list_select_related = (
        "distribution",
        "fund",
        "commitment__investor",
        "commitment__fund",
        "capital",
    )
    search_fields = ("commitment__investor__name", "commitment__reference")
    ordering = ("-pk",)
    inlines = (GivenBackInline, PayoutInline)
    readonly_fields = _ITEM

    def get_queryset(self, request):
        return super().get_queryset(request).defer("distribution__inputs")


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    """Posted money: read here, taken back only by a reversal."""

    list_display = ("pk", "fund", "distribution", "commitment", "amount", "value_date", "method", "reverses")
    list_filter = ("fund", "method")
    list_select_related = ("fund", "distribution", "commitment__investor", "commitment__fund", "reverses")
    search_fields = ("reference", "commitment__investor__name")
    date_hierarchy = "value_date"
    ordering = ("-pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("distribution__inputs")


@admin.register(PayoutRelease)
class PayoutReleaseAdmin(ReadOnlyAdmin):
    """Held payouts that a second person let go, and to which account."""

    list_display = ("item", "payee_details", "reason", "released_by", "released_at")
    list_select_related = (
        "item__commitment__investor",
        "item__commitment__fund",
        "payee_details__commitment__investor",
        "released_by",
    )
    list_filter = ("fund", "released_at")
    search_fields = ("item__commitment__investor__name", "reason")
    ordering = ("-pk",)


@admin.register(PayoutReversal)
class PayoutReversalAdmin(ReadOnlyAdmin):
    list_display = ("payout", "reason", "requested_by", "approved_at", "rejected_at")
    list_select_related = ("payout", "requested_by")
    search_fields = ("reason", "payout__reference")
    list_filter = ("payout__fund", ("approved_at", admin.EmptyFieldListFilter))
    ordering = ("-pk",)
    actions = ("approve", "reject")

    def rows_to_act_on(self, queryset, user):
        return with_role(queryset, user, fund="payout__fund")

    @asking("Approve the selected reversals", check=PAYOUT_REVERSALS.check_approve, step_up=True)
    def approve(self, request, queryset):
        self._decide(request, queryset, approve_payout_reversal, "Reversed")

    @asking("Turn down the selected reversals", check=PAYOUT_REVERSALS.check_reject)
    def reject(self, request, queryset):
        self._decide(request, queryset, reject_payout_reversal, "Turned down")

    def _decide(self, request, queryset, service, done, **arguments):
        each(
            self,
            request,
            queryset,
            lambda row: service(reversal_id=row.pk, ctx=context_of(request), **arguments),
            done,
        )


@admin.register(WriteDown)
class WriteDownAdmin(ReadOnlyAdmin):
    list_display = ("deal", "fund", "amount", "date", "created_by", "four_eyes", "approved_by", "rejected_by")
    list_filter = ("fund",)
    list_select_related = ("deal", "fund", "created_by", "approved_by", "rejected_by")
    search_fields = ("deal__name", "fund__name", "reason")
    ordering = ("-date", "-pk")
