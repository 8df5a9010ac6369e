"""Bank statements and payment files, for administrators: read here, written by the services alone."""

from django.contrib import admin

from banking.models import (
    BankAccount,
    BankEntry,
    BankStatement,
    EntryDecision,
    EntryMove,
    EntryPosting,
    EntryRule,
    PaymentFile,
    PaymentFileLine,
    PaymentLayout,
    ReceiptHolder,
    RepeatedEntry,
    StatementFile,
    TableMapping,
)
from blackgem.admin_site import ReadOnlyAdmin, ReadOnlyInline


@admin.register(BankAccount)
class BankAccountAdmin(ReadOnlyAdmin):
    list_display = ("number", "fund", "bank", "recorded_at")
    list_filter = ("fund",)
    list_select_related = ("fund",)
    search_fields = ("number", "fund__name")
    ordering = ("fund__name", "number")


@admin.register(TableMapping)
class TableMappingAdmin(ReadOnlyAdmin):
    list_display = ("account", "version", "recorded_at")
    list_filter = ("account__fund",)
    list_select_related = ("account",)
    search_fields = ("account__number",)
    ordering = ("account", "-version")


@admin.register(StatementFile)
class StatementFileAdmin(ReadOnlyAdmin):
    """The bytes may be many: they are fetched for none of these pages."""

    list_display = ("name", "fund", "format", "size", "uploaded_at", "read_at", "is_whole")
    list_filter = ("fund", "format", "is_whole")
    list_select_related = ("fund",)
    search_fields = ("name", "sha256")
    exclude = ("content",)
    date_hierarchy = "uploaded_at"
    ordering = ("-uploaded_at", "-pk")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")


@admin.register(BankStatement)
class BankStatementAdmin(ReadOnlyAdmin):
    list_display = ("last_day", "fund", "account", "statement_id", "opening", "closing", "balance")
    list_filter = ("fund", "balance")
    list_select_related = ("fund", "account")
    search_fields = ("statement_id", "account__number")
    date_hierarchy = "last_day"
    ordering = ("-last_day", "-pk")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("file").defer("file__content")


class PostingInline(ReadOnlyInline):
    model = EntryPosting
    fields = ("receipt", "step", "score", "recorded_at")
    ordering = ("pk",)


class DecisionInline(ReadOnlyInline):
    model = EntryDecision
    fields = ("version", "kind", "entry_class", "note", "recorded_at")
    ordering = ("version",)


class MoveInline(ReadOnlyInline):
    model = EntryMove
    fields = ("kind", "row_id", "recorded_at")
    ordering = ("pk",)


@admin.register(EntryRule)
class EntryRuleAdmin(ReadOnlyAdmin):
    list_display = ("number", "version", "fund", "side", "name_holds", "text_holds", "entry_class", "retired")
    list_filter = ("fund", "entry_class", "retired")
    list_select_related = ("fund",)
    search_fields = ("name_holds", "text_holds", "fund__name")
    ordering = ("fund__name", "number", "-version")


@admin.register(ReceiptHolder)
class ReceiptHolderAdmin(ReadOnlyAdmin):
    list_display = ("receipt", "version", "commitment", "fund", "recorded_at")
    list_filter = ("fund",)
    list_select_related = ("receipt", "commitment__investor", "fund")
    search_fields = ("receipt__payer", "commitment__reference")
    ordering = ("-pk",)


@admin.register(BankEntry)
class BankEntryAdmin(ReadOnlyAdmin):
    list_display = ("booking_date", "fund", "account", "amount", "status", "name", "reference")
    list_filter = ("fund", "status")
    list_select_related = ("fund", "account")
    search_fields = ("name", "text", "reference", "account__number")
    date_hierarchy = "booking_date"
    ordering = ("-booking_date", "-pk")
    inlines = (PostingInline, DecisionInline, MoveInline)


@admin.register(RepeatedEntry)
class RepeatedEntryAdmin(ReadOnlyAdmin):
    list_display = ("statement", "n", "entry", "fund")
    list_filter = ("fund",)
    list_select_related = ("statement", "entry", "fund")
    search_fields = ("entry__reference", "entry__name")
    ordering = ("-pk",)


@admin.register(PaymentLayout)
class PaymentLayoutAdmin(ReadOnlyAdmin):
    list_display = ("account", "format", "version", "recorded_at")
    list_filter = ("account__fund", "format")
    list_select_related = ("account",)
    search_fields = ("account__number",)
    ordering = ("account", "format", "-version")


@admin.register(PaymentFile)
class PaymentFileAdmin(ReadOnlyAdmin):
    """The bytes hold whole account numbers: nobody reads them here."""

    list_display = ("number", "fund", "format", "pay_on", "count", "total", "state", "created_at")
    list_filter = ("fund", "format")
    list_select_related = ("fund",)
    search_fields = ("message_id", "sha256", "fund__name")
    exclude = ("content",)
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")


@admin.register(PaymentFileLine)
class PaymentFileLineAdmin(ReadOnlyAdmin):
    list_display = ("end_to_end_id", "file", "fund", "commitment", "kind", "amount", "ending")
    list_filter = ("fund", "kind", "ending")
    list_select_related = ("file", "fund", "commitment__investor")
    search_fields = ("end_to_end_id", "commitment__reference", "commitment__investor__name")
    ordering = ("-file", "n")
