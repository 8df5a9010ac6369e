"""Later closings, for administrators: read here, moved only by the services."""

from django.contrib import admin

from blackgem.admin_columns import figures
from blackgem.admin_site import ReadOnlyAdmin, ReadOnlyInline
from closings.models import (
    AssumedPart,
    Closing,
    ClosingExclusion,
    ClosingExcuse,
    ClosingFee,
    ClosingRate,
    ClosingReversal,
    ClosingTranche,
    ClosingValue,
    Default,
    DefaultCall,
    DefaultPart,
    DefaultRemedy,
    DefaultWithdrawal,
    EqualisationPart,
    EqualisedRow,
    EqualisedShare,
    Refund,
    RefundPayout,
    RefundPayoutReversal,
    Setoff,
    SetoffPart,
    SetoffReversal,
    Transfer,
    TransferRow,
)

_REFUND = figures("progress", "released", "paid_out", "outstanding")
_PARTNER = ("commitment__investor", "commitment__fund")


class TrancheInline(ReadOnlyInline):
    model = ClosingTranche
    fields = ("investor", "kind", "reference", "amount")
    ordering = ("pk",)


class FeeInline(ReadOnlyInline):
    model = ClosingFee
    fields = ("tranche", "amount", "due_on")
    ordering = ("due_on", "pk")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("tranche__investor")


