"""Closed periods, for administrators: read here, and opened again with a reason."""

from django.contrib import admin

from blackgem.admin_actions import asking, run_on_each
from blackgem.admin_site import ReadOnlyAdmin, ReadOnlyInline
from funds.access import check_reopen
from funds.models import PeriodAccount, PeriodClose, PeriodReopening
from funds.queries.periods import closed_through
from funds.services.periods import reopen_period


class AccountInline(ReadOnlyInline):
    model = PeriodAccount
    fields = ("commitment", "committed", "called", "paid", "outstanding", "distributed", "unfunded")
    ordering = ("pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("commitment__investor", "commitment__fund")


class ReopeningInline(ReadOnlyInline):
    model = PeriodReopening
    fields = ("reason", "recorded_at", "recorded_by")
    ordering = ("pk",)


def _check(close: PeriodClose, by) -> None:
    check_reopen(close, by, until=closed_through(close.fund_id))


@admin.register(PeriodClose)
class PeriodCloseAdmin(ReadOnlyAdmin):
    list_display = ("fund", "name", "first_day", "last_day", "status", "known_at")
    list_filter = ("fund",)
    list_select_related = ("fund", "reopening")
    search_fields = ("fund__name",)
    date_hierarchy = "last_day"
    ordering = ("-last_day", "-pk")
    inlines = (ReopeningInline, AccountInline)
    actions = ("reopen",)

    def rows_to_act_on(self, queryset, user):
        return queryset.select_related("fund", "reopening").order_by("-last_day")

    @asking("Open the selected periods again", check=_check, reason=True, step_up=True)
    def reopen(self, request, queryset, reason):
        run_on_each(self, request, queryset, reopen_period, "opened again", row="close_id", reason=reason)
