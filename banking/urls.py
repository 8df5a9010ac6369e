"""Addresses of bank statements."""

from django.urls import path

from banking.views import accounts, deciding, payments, reconciliation, rules, statements

app_name = "banking"

_ENTRY = "bank-entries/<int:entry_id>/"
_FILE = "payment-files/<int:payment_file_id>/"

urlpatterns = [
    path("funds/<int:fund_id>/bank/", statements.bank, name="bank"),
    path("funds/<int:fund_id>/bank/accounts/new/", statements.add_account, name="account_new"),
    path("funds/<int:fund_id>/bank/upload/", statements.upload, name="upload"),
    path("funds/<int:fund_id>/bank/reconciliation/", reconciliation.reconciliation, name="reconciliation"),
    path(
        "funds/<int:fund_id>/bank/reconciliation/export.<str:form>",
        reconciliation.export_reconciliation,
        name="reconciliation_export",
    ),
    path("funds/<int:fund_id>/bank/rules/", rules.rules, name="rules"),
    path("funds/<int:fund_id>/bank/rules/new/", rules.teach_rule, name="rule_new"),
    path("bank-rules/<int:rule_id>/change/", rules.change_rule, name="rule_change"),
    path("bank-rules/<int:rule_id>/retire/", rules.retire_rule, name="rule_retire"),
    path("bank-accounts/<int:account_id>/columns/", accounts.columns, name="columns"),
    path("bank-accounts/<int:account_id>/reveal/", accounts.account_reveal, name="account_reveal"),
    path("cash/<int:receipt_id>/holder/", accounts.holder, name="receipt_holder"),
    path("bank-statements/<int:statement_id>/", statements.statement, name="statement"),
    path("bank-statements/<int:statement_id>/post/", statements.post_statement, name="statement_post"),
    path("bank-statements/<int:statement_id>/accept-rules/", rules.accept_rules, name="rules_accept"),
    path(_ENTRY, deciding.entry, name="entry"),
    path(f"{_ENTRY}apply/", deciding.apply_entry, name="entry_apply"),
    path(f"{_ENTRY}link/", deciding.link_entry, name="entry_link"),
    path(f"{_ENTRY}classify/", deciding.classify_entry, name="entry_classify"),
    path(f"{_ENTRY}ignore/", deciding.ignore_entry, name="entry_ignore"),
    path(f"{_ENTRY}undo/", deciding.undo_entry, name="entry_undo"),
    path("funds/<int:fund_id>/bank/payments/", payments.file_list, name="payment_files"),
    path("funds/<int:fund_id>/bank/payments/new/", payments.new_file, name="payment_file_new"),
    path(_FILE, payments.file, name="payment_file"),
    path(f"{_FILE}approve/", payments.approve, name="payment_file_approve"),
    path(f"{_FILE}reject/", payments.reject, name="payment_file_reject"),
    path(f"{_FILE}withdraw/", payments.withdraw, name="payment_file_withdraw"),
    path(f"{_FILE}download/", payments.download, name="payment_file_download"),
    path(f"{_FILE}answer/", payments.answer, name="payment_file_answer"),
    path("bank-accounts/<int:account_id>/payment-files/<str:form>/", payments.layout, name="payment_layout"),
    path("payments/<int:payment_line_id>/return/", payments.return_line, name="payment_return"),
]
