"""Addresses of the pages that show what several apps hold."""

from django.urls import path

from dashboard.views import (
    approvals,
    deals,
    funds,
    investors,
    letter_work,
    overview,
    positions,
    search,
    trail,
    transactions,
)

app_name = "dashboard"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("funds/", funds.fund_list, name="fund_list"),
    path("funds/export.<str:form>", funds.export_funds, name="fund_export"),
    path("funds/<int:fund_id>/", funds.fund, name="fund"),
    path("funds/<int:fund_id>/as-of/", positions.fund_position, name="fund_position"),
    path(
        "funds/<int:fund_id>/as-of/export.<str:form>", positions.export_position, name="fund_position_export"
    ),
    path("investors/", investors.investor_list, name="investor_list"),
    path("investors/export.<str:form>", investors.export_investors, name="investor_export"),
    path("investors/<int:investor_id>/", investors.investor, name="investor"),
    path("deals/", deals.deal_list, name="deal_list"),
    path("deals/export.<str:form>", deals.export_deals, name="deal_export"),
    path("transactions/", transactions.transaction_list, name="transaction_list"),
    path("transactions/export.<str:form>", transactions.export_transactions, name="transaction_export"),
    path("letters/", letter_work.letter_list, name="letter_list"),
    path("letters/export.<str:form>", letter_work.export_letters, name="letter_export"),
    path("letters/now/", letter_work.letters_now, name="letters_now"),
    path("search/", search.search_page, name="search"),
    path("shortcuts/", search.shortcuts, name="shortcuts"),
    path("audit/", trail.audit_trail, name="audit_trail"),
    path("audit/export.<str:form>", trail.export_audit_trail, name="audit_export"),
    path("audit/decisions.<str:form>", trail.export_decisions, name="decisions_export"),
    path("audit/access.<str:form>", trail.export_access, name="access_export"),
]
