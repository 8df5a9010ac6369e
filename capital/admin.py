"""Money called in, for administrators. Posted money is read; calls and reversals move only by the services."""

from django.contrib import admin
from django.urls import reverse

from blackgem.admin_actions import asking, run_on_each
from blackgem.admin_columns import figures
from blackgem.admin_site import ReadOnlyAdmin, ReadOnlyInline, each
from blackgem.lib.context import context_of
from capital.access import check_approve, check_cancel, check_issue, check_send_notices, check_submit
from capital.models import (
    AllocationAmount,
    CapitalCall,
    CapitalCallItem,
    CapitalCallItemLine,
    CapitalCallLine,
    Excuse,
    FundAllocation,
    LineChange,
    Payment,
    PaymentReversal,
    Receipt,
    ReceiptReturn,
    ResidualSettlement,
)
from capital.services.calls import approve_call, cancel_call, issue_call, send_notices, submit_call
from capital.services.reversals import REVERSALS, approve_reversal, reject_reversal
from funds import admin as funds_admin
from funds.models import Commitment, Fund
from funds.queries.access import with_role

_ACCOUNT = figures("capital", "committed", "called", "paid", "unfunded")
_ALLOCATION = figures("capital", "committed", "called", "funded", "uncalled")
_CALL = figures("capital", "paid", "outstanding")
_ITEM = figures("capital", "waived", "paid", "outstanding")
_RECEIPT = figures("capital", "applied", "unapplied")

admin.site.unregister([Fund, Commitment])


@admin.register(Fund)
class FundAdmin(funds_admin.FundAdmin):
    """A fund with the sums of its partners."""

    list_display = ("name", "currency", *figures("partners", "committed", "called", "paid"), "four_eyes")
    list_select_related = ("partners",)


@admin.register(Commitment)
class CommitmentAdmin(funds_admin.CommitmentAdmin):
    """A commitment with its account."""

    list_display = (
        "investor",
        "fund",
        "kind",
        "reference",
        *_ACCOUNT,
        "standing",
    )
    list_select_related = ("investor", "fund", "capital")
    readonly_fields = _ACCOUNT


class AllocationAmountInline(ReadOnlyInline):
    model = AllocationAmount
    fields = ("kind", "effective_on", "amount", "reason", "approved_at", "approved_by")
    ordering = ("effective_on", "pk")


@admin.register(FundAllocation)
class FundAllocationAdmin(ReadOnlyAdmin):
    """Its state is what was called and paid on it: it moves with calls and payments, and by nothing else."""

    list_display = ("deal", "fund", "state", *_ALLOCATION)
    list_filter = ("state", "fund")
    list_select_related = ("deal", "fund", "capital")
    search_fields = ("deal__name", "fund__name")
    ordering = ("fund", "deal")
    inlines = (AllocationAmountInline,)
    readonly_fields = _ALLOCATION

    def view_on_site(self, allocation):
        return reverse("capital:allocation", args=[allocation.pk])


class LineInline(ReadOnlyInline):
    model = CapitalCallLine
    fields = ("position", "kind", "allocation", "amount", "reduces_unfunded", "split_by")
    ordering = ("position",)


@admin.register(CapitalCall)
class CapitalCallAdmin(ReadOnlyAdmin):
    """Status moves by the actions alone; each is refused where the call, the money or the role does not allow it."""

    list_display = ("number", "fund", "call_date", "due_date", "total_amount", *_CALL, "status")
    list_filter = ("status", "fund")
    list_select_related = ("fund", "capital")
    search_fields = ("purpose", "fund__name")
    date_hierarchy = "call_date"
    ordering = ("-call_date", "-pk")
    inlines = (LineInline,)
    actions = ("submit", "approve", "issue", "cancel", "send")
    readonly_fields = _CALL

    def view_on_site(self, call):
        return reverse("capital:call", args=[call.pk])

    def rows_to_act_on(self, queryset, user):
        return with_role(queryset, user)

    @asking("Submit for approval", check=check_submit)
    def submit(self, request, queryset):
        _move(self, request, queryset, submit_call, "Submitted", as_named=True)

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
    list_display = ("call", "fund", "position", "kind", "amount", "reduces_unfunded", "split_by", "seq_no")
    list_filter = ("kind", "fund")
    list_select_related = ("call", "fund")
    search_fields = ("fund__name", "call__purpose")
    ordering = ("-call", "position")


