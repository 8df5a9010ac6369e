"""Addresses of the investors' room, and of the statements that managers see as well."""

from django.urls import path

from portal.views import home, statements

app_name = "portal"

urlpatterns = [
    path("portal/", home.home, name="home"),
    path("portal/statement/", statements.statement, name="statement"),
    path("portal/statement.pdf", statements.statement_pdf, name="statement_pdf"),
    path("portal/statement/export.<str:form>", statements.export_statement, name="statement_export"),
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
