"""What each rail of payment files says to a person, should it ever have to speak instead of a service."""

from functools import partial

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.sql import RAILS
from funds.payee_rails import PLAIN


def _say(kind, code, message, **more):
    return partial(kind, code, message, **more)


_KEPT = _say(Conflict, "payment_file.fixed", "A payment file stays as it was written and decided.")
_WHOLE = _say(
    Conflict, "payment_file.not_whole", "A payment file is written with all its payments, and adds up."
)
_MEANWHILE = _say(Conflict, "stale_version", "Somebody changed this since you opened it. Please look again.")
_ORDER = _say(Conflict, "payment_file.order", "A payment file is approved, handed over and answered in turn.")
_KEYS = _say(InvalidInput, "keys.disagree", "These belong to different funds or accounts.")
_ENDED = _say(
    Conflict, "payment.ended", "Only a payment that the bank was given comes back, once, and not while paid."
)

PAYMENT_RAILS = {
    "payout_is_in_one_live_file": _say(
        Conflict, "payment.in_a_file", "Another payment file pays some of this. Please look again."
    ),
    "payment_file_number_once": _MEANWHILE,
    "payment_layout_version_once": _MEANWHILE,
    "payment_line_id_once": _MEANWHILE,
    "payment_line_place_once": _WHOLE,
    "payment_line_pays_something": _WHOLE,
    "payment_line_ended_at_with_ending": _ENDED,
    "payment_ends_once": _ENDED,
    "payment_file_pays_something": _WHOLE,
    "payment_file_adds_up": _WHOLE,
    "payment_file_is_written_whole": _WHOLE,
    "payment_file_is_encrypted": PLAIN,
    "payment_layout_is_encrypted": PLAIN,
    "payment_file_stays_as_written": _KEPT,
    "payment_file_facts_are_kept": _KEPT,
    "payment_files_are_kept": _KEPT,
    "payment_file_knows_what_is_new": _ORDER,
    "payment_file_is_decided_once": _ORDER,
    "payment_file_is_withdrawn_before_it_leaves": _ORDER,
    "payment_file_is_approved_before_it_leaves": _ORDER,
    "payment_file_is_answered_once_it_left": _ORDER,
    "payment_file_says_why_it_was_refused": _say(
        InvalidInput, "note.required", "Say why the bank refused it.", field="note"
    ),
    "payment_file_approver_is_another": _say(
        Forbidden, "four_eyes", "Another person than who wrote it approves a payment file."
    ),
    "payment_file_approver_entered_no_account": _say(
        Forbidden,
        "four_eyes",
        "You entered a new account that this file pays to: another person approves it.",
    ),
    "payment_file_is_as_things_stand": _say(
        Conflict,
        "payment_file.changed",
        "Something of this file changed since it was written: take it back and write another.",
    ),
    "payment_goes_to_the_account_in_force": _say(
        Conflict, "payment.no_account", "A payment goes to the verified account of its partner."
    ),
    "payment_is_of_what_is_owed": _say(
        Conflict, "payable.gone", "Some of this is not to be paid out any more. Please look again."
    ),
    "payout_stands_in_a_file": _say(
        Conflict, "payout.in_a_file", "A payment file pays this: withdraw the file first."
    ),
    **dict.fromkeys(
        [
            f"payment_file_{verb}_at_with_by"
            for verb in ("approved", "rejected", "withdrawn", "handed_over", "answered")
        ],
        _ORDER,
    ),
    **dict.fromkeys(
        (
            "payment_layout_of_account",
            "payment_file_of_account",
            "payment_line_of_file",
            "payment_line_of_partner",
        ),
        _KEYS,
    ),
}

RAILS.update(PAYMENT_RAILS)
