"""The tables here of which the application's role gets less than to write them as it likes."""

from blackgem.lib.privileges import APPEND, register

_SAID = (
    "UPDATE (approved_at, approved_by_id, rejected_at, rejected_by_id, withdrawn_at, withdrawn_by_id,"
    " handed_over_at, handed_over_by_id, answered_at, answered_by_id, answer, note)"
)
_READING = "UPDATE (attempts, bytes_read, read_at, format, refusals, outcome, is_whole)"

register(
    {
        "bank_accounts": APPEND,
        "table_mappings": APPEND,
        "statement_files": (*APPEND, _READING),
        "bank_statements": APPEND,
        "bank_entries": APPEND,
        "repeated_entries": APPEND,
        "entry_postings": APPEND,
        "entry_rules": APPEND,
        "entry_decisions": APPEND,
        "entry_moves": APPEND,
        "receipt_holders": APPEND,
        "payment_layouts": APPEND,
        "payment_files": (*APPEND, _SAID),
        "payment_file_lines": (*APPEND, "UPDATE (ending, ended_at)"),
    }
)
