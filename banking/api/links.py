"""Which ids the answers here have, for the links of the OpenAPI document."""

from blackgem.http.links import register

register(
    {"BankStatementDetailAnswer": "statement_id", "StatementFileAnswer": "statement_file_id"},
    {
        "BankStatementDetailAnswer": {"statement_file_id": "/fileId"},
        "BankStatementsAnswer": {"statement_id": "/statements/0/id"},
        "PostedMatchesAnswer": {"statement_id": "/statementId"},
        "StatementFileAnswer": {"statement_id": "/statements/0/id"},
    },
)
