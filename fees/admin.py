"""Management fees, for administrators: read here, asked for and decided by the services alone."""

from django.contrib import admin

from blackgem.admin_site import ReadOnlyAdmin, ReadOnlyInline
from fees.models import (
    FeeBill,
    FeeCatchUp,
    FeeEvent,
    FeeIncome,
    FeeLetter,
    FeePayment,
    FeeRealisation,
    FeeRun,
    FeeRunCancellation,
    FeeRunLine,
    FeeSchedule,
    FeeStatement,
    FeeWaiverCall,
    FeeWaiverUse,
)

_DECIDED = ("approved_at", "rejected_at")
_PARTNER = ("commitment__investor", "commitment__fund")


@admin.register(FeeSchedule)
class FeeScheduleAdmin(ReadOnlyAdmin):
    list_display = ("version", "fund", "effective_on", "rate", "basis", "frequency", "in_advance", *_DECIDED)
    list_filter = ("fund", "frequency")
    list_select_related = ("fund",)
    search_fields = ("fund__name",)
    date_hierarchy = "effective_on"
    ordering = ("-effective_on", "-pk")


@admin.register(FeeLetter)
class FeeLetterAdmin(ReadOnlyAdmin):
    list_display = ("commitment", "fund", "effective_on", "own_rate", "discount", "waived", *_DECIDED)
    list_filter = ("fund",)
    list_select_related = ("fund", *_PARTNER)
    search_fields = ("commitment__investor__name", "commitment__reference")
    date_hierarchy = "effective_on"
    ordering = ("-effective_on", "-pk")


@admin.register(FeeIncome)
class FeeIncomeAdmin(ReadOnlyAdmin):
    list_display = ("fund", "category", "effective_on", "amount", "offset_rate", "deal", *_DECIDED)
    list_filter = ("fund", "category")
    list_select_related = ("fund", "deal")
    search_fields = ("fund__name", "deal__name")
    date_hierarchy = "effective_on"
    ordering = ("-effective_on", "-pk")


@admin.register(FeeEvent)
class FeeEventAdmin(ReadOnlyAdmin):
    list_display = ("kind", "fund", "effective_on", "takes_back", *_DECIDED)
    list_filter = ("fund", "kind")
    list_select_related = ("fund", "takes_back")
    search_fields = ("fund__name",)
    date_hierarchy = "effective_on"
    ordering = ("-effective_on", "-pk")


@admin.register(FeeRealisation)
class FeeRealisationAdmin(ReadOnlyAdmin):
    list_display = ("deal", "fund", "effective_on", "amount", *_DECIDED)
    list_filter = ("fund",)
    list_select_related = ("fund", "deal")
    search_fields = ("fund__name", "deal__name")
    date_hierarchy = "effective_on"
    ordering = ("-effective_on", "-pk")


class AskedInline(ReadOnlyInline):
    model = FeeWaiverCall
    fields = ("call",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("call")


@admin.register(FeeWaiverUse)
class FeeWaiverUseAdmin(ReadOnlyAdmin):
    list_display = ("item", "fund", "effective_on", "amount", "due_on", *_DECIDED)
    list_filter = ("fund",)
    list_select_related = ("fund", "item__call__fund", "item__commitment__investor")
    search_fields = ("fund__name",)
    date_hierarchy = "effective_on"
    ordering = ("-effective_on", "-pk")
    inlines = (AskedInline,)


@admin.register(FeeCatchUp)
class FeeCatchUpAdmin(ReadOnlyAdmin):
    list_display = ("commitment", "fund", "effective_on", "charged", "let_off", "agreed", "net", "tax")
    list_filter = ("fund",)
    list_select_related = ("fund", *_PARTNER)
    search_fields = ("commitment__investor__name", "commitment__reference")
    date_hierarchy = "effective_on"
    ordering = ("-effective_on", "-pk")


class LineInline(ReadOnlyInline):
    model = FeeRunLine
    fields = ("commitment", "gross", "discount", "true_up", "waiver", "offset_applied", "net", "tax")
    ordering = ("pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("parts").select_related(*_PARTNER)


class StatementInline(ReadOnlyInline):
    model = FeeStatement
    fields = ("commitment", "effective_on", "withdrawn_at")
    ordering = ("pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("facts").select_related(*_PARTNER)


class BillInline(ReadOnlyInline):
    model = FeeBill
    fields = ("call",)
    ordering = ("pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("call")


class PaymentInline(ReadOnlyInline):
    model = FeePayment
    fields = ("value_date", "amount", "reference", "reverses", "cash_on", "reason")
    ordering = ("pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("reverses")


class CancellationInline(ReadOnlyInline):
    model = FeeRunCancellation
    fields = ("effective_on", "reason", *_DECIDED)
    ordering = ("pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("recorded_by", "approved_by", "rejected_by")


@admin.register(FeeRun)
class FeeRunAdmin(ReadOnlyAdmin):
    """What it was worked out from may be long: it is fetched for one run, not for a list."""

    list_display = ("number", "fund", "starts_on", "ends_on", "due_on", "net", "tax", *_DECIDED)
    list_filter = ("fund",)
    list_select_related = ("fund",)
    search_fields = ("fund__name", "lines__commitment__investor__name")
    date_hierarchy = "starts_on"
    ordering = ("-starts_on", "-pk")
    inlines = (LineInline, StatementInline, BillInline, PaymentInline, CancellationInline)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("inputs")
