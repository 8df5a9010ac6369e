"""Money called in, for administrators. Posted money is read; calls and reversals move only by the services."""

from django.contrib import admin
from django.urls import reverse

from blackgem.admin_actions import asking, run_on_each
from blackgem.admin_site import ReadOnlyAdmin, ReadOnlyInline, each
from blackgem.lib.context import context_of
from capital.access import check_approve, check_cancel, check_issue, check_send_notices
from capital.models import (
    AllocationAmount,
    CapitalCall,
    CapitalCallItem,
    CapitalCallItemLine,
    CapitalCallLine,
    FundAllocation,
    Payment,
    PaymentReversal,
    Receipt,
    ReceiptReturn,
    ResidualSettlement,
    WaivedPart,
)
from capital.services.calls import approve_call, cancel_call, issue_call, send_notices, submit_call
from capital.services.reversals import REVERSALS, approve_reversal, reject_reversal
from funds import admin as funds_admin
from funds.admin import figure
from funds.models import Commitment, Fund
from funds.queries.access import with_role

admin.site.unregister([Fund, Commitment])


@admin.register(Fund)
class FundAdmin(funds_admin.FundAdmin):
    """A fund with the sums of its partners."""

    list_display = ("name", "currency", "committed", "called", "paid", "four_eyes")
    list_select_related = ("partners",)
    committed = figure("committed", "partners.committed", "self")
    called = figure("called", "partners.called", "self")
    paid = figure("paid", "partners.paid", "self")


@admin.register(Commitment)
class CommitmentAdmin(funds_admin.CommitmentAdmin):
    """A commitment with its account."""

    list_display = (
        "investor",
        "fund",
        "kind",
        "reference",
        "committed",
        "called",
        "paid",
        "unfunded",
        "standing",
    )
    list_select_related = ("investor", "fund", "capital")
    readonly_fields = ("committed", "called", "paid", "unfunded")
    called = figure("called", "capital.called")
    paid = figure("paid", "capital.paid")
    unfunded = figure("unfunded", "capital.unfunded")


class AllocationAmountInline(ReadOnlyInline):
    model = AllocationAmount
    fields = readonly_fields = ("kind", "effective_on", "money", "reason", "approved_at", "approved_by")
    money = figure("amount", "amount")
    ordering = ("effective_on", "pk")


@admin.register(FundAllocation)
class FundAllocationAdmin(ReadOnlyAdmin):
    """Its state is what was called and paid on it: it moves with calls and payments, and by nothing else."""

    list_display = ("deal", "fund", "state", "committed", "called", "funded", "uncalled")
    list_filter = ("state", "fund")
    list_select_related = ("deal", "fund", "capital")
    search_fields = ("deal__name", "fund__name")
    ordering = ("fund", "deal")
    inlines = (AllocationAmountInline,)
    readonly_fields = ("committed", "called", "funded", "uncalled")
    committed = figure("committed", "capital.committed")
    called = figure("called", "capital.called")
    funded = figure("funded", "capital.funded")
    uncalled = figure("uncalled", "capital.uncalled")

    def view_on_site(self, allocation):
        return reverse("capital:allocation", args=[allocation.pk])


class LineInline(ReadOnlyInline):
    model = CapitalCallLine
    fields = readonly_fields = ("position", "kind", "allocation", "money", "reduces_unfunded")
    money = figure("amount", "amount")
    ordering = ("position",)


@admin.register(CapitalCall)
class CapitalCallAdmin(ReadOnlyAdmin):
    """Status moves by the actions alone; each is refused where the call, the money or the role does not allow it."""

    list_display = ("fund", "number", "call_date", "due_date", "total", "paid", "status")
    list_filter = ("status", "fund")
    list_select_related = ("fund", "capital")
    search_fields = ("purpose", "fund__name")
    ordering = ("-call_date", "-pk")
    inlines = (LineInline,)
    actions = ("submit", "approve", "issue", "cancel", "send")
    exclude = ("total_amount",)
    readonly_fields = ("total", "paid")
    total = figure("amount", "total_amount")
    paid = figure("paid", "capital.paid")

    def view_on_site(self, call):
        return reverse("capital:call", args=[call.pk])

    def rows_to_act_on(self, queryset, user):
        return with_role(queryset, user)

    @admin.action(description="Submit for approval")
    def submit(self, request, queryset):
        _move(self, request, queryset, submit_call, "Submitted")

    @asking("Approve and issue", check=check_approve, step_up=True)
    def approve(self, request, queryset):
        _move(self, request, queryset, approve_call, "Issued", as_named=True)

    @asking("Issue (only submits where a second person approves)", check=check_issue)
    def issue(self, request, queryset):
        _move(self, request, queryset, issue_call, "Done", as_named=True)

    @asking("Cancel (only asks where a second person decides)", check=check_cancel, reason=True, step_up=True)
    def cancel(self, request, queryset, reason):
        _move(self, request, queryset, cancel_call, "Done", reason=reason)

    @asking("Send the notices that were not sent", check=check_send_notices)
    def send(self, request, queryset):
        _move(self, request, queryset, send_notices, "Sent for", as_named=True)


