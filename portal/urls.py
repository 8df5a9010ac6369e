"""Addresses of the investors' pages, and of the statements that managers see as well."""

from django.urls import path

from portal.queries.lists import CALLS, DISTRIBUTIONS, DOCUMENTS, FEES, PAYMENTS, REFUNDS
from portal.views import (
    advisers,
    all_statements,
    calls,
    distributions,
    documents,
    fees,
    home,
    lists,
    looking,
    mails,
    payees,
    questions,
    refunds,
    statements,
)

app_name = "portal"

urlpatterns = [
    path("portal/", home.home, name="home"),
    path("portal/commitments/export.<str:form>", lists.export_commitments, name="commitment_export"),
    path("portal/calls/", calls.call_list, name="call_list"),
    path("portal/calls/export.<str:form>", lists.export_list, {"kind": CALLS}, name="call_export"),
    path("portal/calls/<uuid:call_item>/", calls.call, name="call"),
    path("portal/calls/<uuid:call_item>/ask/", questions.ask_about_call, name="ask_about_call"),
    path(
        "portal/distributions/<uuid:distribution_item>/ask/",
        questions.ask_about_distribution,
        name="ask_about_distribution",
    ),
    path("portal/advisers/", advisers.adviser_list, name="adviser_list"),
    path("portal/advisers/ask/", advisers.adviser_ask, name="adviser_ask"),
    path("portal/advisers/<uuid:adviser>/withdraw/", advisers.adviser_withdraw, name="adviser_withdraw"),
    path("portal/mails/<uuid:investor>/", mails.mails, name="mails"),
    path("portal/bank-details/", payees.bank_details, name="bank_details"),
    path(
        "portal/bank-details/<uuid:commitment>/new/", payees.propose_bank_details, name="bank_details_propose"
    ),
    path("portal/payments/", calls.payment_list, name="payment_list"),
    path("portal/payments/export.<str:form>", lists.export_list, {"kind": PAYMENTS}, name="payment_export"),
    path("portal/distributions/", distributions.distribution_list, name="distribution_list"),
    path("portal/distributions/<uuid:distribution_item>/", distributions.distribution, name="distribution"),
    path(
        "portal/distributions/export.<str:form>",
        lists.export_list,
        {"kind": DISTRIBUTIONS},
        name="distribution_export",
    ),
    path("portal/fees/", fees.fee_list, name="fee_list"),
    path("portal/fees/<uuid:fee>/", fees.fee, name="fee"),
    path("portal/fees/export.<str:form>", lists.export_list, {"kind": FEES}, name="fee_export"),
    path("portal/refunds/", refunds.refund_list, name="refund_list"),
    path("portal/refunds/<uuid:refund>/", refunds.refund, name="refund"),
    path("portal/refunds/export.<str:form>", lists.export_list, {"kind": REFUNDS}, name="refund_export"),
    path("portal/documents/", documents.document_list, name="document_list"),
    path(
        "portal/documents/export.<str:form>", lists.export_list, {"kind": DOCUMENTS}, name="document_export"
    ),
    path("portal/documents/documents.zip", documents.document_archive, name="document_archive"),
    path("portal/documents/<uuid:notice>/", documents.document, name="document"),
    path("portal/documents/<uuid:notice>.pdf", documents.document_pdf, name="document_pdf"),
    path("portal/documents/<uuid:notice>/acknowledge/", documents.acknowledge, name="acknowledge"),
    path("portal/documents/<int:notice_id>/", documents.document_by_number, name="document_by_number"),
    path("portal/profile/", home.profile, name="profile"),
    path("portal/view-as/<int:commitment_id>/", looking.view_as, name="view_as"),
    path("portal/view-as/end/", looking.stop_viewing, name="stop_viewing"),
    path("portal/statement/", statements.statement, name="statement"),
    path("portal/statement.pdf", statements.statement_pdf, name="statement_pdf"),
    path("portal/statement/export.<str:form>", statements.export_statement, name="statement_export"),
    path("portal/statements/", all_statements.all_statements, name="all_statements"),
    path("portal/statements.pdf", all_statements.all_statements_pdf, name="all_statements_pdf"),
    path(
        "portal/statements/export.<str:form>",
        all_statements.export_all_statements,
        name="all_statements_export",
    ),
    path("investors/<int:investor_id>/statement/", statements.investor_statement, name="investor_statement"),
    path(
        "investors/<int:investor_id>/statement.pdf",
        statements.investor_statement_pdf,
        name="investor_statement_pdf",
    ),
    path(
        "investors/<int:investor_id>/statement/export.<str:form>",
        statements.export_investor_statement,
        name="investor_statement_export",
    ),
]
