"""What each rail of set-offs says to a person, should it ever have to speak instead of a service."""

from functools import partial

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.sql import RAILS


def _say(kind, code, message):
    return partial(kind, code, message)


_KEYS = _say(InvalidInput, "keys.disagree", "These belong to different funds, calls or partners.")
_WHO_AND_WHEN = _say(InvalidInput, "who_and_when", "Who decided and when belong together.")
_FOUR_EYES = _say(Forbidden, "four_eyes", "This fund demands that a second person approves.")
_REASON = _say(
    InvalidInput, "reason.required", "Say by what agreement it is set off, or why it is taken back."
)
_WHOLE = _say(
    Conflict,
    "setoff.not_whole",
    "What is set off pays the call and is paid out, on one day, and is taken back on both sides.",
)

SETOFF_RAILS = {
    "setoff_number_once_per_fund": _say(Conflict, "setoff.number", "Another set-off has this number."),
    "one_setoff_waits_per_distribution": _say(
        Conflict, "setoff.waits", "Another set-off of this distribution waits for approval."
    ),
    "one_setoff_waits_per_closing": _say(
        Conflict, "setoff.waits", "Another set-off of refunds of this closing waits for approval."
    ),
    "setoff_of_a_distribution_or_a_closing": _KEYS,
    "setoff_part_of_an_item_or_a_refund": _KEYS,
    "setoff_closing_of_fund": _KEYS,
    "setoff_part_belongs_to_its_closing": _KEYS,
    "setoff_part_of_refund": _KEYS,
    "refund_payout_of_setoff_part": _KEYS,
    "one_refund_payout_per_part_of_a_setoff": _WHOLE,
    "refund_payout_without_wire_for_one_reason": _WHOLE,
    "refund_pays_its_set_off_first": _say(
        Conflict, "refund.set_off_first", "What of a refund is set off against a call pays that first."
    ),
    "setoff_has_reason": _REASON,
    "setoff_decided_once": _say(Conflict, "setoff.decided", "This set-off was already decided."),
    "setoff_approved_at_with_by": _WHO_AND_WHEN,
    "setoff_rejected_at_with_by": _WHO_AND_WHEN,
    "setoff_approver_is_another": _FOUR_EYES,
    "one_part_per_setoff_and_partner": _say(
        Conflict, "setoff.part_twice", "A set-off names each partner once."
    ),
    "setoff_part_positive": _say(InvalidInput, "amount.min_value", "The amount must be more than zero."),
    "one_reversal_per_setoff_part": _say(
        Conflict, "reversal.exists", "This was taken back, or that was asked for already."
    ),
    "setoff_reversal_has_reason": _REASON,
    "setoff_reversal_decided_once": _WHO_AND_WHEN,
    "setoff_reversal_approved_at_with_by": _WHO_AND_WHEN,
    "setoff_reversal_rejected_at_with_by": _WHO_AND_WHEN,
    "setoff_reversal_approver_is_another": _FOUR_EYES,
    "setoff_call_of_fund": _KEYS,
    "setoff_distribution_of_fund": _KEYS,
    "setoff_part_belongs_to_setoff": _KEYS,
    "setoff_part_of_call_item": _KEYS,
    "setoff_part_of_distribution_item": _KEYS,
    "setoff_reversal_of_part": _KEYS,
    "payment_of_setoff_part": _KEYS,
    "payout_of_setoff_part": _KEYS,
    "setoffs_are_append_only": _say(
        Conflict, "append_only", "What was posted stays posted; money is taken back by a reversal."
    ),
    "setoff_not_ahead": _say(InvalidInput, "value_date.future", "A set-off counts on a day that has come."),
    "setoff_parts_come_with_it": _WHOLE,
    "setoff_names_a_partner": _say(Conflict, "setoff.nothing", "There is nothing to set off."),
    "setoff_within_what_is_payable": _say(
        Conflict, "setoff.too_much", "No more is set off than is payable after tax was withheld."
    ),
    "setoff_is_posted_on_both_sides": _WHOLE,
    "setoff_is_taken_back_on_both_sides": _WHOLE,
}

RAILS.update(SETOFF_RAILS)