class ExcuseInline(ReadOnlyInline):
    model = ClosingExcuse
    fields = ("tranche", "deal", "reason")
    ordering = ("pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("tranche__investor")


class RateInline(ReadOnlyInline):
    model = ClosingRate
    fields = ("starts_on", "rate")
    ordering = ("starts_on",)


class ExclusionInline(ReadOnlyInline):
    model = ClosingExclusion
    fields = ("deal",)
    ordering = ("pk",)


class ValueInline(ReadOnlyInline):
    model = ClosingValue
    fields = ("line", "value")
    ordering = ("pk",)


class PartInline(ReadOnlyInline):
    model = EqualisationPart
    fields = ("line", "commitment", "delta", "inside", "reduces_open", "days", "interest", "premium")
    ordering = ("line", "pk")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("line__call", *_PARTNER)


class ShareInline(ReadOnlyInline):
    model = EqualisedShare
    fields = ("distribution", "commitment", "delta", "recallable", "days", "interest")
    ordering = ("distribution", "pk")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("distribution", *_PARTNER)


class MovedRowInline(ReadOnlyInline):
    model = EqualisedRow
    fields = ("row", "giver", "taker", "amount", "effective_on", "closing_reversal")
    ordering = ("pk",)

    def get_queryset(self, request):
        both = ("giver__fund", "giver__investor", "taker__fund", "taker__investor")
        return super().get_queryset(request).select_related("row", "closing_reversal__closing", *both)


class RefundInline(ReadOnlyInline):
    model = Refund
    fields = ("commitment", "capital", "interest", "amount", "set_off")
    ordering = ("pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*_PARTNER)


class ClosingReversalInline(ReadOnlyInline):
    model = ClosingReversal
    fields = ("reason", "requested_by", "approved_by", "rejected_by")
    ordering = ("pk",)


@admin.register(Closing)
class ClosingAdmin(ReadOnlyAdmin):
    list_display = ("number", "fund", "held_on", "pay_on", "status")
    list_filter = ("status", "fund")
    list_select_related = ("fund",)
    search_fields = ("fund__name", "tranches__investor__name")
    date_hierarchy = "held_on"
    ordering = ("-held_on", "-pk")
    inlines = (
        TrancheInline,
        FeeInline,
        ExcuseInline,
        RateInline,
        ExclusionInline,
        ValueInline,
        PartInline,
        ShareInline,
        MovedRowInline,
        RefundInline,
        ClosingReversalInline,
    )

    def get_queryset(self, request):
        """Its frozen facts may be long: they are fetched for one closing, not for a list."""
        return super().get_queryset(request).defer("inputs")


class PayoutInline(ReadOnlyInline):
    model = RefundPayout
    fields = ("amount", "value_date", "method", "reference", "reverses")
    ordering = ("pk",)


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ("commitment", "closing", "fund", "capital", "interest", "amount", *_REFUND)
    list_filter = ("fund",)
    list_select_related = ("closing", "fund", "progress", *_PARTNER)
    search_fields = ("commitment__investor__name", "commitment__reference")
    ordering = ("-pk",)
    inlines = (PayoutInline,)
    readonly_fields = _REFUND

    def get_queryset(self, request):
        return super().get_queryset(request).defer("closing__inputs")


class ReversalInline(ReadOnlyInline):
    model = RefundPayoutReversal
    fk_name = "payout"
    fields = ("reason", "cash_on", "requested_by", "approved_by", "rejected_by")
    ordering = ("pk",)


@admin.register(RefundPayout)
class RefundPayoutAdmin(ReadOnlyAdmin):
    """Posted money: read here, taken back only by a reversal."""

    list_display = ("pk", "fund", "commitment", "amount", "value_date", "method", "reverses")
    list_filter = ("fund", "method")
    list_select_related = ("fund", "reverses", *_PARTNER)
    search_fields = ("reference", "commitment__investor__name")
    date_hierarchy = "value_date"
    ordering = ("-pk",)
    inlines = (ReversalInline,)


class TransferRowInline(ReadOnlyInline):
    model = TransferRow
    fields = ("row", "amount")
    ordering = ("pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("row")


class AssumedPartInline(ReadOnlyInline):
    model = AssumedPart
    fields = ("call", "line", "owed", "amount")
    ordering = ("pk",)


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    """What moves is worked out as it takes effect, and stays posted."""

    list_display = (
        "number",
        "fund",
        "transferor",
        "transferee",
        "effective_on",
        "approved_at",
        "rejected_at",
    )
    list_filter = ("fund",)
    list_select_related = (
        "fund",
        *(f"{side}__{path}" for side in ("transferor", "transferee") for path in ("investor", "fund")),
    )
    search_fields = ("transferor__investor__name", "transferee__investor__name")
    date_hierarchy = "effective_on"
    ordering = ("-pk",)
    inlines = (TransferRowInline, AssumedPartInline)


class DefaultPartInline(ReadOnlyInline):
    model = DefaultPart
    fields = ("commitment", "cap", "amount")
    ordering = ("pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*_PARTNER)


class DefaultCallInline(ReadOnlyInline):
    model = DefaultCall
    fields = ("call",)
    ordering = ("pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("call")


@admin.register(Default)
class DefaultAdmin(ReadOnlyAdmin):
    """Whether it is cured is read from the payments of its item."""

    list_display = (
        "number",
        "fund",
        "commitment",
        "call",
        "effective_on",
        "cure_by",
        "approved_at",
        "rejected_at",
    )
    list_filter = ("fund", "interest_to")
    list_select_related = ("fund", "call", *_PARTNER)
    search_fields = ("commitment__investor__name", "reason")
    date_hierarchy = "effective_on"
    ordering = ("-pk",)


@admin.register(DefaultRemedy)
class DefaultRemedyAdmin(ReadOnlyAdmin):
    list_display = (
        "default",
        "number",
        "fund",
        "kind",
        "amount",
        "uncovered",
        "effective_on",
        "approved_at",
        "rejected_at",
    )
    list_filter = ("fund", "kind")
    list_select_related = ("default", "fund")
    search_fields = ("default__commitment__investor__name", "reason")
    date_hierarchy = "effective_on"
    ordering = ("-pk",)
    inlines = (DefaultPartInline, DefaultCallInline)


@admin.register(DefaultWithdrawal)
class DefaultWithdrawalAdmin(ReadOnlyAdmin):
    list_display = ("default", "fund", "reason", "requested_by", "approved_by", "rejected_by")
    list_filter = ("fund",)
    list_select_related = ("default", "fund", "requested_by", "approved_by", "rejected_by")
    search_fields = ("reason", "default__commitment__investor__name")
    ordering = ("-pk",)


class SetoffPartInline(ReadOnlyInline):
    model = SetoffPart
    fields = ("commitment", "amount")
    ordering = ("pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*_PARTNER)


@admin.register(Setoff)
class SetoffAdmin(ReadOnlyAdmin):
    """What it posts is taken back only by a reversal."""

    list_display = ("number", "fund", "call", "distribution", "value_date", "approved_at", "rejected_at")
    list_filter = ("fund",)
    list_select_related = ("fund", "call", "distribution")
    search_fields = ("reason", "parts__commitment__investor__name")
    date_hierarchy = "value_date"
    ordering = ("-pk",)
    inlines = (SetoffPartInline,)


@admin.register(SetoffReversal)
class SetoffReversalAdmin(ReadOnlyAdmin):
    list_display = ("part", "fund", "reason", "requested_by", "approved_by", "rejected_by")
    list_filter = ("fund",)
    list_select_related = ("part__setoff", "fund", "requested_by", "approved_by", "rejected_by")
    search_fields = ("reason",)
    ordering = ("-pk",)
