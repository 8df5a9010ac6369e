"""Addresses of bank statements."""

from django.urls import path

from banking.views import statements

app_name = "banking"

urlpatterns = [
    path("funds/<int:fund_id>/bank/", statements.bank, name="bank"),
    path("funds/<int:fund_id>/bank/accounts/new/", statements.add_account, name="account_new"),
    path("funds/<int:fund_id>/bank/upload/", statements.upload, name="upload"),
    path("bank-statements/<int:statement_id>/", statements.statement, name="statement"),
    path("bank-statements/<int:statement_id>/post/", statements.post_statement, name="statement_post"),
]
