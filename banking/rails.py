"""What each rail of bank statements says to a person, should it ever have to speak instead of a service."""

from functools import partial

from blackgem.lib.errors import Conflict, InvalidInput
from blackgem.lib.sql import RAILS
from funds.payee_rails import PLAIN


def _say(kind, code, message, **more):
    return partial(kind, code, message, **more)


_KEYS = _say(InvalidInput, "keys.disagree", "These belong to different funds, accounts or statements.")
_FILE = _say(Conflict, "statement_file.fixed", "A file stays as it was uploaded, and is read once.")
_WHOLE = _say(
    Conflict, "statement.not_whole", "A statement is written with all its entries at once, and adds up."
)
_NUMBER = _say(
    InvalidInput, "bank_account.number", "An account number is letters and digits.", field="number"
)

_SETTLED = _say(Conflict, "entry.settled", "This entry was settled meanwhile. Please look again.")
_RULE = _say(Conflict, "stale_version", "Somebody changed this since you opened it. Please look again.")

BANKING_RAILS = {
    "bank_account_once_per_fund": _say(
        Conflict, "bank_account.known", "This account is the fund’s already.", field="number"
    ),
    "bank_account_has_a_number": _NUMBER,
    "table_mapping_version_once": _say(
        Conflict,
        "mapping.version",
        "Somebody named the columns of this account meanwhile. Look at them again.",
    ),
    "statement_file_once_per_fund": _say(
        Conflict,
        "file.known",
        "This file was imported already. Nothing of it is imported again.",
        field="file",
    ),
    "statement_file_read_at_with_outcome": _FILE,
    "statement_file_reads_no_more_than_it_has": _FILE,
    "statement_file_has_a_size": _say(
        InvalidInput, "file.too_large", "A file of statements has at most 25 MB.", field="file"
    ),
    "statement_file_has_a_hash": _FILE,
    "statement_file_has_its_size": _FILE,
    "statement_file_is_encrypted": PLAIN,
    "statement_file_refusals_are_encrypted": PLAIN,
    "bank_entry_text_is_encrypted": PLAIN,
    "bank_entry_loose_text_is_encrypted": PLAIN,
    "bank_entry_party_account_is_encrypted": PLAIN,
    "bank_account_number_is_encrypted": PLAIN,
    "statement_file_stays_as_uploaded": _FILE,
    "statement_file_is_read_once": _FILE,
    "statement_has_days": _WHOLE,
    "statement_is_proved_by_balances": _WHOLE,
    "statement_adds_up": _WHOLE,
    "statement_is_written_whole": _WHOLE,
    "statement_has_every_line_once": _WHOLE,
    "bank_entry_place_once": _WHOLE,
    "repeated_entry_place_once": _WHOLE,
    "bank_entry_is_kept_once": _say(
        Conflict,
        "bank_entry.known",
        "This entry was brought by another statement meanwhile. Import the file again.",
    ),
    "bank_rows_are_append_only": _say(
        Conflict, "bank.append_only", "What a bank said is never changed or removed."
    ),
    "entry_postings_entry_id_key": _say(Conflict, "bank_entry.posted", "This entry was posted already."),
    "entry_postings_receipt_id_key": _say(
        Conflict, "receipt.of_another_entry", "This receipt is of another entry."
    ),
    "receipt_by_bank_is_of_an_entry": _say(
        Conflict, "period.locked", "Only what a bank’s statement brings keeps a day in a closed period."
    ),
    "posting_is_of_its_entry": _say(
        Conflict, "posting.differs", "A receipt has the amount and the value date of the entry that it is."
    ),
    "bank_decisions_are_append_only": _say(
        Conflict, "bank.append_only", "What was said of an entry is taken back, never changed or removed."
    ),
    "entry_is_settled_once": _SETTLED,
    "decisions_count_on": _SETTLED,
    "entry_decision_version_once": _SETTLED,
    "only_a_word_is_taken_back": _say(Conflict, "entry.open", "Nothing was decided that can be taken back."),
    "entry_decision_names_a_class": _say(
        InvalidInput, "entry_class.required", "Say of which class the entry is.", field="entry_class"
    ),
    "entry_decision_says_why": _say(
        InvalidInput, "reason.required", "Say why this is left aside.", field="reason"
    ),
    "moves_come_to_their_entry": _say(
        Conflict, "entry.changed", "The wires of the books do not come to the amount of the entry."
    ),
    "entry_move_once": _say(Conflict, "wire.of_another_entry", "This wire of the books is another entry."),
    "entry_rule_version_once": _RULE,
    "receipt_holder_version_once": _RULE,
    "versions_count_on": _RULE,
    "return_is_of_its_holder": _say(
        Conflict,
        "return.of_another",
        "Some of this money was returned to a partner, who has a letter about it: it is that partner’s.",
    ),
    "entry_rule_asks_for_something": _say(
        InvalidInput,
        "rule.asks_for_nothing",
        "Say which words the name or the text holds.",
        field="text_holds",
    ),
    "entry_rule_has_bounds_in_order": _say(
        InvalidInput, "rule.bounds", "The least amount is above zero, and not above the most.", field="least"
    ),
    **dict.fromkeys(
        (
            "decision_of_entry",
            "decision_of_rule",
            "entry_move_of_entry",
            "holder_of_receipt",
            "holder_of_commitment",
            "table_mapping_of_account",
            "statement_file_of_mapping",
            "statement_of_account",
            "statement_of_file",
            "bank_entry_of_statement",
            "repeated_entry_of_statement",
            "repeated_entry_of_entry",
            "posting_of_entry",
            "posting_of_receipt",
        ),
        _KEYS,
    ),
}

RAILS.update(BANKING_RAILS)
