"""What each rail of the database says to a person, should it ever have to speak instead of a service."""

from functools import partial

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.sql import RAILS


def _say(kind, code, message):
    return partial(kind, code, message)


_OVER_ITEM = _say(Conflict, "payment.over_item", "This is more than is still owed.")
_FIXED = _say(Conflict, "call.not_a_draft", "What was submitted for approval or issued cannot be changed.")
_STATE = _say(
    Conflict, "state.out_of_step", "The stored state and the amounts disagree; nothing was written."
)
_FOUR_EYES = _say(Forbidden, "four_eyes", "This fund demands that a second person approves.")
_APPEND_ONLY = _say(
    Conflict, "append_only", "What was posted stays posted; money is taken back by a reversal."
)
_KEYS = _say(InvalidInput, "keys.disagree", "These belong to different funds, calls or partners.")

CAPITAL_RAILS = {
    "unique_fund_deal": _say(
        Conflict, "allocation.duplicate", "This fund already has an allocation to this deal."
    ),
    "allocation_positive": _say(InvalidInput, "amount.min_value", "The amount must be more than zero."),
    "allocation_amount_is_fixed": _say(Conflict, "allocation.fixed", "What is allocated to a deal is fixed."),
    "lines_within_allocation": _say(
        Conflict, "allocation.over_called", "This is more than is still uncalled of the allocation."
    ),
    "items_within_unfunded": _say(
        Conflict, "call.exceeds_uncalled", "An investor would be called for more than is unfunded."
    ),
    "commitment_belongs_to_its_partner": _KEYS,
    "call_number_once_per_fund": _say(Conflict, "call.number_taken", "This call number is already taken."),
    "call_positive": _say(InvalidInput, "amount.min_value", "The amount must be more than zero."),
    "call_due_after_call_date": _say(
        InvalidInput, "call.due_date", "The due date must be after the call date."
    ),
    "call_approver_is_another": _FOUR_EYES,
    "four_eyes_as_the_fund_demands": _FOUR_EYES,
    "reversal_approver_is_another": _FOUR_EYES,
    "submitted_call_is_fixed": _FIXED,
    "only_drafts_are_deleted": _FIXED,
    "call_moves_along_its_states": _say(
        Conflict, "transition.not_allowed", "The call cannot move to that state."
    ),
    "capital_call_lines_sum_to_call": _say(
        InvalidInput, "call.lines_do_not_add_up", "The lines must add up to the call."
    ),
    "capital_call_items_sum_to_call": _say(
        InvalidInput, "call.items_do_not_add_up", "The investors' amounts must add up to the call."
    ),
    "item_lines_sum_to_item": _say(
        InvalidInput, "call.items_do_not_add_up", "Each investor's parts must add up."
    ),
    "item_lines_sum_to_line": _say(
        InvalidInput, "call.lines_do_not_add_up", "Each line's parts must add up."
    ),
    "call_status_is_what_was_paid": _STATE,
    "allocation_state_is_its_amounts": _STATE,
    "payment_within_item": _OVER_ITEM,
    "payments_within_receipt": _say(
        Conflict, "receipt.exceeded", "The receipt has not that much left to apply."
    ),
    "payment_needs_issued_call": _say(Conflict, "call.not_payable", "Only an issued call can be paid."),
    "payment_positive_or_reversal": _say(
        InvalidInput, "amount.min_value", "The amount must be more than zero."
    ),
    "payment_tx_ref_once_per_item": _say(
        Conflict, "payment.tx_ref_used", "This bank transaction already paid this item."
    ),
    "receipt_tx_ref_once_per_fund": _say(
        Conflict, "receipt.tx_ref_used", "This bank transaction is already recorded in this fund."
    ),
    "payment_has_its_ledger_rows": _STATE,
    "payment_belongs_to_item": _KEYS,
    "payment_receipt_of_fund": _KEYS,
    "call_line_allocation_of_fund": _KEYS,
    "call_item_commitment_of_fund": _KEYS,
    "reversal_mirrors_its_payment": _say(
        Conflict, "reversal.not_whole", "A reversal takes back one whole payment, once."
    ),
    "reversal_was_approved": _say(Conflict, "reversal.not_approved", "The reversal has not been approved."),
    "one_reversal_per_payment": _say(
        Conflict, "reversal.exists", "A reversal of this payment was already asked for."
    ),
    "payments_are_append_only": _APPEND_ONLY,
    "receipts_are_append_only": _APPEND_ONLY,
    "receipt_returns_are_append_only": _APPEND_ONLY,
    "payment_reversals_are_append_only": _APPEND_ONLY,
    "ledger_is_append_only": _APPEND_ONLY,
    "money_amount_is_exact": _say(
        InvalidInput, "amount.invalid", "Amounts have at most two decimals and are below 10,000,000,000,000."
    ),
}

RAILS.update(CAPITAL_RAILS)
