"""The tables here of which the application's role gets less than to write them as it likes."""

from blackgem.lib.privileges import APPEND, register

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
    }
)