class ItemLineInline(ReadOnlyInline):
    model = CapitalCallItemLine
    fields = ("line", "amount", "basis", "excuse_reason", "included_reason")


class ExcuseInline(ReadOnlyInline):
    model = Excuse
    fields = ("line", "effective_on", "amount", "limit", "reason", "approved_at", "approved_by")
    ordering = ("effective_on", "pk")


class SettlementInline(ReadOnlyInline):
    model = ResidualSettlement
    fields = (
        "kind",
        "effective_on",
        "amount",
        "reason",
        "recorded_by",
        "approved_by",
        "rejected_by",
    )
    ordering = ("pk",)


class LineChangeInline(ReadOnlyInline):
    model = LineChange
    fields = ("line", "amount", "effective_on", "reduces_unfunded")
    ordering = ("pk",)


@admin.register(CapitalCallItem)
class CapitalCallItemAdmin(ReadOnlyAdmin):
    list_display = ("commitment", "call", "fund", "amount", *_ITEM)
    list_filter = ("fund",)
    list_select_related = ("call", "fund", "commitment__investor", "commitment__fund", "capital")
    search_fields = ("commitment__investor__name", "commitment__reference")
    ordering = ("-pk",)
    inlines = (ItemLineInline, SettlementInline, ExcuseInline, LineChangeInline)
    readonly_fields = _ITEM


class PaymentInline(ReadOnlyInline):
    model = Payment
    fields = ("call", "item", "amount", "value_date", "reverses")


class ReturnInline(ReadOnlyInline):
    model = ReceiptReturn
    fields = ("amount", "value_date", "commitment", "reason", "takes_back", "recorded_by")


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    list_display = ("pk", "fund", "amount", "value_date", "payer", "tx_ref", *_RECEIPT)
    list_filter = ("fund",)
    list_select_related = ("fund", "capital")
    search_fields = ("payer", "tx_ref")
    date_hierarchy = "value_date"
    ordering = ("-pk",)
    inlines = (PaymentInline, ReturnInline)
    readonly_fields = _RECEIPT


@admin.register(ReceiptReturn)
class ReceiptReturnAdmin(ReadOnlyAdmin):
    list_display = (
        *("receipt", "fund", "commitment", "amount", "value_date", "reason", "takes_back", "recorded_by"),
    )
    list_filter = ("fund",)
    list_select_related = (
        *("receipt", "fund", "commitment__investor", "commitment__fund", "takes_back", "recorded_by"),
    )
    search_fields = ("reason", "receipt__payer", "receipt__tx_ref")
    ordering = ("-pk",)


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """Posted money: read here, taken back only by a reversal."""

    list_display = (
        "pk",
        "fund",
        "call",
        "commitment",
        "amount",
        "value_date",
        "method",
        "tx_ref",
        "reverses",
    )
    list_filter = ("fund", "method")
    list_select_related = ("fund", "call", "commitment__investor", "commitment__fund", "reverses")
    search_fields = ("reference", "tx_ref", "commitment__investor__name")
    date_hierarchy = "value_date"
    ordering = ("-pk",)


@admin.register(PaymentReversal)
class PaymentReversalAdmin(ReadOnlyAdmin):
    list_display = ("payment", "reason", "money_left", "requested_by", "approved_at", "rejected_at")
    list_select_related = ("payment", "requested_by")
    search_fields = ("reason", "payment__tx_ref", "payment__reference")
    list_filter = ("payment__fund", ("approved_at", admin.EmptyFieldListFilter))
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
