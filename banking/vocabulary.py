"""The words of bank statements: what the audit trail says."""

from blackgem.lib import timeline

timeline.register(
    {
        "add_bank_account": "added a bank account",
        "name_columns": "named the columns of a bank’s tables",
        "upload_statement": "uploaded a bank statement",
        "import_statement": "read a bank statement",
        "refuse_statement": "refused a bank statement",
        "post_entry": "posted a bank entry",
    },
    amounts=(),
)
