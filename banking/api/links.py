"""Which ids the answers here have, for the links of the OpenAPI document."""

from blackgem.http.links import register

register(
    {
        "BankStatementDetailAnswer": "statement_id",
        "StatementFileAnswer": "statement_file_id",
        "SettledEntryAnswer": "entry_id",
        "BankRuleAnswer": "rule_id",
        "PaymentFileDetailAnswer": "payment_file_id",
    },
    {
        "BankRulesAnswer": {"rule_id": "/rules/0/id"},
        "BankStatementDetailAnswer": {"entry_id": "/entries/0/id", "statement_file_id": "/fileId"},
        "BankStatementsAnswer": {"statement_id": "/statements/0/id"},
        "PostedMatchesAnswer": {"statement_id": "/statementId"},
        "PaymentFilesAnswer": {"payment_file_id": "/paymentFiles/0/id"},
        "StatementFileAnswer": {"statement_id": "/statements/0/id"},
    },
)
