"""What happened, for administrators: the trail, in words, and answers that were given once."""

from django.contrib import admin
from django.utils.html import format_html_join

from blackgem.admin_site import ReadOnlyAdmin
from blackgem.lib.timeline import SENTENCES, told
from blackgem.models import AuditEvent, IdempotentAnswer


class VerbFilter(admin.SimpleListFilter):
    title = "what was done"
    parameter_name = "verb"

    def lookups(self, request, model_admin):
        return sorted(((verb, words) for verb, words in SENTENCES.items()), key=lambda one: one[1])

    def queryset(self, request, queryset):
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who did what, when; amounts in the currency of the fund that an event belongs to."""

    list_display = ("happened_at", "actor", "what", "object_label", "fund", "reason")
    list_filter = (VerbFilter, "happened_at")
    list_select_related = ("actor",)
    search_fields = ("object_label", "actor__email", "actor__full_name", "reason", "request_id", "address")
    date_hierarchy = "happened_at"
    ordering = ("-id",)
    fields = (
        "happened_at",
        "recorded_at",
        "actor",
        "what",
        "object_label",
        "fund",
        "changed",
        "reason",
        "address",
        "request_id",
    )

    def get_changelist_instance(self, request):
        """Funds are looked up once for the page."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = [_told(event, *more) for event, *more in told(changelist.result_list)]
        return changelist

    def get_object(self, request, object_id, from_field=None):
        event = super().get_object(request, object_id, from_field)
        return event and _told(event, *told([event])[0][1:])

    @admin.display(description="what was done", ordering="verb")
    def what(self, event):
        return event.entry.what

    @admin.display(description="fund", ordering="fund_id")
    def fund(self, event):
        return event.fund_name or "-"

    @admin.display(description="changes")
    def changed(self, event):
        rows = ((one.label, one.old or "-", one.new) for one in event.entry.changes)
        return format_html_join("", "<div>{}: <del>{}</del> → <ins>{}</ins></div>", rows) or "-"


def _told(event, entry, fund_name):
    event.entry, event.fund_name = entry, fund_name
    return event


@admin.register(IdempotentAnswer)
class IdempotentAnswerAdmin(ReadOnlyAdmin):
    list_display = ("key", "user", "status", "created_at")
    list_filter = ("status", "created_at")
    list_select_related = ("user",)
    search_fields = ("key", "user__email")
    exclude = ("body", "headers")
    ordering = ("-id",)
