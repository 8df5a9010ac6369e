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
        "link_entry": "said which wires a bank entry is",
        "classify_entry": "classified a bank entry",
        "ignore_entry": "left a bank entry aside",
        "undo_entry": "took back what was said of a bank entry",
        "name_holder": "said whose unapplied cash it is",
        "teach_rule": "taught a rule for bank entries",
        "change_rule": "changed a rule for bank entries",
        "retire_rule": "retired a rule for bank entries",
    },
    amounts=(),
)
