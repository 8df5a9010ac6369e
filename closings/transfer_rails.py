"""What each rail of transfers says to a person, should it ever have to speak instead of a service."""

from functools import partial

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.sql import RAILS


def _say(kind, code, message, **where):
    return partial(kind, code, message, **where)


_KEYS = _say(InvalidInput, "keys.disagree", "These belong to different funds, lines or partners.")
_WHO_AND_WHEN = _say(InvalidInput, "who_and_when", "Who decided and when belong together.")
_WHOLE = _say(
    Conflict,
    "transfer.not_whole",
    "What a transfer moves is posted in full, as it takes effect, or not at all.",
)

TRANSFER_RAILS = {
    "transfer_number_once_per_fund": _say(Conflict, "transfer.number", "Another transfer has this number."),
    "one_transfer_waits_per_fund": _say(
        Conflict, "transfer.waits", "Another transfer of this fund waits for approval."
    ),
    "transfer_to_another": _say(
        InvalidInput, "transfer.same_partner", "An interest passes to another partner."
    ),
    "transfer_moves_a_share": _say(
        InvalidInput, "share_out_of_range", "The share that moves is above 0, and 1 at most."
    ),
    "transfer_has_reason": _say(InvalidInput, "reason.required", "Say why the interest is transferred."),
    "transfer_price_not_negative": _say(
        InvalidInput, "negative_amount", "A price is not below nothing.", field="price"
    ),
    "transfer_decided_once": _say(Conflict, "transfer.decided", "This transfer was already decided."),
    "transfer_approved_at_with_by": _WHO_AND_WHEN,
    "transfer_rejected_at_with_by": _WHO_AND_WHEN,
    "transfer_approver_is_another": _say(
        Forbidden, "four_eyes", "This fund demands that a second person approves."
    ),
    "transfer_from_partner_of_fund": _KEYS,
    "transfer_to_partner_of_fund": _KEYS,
    "transfer_row_belongs_to_transfer": _KEYS,
    "taken_part_belongs_to_transfer": _KEYS,
    "taken_part_of_line": _KEYS,
    "taken_part_of_partner": _KEYS,
    "taken_share_belongs_to_transfer": _KEYS,
    "taken_share_of_distribution": _KEYS,
    "taken_share_of_partner": _KEYS,
    "taken_parts_basis_known": _say(InvalidInput, "field.invalid_choice", "There is no such choice."),
    "ledger_row_belongs_to_transfer": _KEYS,
    "moved_row_moves_another": _KEYS,
    "commitment_event_belongs_to_transfer": _KEYS,
    "row_moves_once_per_transfer": _WHOLE,
    "one_taken_part_per_transfer_and_line": _WHOLE,
    "one_taken_part_per_taking_back_and_line": _WHOLE,
    "weights_stay_moved": _WHOLE,
    "one_taken_share_per_transfer_and_distribution": _WHOLE,
    "taken_share_parts_sum_to_gross": _WHOLE,
    "moved_row_names_its_original": _WHOLE,
    "commitment_event_of_a_transfer_names_it": _WHOLE,
    "one_event_per_transfer_and_side": _WHOLE,
    "transfer_moves_rows_as_it_takes_effect": _WHOLE,
    "transfer_moves_its_share": _WHOLE,
    "transfer_moves_its_share_of_the_commitment": _WHOLE,
    "taken_parts_are_what_moved": _WHOLE,
    "taken_shares_are_what_moved": _WHOLE,
    "excused_partners_take_nothing": _say(
        Conflict, "transfer.excused", "Who takes over is excused from an investment that would move."
    ),
    "assumed_part_belongs_to_transfer": _KEYS,
    "assumed_part_of_item": _KEYS,
    "assumed_part_of_part": _KEYS,
    "line_change_belongs_to_transfer": _KEYS,
    "part_is_assumed_once_per_transfer": _WHOLE,
    "one_change_per_transfer_and_part": _WHOLE,
    "one_change_per_taking_back_and_part": _WHOLE,
    "what_is_taken_back_had_moved": _WHOLE,
    "no_more_is_assumed_than_is_owed": _WHOLE,
    "assumed_is_what_is_owed": _WHOLE,
    "transfer_assumes_its_share": _WHOLE,
    "transfer_leaves_nothing_unsaid": _say(
        Conflict,
        "open_item_unpaid",
        "What the transferor owes is settled before its interest moves, or assumed with it.",
    ),
    "what_was_returned_is_paid_again_first": _say(
        Conflict,
        "transfer.returned",
        "Capital was returned to the transferor whose payment came back since: that is paid again first.",
    ),
    "own_debts_are_not_assumed": _say(
        Conflict,
        "transfer.own_debts",
        "Interest, what a later closing collects, a rest that was settled and what is in default pass to nobody.",
    ),
    "transfer_by_default_assumes_nothing": _say(
        Conflict, "transfer.by_default", "What a default takes leaves what is owed where it is."
    ),
    "transfers_are_append_only": _say(
        Conflict, "append_only", "What was transferred stays so; it is transferred back by another transfer."
    ),
    "moved_rows_are_not_taken_back": _say(
        Conflict,
        "transfer.rows_moved",
        "Another partner holds a part of this since a transfer or a later closing: that is moved back first.",
    ),
    "no_closing_before_a_transfer": _say(
        Conflict,
        "closing.before_a_transfer",
        "An interest in this fund was transferred after the day of this closing.",
        field="held_on",
    ),
    "excuse_frees_nothing_returned": _say(
        Conflict,
        "excuse.returned",
        "A distribution returned what this partner paid for it: it is not excused from it any more.",
    ),
    "no_excuse_after_a_transfer": _say(
        Conflict,
        "excuse.after_a_transfer",
        "Parts of this line were transferred: nobody is excused from it.",
    ),
}

RAILS.update(TRANSFER_RAILS)