def _move(modeladmin, request, rows, service, done, **how):
    run_on_each(modeladmin, request, rows, service, done, row="call_id", **how)


@admin.register(CapitalCallLine)
class CapitalCallLineAdmin(ReadOnlyAdmin):
    list_display = ("call", "fund", "position", "kind", "money", "reduces_unfunded", "seq_no")
    list_filter = ("kind", "fund")
    list_select_related = ("call", "fund")
    ordering = ("-call", "position")
    exclude = ("amount",)
    readonly_fields = ("money",)
    money = figure("amount", "amount")


class ItemLineInline(ReadOnlyInline):
    model = CapitalCallItemLine
    fields = readonly_fields = ("line", "money", "basis", "excuse_reason")
    money = figure("amount", "amount")


class SettlementInline(ReadOnlyInline):
    model = ResidualSettlement
    fields = readonly_fields = (
        "kind",
        "effective_on",
        "money",
        "reason",
        "recorded_by",
        "approved_by",
        "rejected_by",
    )
    money = figure("amount", "amount")
    ordering = ("pk",)


class WaivedPartInline(ReadOnlyInline):
    model = WaivedPart
    fields = readonly_fields = ("line", "money", "effective_on", "reduces_unfunded")
    money = figure("amount", "amount")
    ordering = ("pk",)


@admin.register(CapitalCallItem)
class CapitalCallItemAdmin(ReadOnlyAdmin):
    list_display = ("call", "fund", "commitment", "called", "paid", "outstanding")
    list_filter = ("fund",)
    list_select_related = ("call", "fund", "commitment__investor", "commitment__fund", "capital")
    search_fields = ("commitment__investor__name", "commitment__reference")
    ordering = ("-pk",)
    inlines = (ItemLineInline, SettlementInline, WaivedPartInline)
    exclude = ("amount",)
    readonly_fields = ("called", "waived", "paid", "outstanding")
    called = figure("called", "amount")
    waived = figure("waived", "capital.waived")
    paid = figure("paid", "capital.paid")
    outstanding = figure("outstanding", "capital.outstanding")


class PaymentInline(ReadOnlyInline):
    model = Payment
    fields = readonly_fields = ("call", "item", "money", "value_date", "reverses")
    money = figure("amount", "amount")


class ReturnInline(ReadOnlyInline):
    model = ReceiptReturn
    fields = readonly_fields = ("money", "value_date", "reason", "recorded_by")
    money = figure("amount", "amount")


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    list_display = ("pk", "fund", "money", "value_date", "payer", "tx_ref", "applied", "unapplied")
    list_filter = ("fund",)
    list_select_related = ("fund", "capital")
    search_fields = ("payer", "tx_ref")
    ordering = ("-pk",)
    inlines = (PaymentInline, ReturnInline)
    exclude = ("amount",)
    readonly_fields = ("money", "applied", "unapplied")
    money = figure("amount", "amount")
    applied = figure("applied", "capital.applied")
    unapplied = figure("unapplied", "capital.unapplied")


@admin.register(ReceiptReturn)
class ReceiptReturnAdmin(ReadOnlyAdmin):
    list_display = ("receipt", "fund", "money", "value_date", "reason", "recorded_by")
    list_filter = ("fund",)
    list_select_related = ("receipt", "fund", "recorded_by")
    ordering = ("-pk",)
    exclude = ("amount",)
    readonly_fields = ("money",)
    money = figure("amount", "amount")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """Posted money: read here, taken back only by a reversal."""

    list_display = ("pk", "fund", "call", "commitment", "money", "value_date", "method", "tx_ref", "reverses")
    list_filter = ("fund", "method")
    list_select_related = ("fund", "call", "commitment__investor", "commitment__fund", "reverses")
    search_fields = ("reference", "tx_ref", "commitment__investor__name")
    ordering = ("-pk",)
    exclude = ("amount",)
    readonly_fields = ("money",)
    money = figure("amount", "amount")


@admin.register(PaymentReversal)
class PaymentReversalAdmin(ReadOnlyAdmin):
    list_display = ("payment", "reason", "money_left", "requested_by", "approved_at", "rejected_at")
    list_select_related = ("payment", "requested_by")
    ordering = ("-pk",)
    actions = ("approve", "reject")

    def rows_to_act_on(self, queryset, user):
        return with_role(queryset, user, fund="payment__fund")

    @asking("Approve the selected reversals", check=REVERSALS.check_approve, step_up=True)
    def approve(self, request, queryset):
        each(
            self,
            request,
            queryset,
            lambda row: approve_reversal(reversal_id=row.pk, ctx=context_of(request)),
            "Reversed",
        )

    @asking("Turn down the selected reversals", check=REVERSALS.check_reject)
    def reject(self, request, queryset):
        each(
            self,
            request,
            queryset,
            lambda row: reject_reversal(reversal_id=row.pk, ctx=context_of(request)),
            "Turned down",
        )
