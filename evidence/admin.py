"""Seals and daily reconciliations, for administrators and auditors: read here, made by the worker."""

from django.contrib import admin

from blackgem.admin_site import ReadOnlyAdmin
from evidence.models import AnchorTold, ChainSeal, Reconciliation


@admin.register(ChainSeal)
class ChainSealAdmin(ReadOnlyAdmin):
    list_display = ("number", "sealed_at", "leaves", "hash")
    search_fields = ("hash",)
    list_filter = ("sealed_at",)
    date_hierarchy = "sealed_at"
    ordering = ("-number",)


@admin.register(AnchorTold)
class AnchorToldAdmin(ReadOnlyAdmin):
    list_display = ("told_on", "seal", "recipients", "told_at")
    list_select_related = ("seal",)
    search_fields = ("hash",)
    list_filter = ("told_on",)
    date_hierarchy = "told_on"
    ordering = ("-told_on",)


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    list_display = ("done_on", "sentences", "broken", "to_resolve", "milliseconds", "done_at")
    search_fields = ("broken",)
    list_filter = ("done_on",)
    date_hierarchy = "done_on"
    ordering = ("-done_on",)
