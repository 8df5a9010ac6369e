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

_POSITIVE = _say(InvalidInput, "amount.min_value", "The amount must be more than zero.")
_NOT_NEGATIVE = _say(InvalidInput, "amount.min_value", "The amount must be zero or more.")
_UNKNOWN = _say(InvalidInput, "state.unknown", "There is no such state.")
_WHO_AND_WHEN = _say(InvalidInput, "who_and_when", "Who decided and when belong together.")
_TWICE = _say(Conflict, "call.part_twice", "A call holds each line, each investor and each part once.")
_TX_REF = _say(InvalidInput, "tx_ref.empty", "Leave the bank's transaction id out where there is none.")
_REVERSED = _say(Conflict, "reversal.exists", "A reversal of this payment was already asked for.")

CAPITAL_RAILS = {
    "rails_need_read_committed": _say(
        Conflict, "isolation", "This was tried in a way in which sums cannot be trusted; nothing was written."
    ),
    "receipt_once_per_bank_entry": _say(
        Conflict, "receipt.entry_used", "This entry of a statement is a receipt already."
    ),
    "unique_fund_deal": _say(
        Conflict, "allocation.duplicate", "This fund already has an allocation to this deal."
    ),
    "allocation_positive": _POSITIVE,
    "allocation_state_known": _UNKNOWN,
    "allocations_keep_their_history": _APPEND_ONLY,
    "allocation_belongs_to_its_deal": _KEYS,
    "allocation_amount_of_allocation": _KEYS,
    "one_allotment_per_allocation": _say(
        Conflict, "allocation.duplicate", "This allocation was made already; amend it."
    ),
    "allocation_amendment_has_reason": _say(
        InvalidInput, "reason.required", "Say why the allocation is amended."
    ),
    "allocation_amount_changes_something": _say(
        InvalidInput, "amount.min_value", "The amount must be more than zero."
    ),
    "allocation_amount_decided_once": _WHO_AND_WHEN,
    "allocation_amount_approved_at_with_by": _WHO_AND_WHEN,
    "allocation_amount_rejected_at_with_by": _WHO_AND_WHEN,
    "allocation_amount_approver_is_another": _FOUR_EYES,
    "amendment_after_its_allotment": _say(
        InvalidInput,
        "effective_on.before_allotment",
        "An allocation is amended from the day it was made, or later.",
    ),
    "allocation_not_below_called": _say(
        Conflict,
        "allocation.below_called",
        "An allocation stays above zero and at what was called of it, or more.",
    ),
    "residual_belongs_to_item": _KEYS,
    "line_change_belongs_to_settlement": _KEYS,
    "line_change_belongs_to_line": _KEYS,
    "line_change_belongs_to_excuse": _KEYS,
    "line_change_belongs_to_item": _KEYS,
    "line_change_belongs_to_part": _KEYS,
    "excuse_belongs_to_item": _KEYS,
    "excuse_belongs_to_part": _KEYS,
    "payment_belongs_to_excuse": _KEYS,
    "one_excuse_waits_per_call": _say(
        Conflict, "excuse.waits", "An excuse from this call waits for approval already."
    ),
    "excuse_positive": _POSITIVE,
    "excuse_limit_is_a_share": _say(
        InvalidInput, "excuse.limit", "The limit of a revised call lies between 0 % and 100 %."
    ),
    "excuse_has_reason": _say(InvalidInput, "reason.required", "Say why the partner is excused."),
    "excuse_decided_once": _WHO_AND_WHEN,
    "excuse_approved_at_with_by": _WHO_AND_WHEN,
    "excuse_rejected_at_with_by": _WHO_AND_WHEN,
    "excuse_approver_is_another": _FOUR_EYES,
    "excuse_from_an_investment": _say(
        Conflict, "excuse.not_investment", "A partner is excused from an investment of an issued call."
    ),
    "excuse_of_what_is_owed": _say(
        Conflict, "excuse.waived", "A rest of this part was waived: its partner is not excused from it."
    ),
    "excuse_moves_what_it_says": _STATE,
    "excuse_within_its_limit": _say(
        Conflict, "excuse.over_limit", "Nobody is asked for more than the limit beyond its first part."
    ),
    "excuse_frees_what_was_paid": _STATE,
    "payment_is_freed_by_its_excuse": _say(
        Conflict, "payment.freed", "What an excuse freed of a payment is no longer taken back."
    ),
    "line_change_is_its_excuse": _STATE,
    "line_change_has_one_origin": _KEYS,
    "call_item_line_counts_as_its_line": _KEYS,
    "line_change_counts_as_its_line": _KEYS,
    "residual_of_a_closing_is_not_waived": _say(
        Conflict,
        "residual.of_a_closing",
        "What this call collects goes to other partners: let the fund bear the rest, or carry it to the next call.",
    ),
    "one_change_per_reversal_and_part": _say(
        Conflict, "closing.not_whole", "A reversal gives each part of a line back once."
    ),
    "one_change_per_closing_and_part": _say(
        Conflict, "closing.part_twice", "A closing changes each part of a line once."
    ),
    "one_change_per_closing_and_taken_part": _say(
        Conflict, "closing.part_twice", "A closing changes each part of a line once."
    ),
    "one_change_per_reversal_and_taken_part": _say(
        Conflict, "closing.part_twice", "A closing changes each part of a line once."
    ),
    "line_change_without_item_is_of_a_closing": _KEYS,
    "call_line_that_is_passed_on_is_interest": _say(
        InvalidInput,
        "line.passed_on",
        "Only interest between partners is passed on, outside their commitments.",
    ),
    "default_interest_is_not_called": _say(
        InvalidInput, "line.default_interest", "Interest on a late payment is never capital that is called."
    ),
    "call_line_that_equalises_has_fixed_parts": _say(
        InvalidInput,
        "line.equalises",
        "What equalises an earlier line is asked in fixed parts, and is neither a fee nor interest.",
    ),
    "one_change_per_excuse_and_item": _TWICE,
    "line_changes_basis_known": _UNKNOWN,
    "one_residual_waits_per_item": _say(
        Conflict, "residual.settled", "A settlement of this item waits for approval already."
    ),
    "residual_carried_once": _say(
        Conflict, "residual.carried", "The residual of this item was carried already."
    ),
    "one_payment_per_part_of_a_setoff": _say(
        Conflict, "payment.set_off", "This part of a set-off is paid already."
    ),
    "payment_by_receipt_or_settlement": _say(
        Conflict, "payment.no_receipt", "A payment is of a receipt, or of a settlement that charges expenses."
    ),
    "payment_belongs_to_settlement": _KEYS,
    "expensed_payment_is_its_settlement": _say(
        Conflict, "payment.no_receipt", "A payment is of a receipt, or of a settlement that charges expenses."
    ),
    "expensed_payment_moved_no_cash": _say(
        InvalidInput, "cash_on.expensed", "What was charged to expenses moved no cash that could leave again."
    ),
    "residual_kind_known": _UNKNOWN,
    "residual_positive": _POSITIVE,
    "residual_has_reason": _say(InvalidInput, "reason.required", "Say why the residual is settled."),
    "residual_decided_once": _WHO_AND_WHEN,
    "residual_approved_at_with_by": _WHO_AND_WHEN,
    "residual_rejected_at_with_by": _WHO_AND_WHEN,
    "residual_approver_is_another": _FOUR_EYES,
    "residual_is_settled_whole": _say(
        Conflict, "residual.changed", "What is settled is all that a payment of an issued call left."
    ),
    "residual_within_the_limit": _say(
        Conflict, "residual.over_limit", "This is more than the fund lets be settled."
    ),
    "residual_follows_its_payments": _say(
        InvalidInput,
        "effective_on.before_payment",
        "A residual is settled from the day of the call and of its last payment, or later.",
    ),
    "one_waiver_per_line": _TWICE,
    "line_change_changes_something": _POSITIVE,
    "line_changes_are_posted_by_decisions": _STATE,
    "excuse_before_closings": _say(
        Conflict,
        "excuse.after_closing",
        "A later closing moved parts of this line: nobody is excused from it any more.",
    ),
    "dated_rows_are_append_only": _say(
        Conflict, "append_only", "Dated rows stay as they are; amend by a further one."
    ),
    "dated_row_not_ahead": _say(
        InvalidInput, "effective_on.future", "The change must not take effect in the future."
    ),
    "lines_within_allocation": _say(
        Conflict, "allocation.over_called", "This is more than is still uncalled of the allocation."
    ),
    "commitment_amount_is_fixed_once_called": _say(
        Conflict,
        "commitment.called",
        "A call of this commitment was issued, and letters and statements state its amount: enter a dated event.",
    ),
    "commitment_event_after_admission": _say(
        InvalidInput,
        "effective_on.before_admission",
        "A commitment changes from the day on which its partner was admitted, or later.",
    ),
    "reversal_cash_day_with_bounced_wire": _say(
        InvalidInput, "cash_on.misposting", "Only a wire that bounced moves cash."
    ),
    "reversal_cash_follows_its_payment": _say(
        InvalidInput, "cash_on.invalid", "A wire bounces after it was paid, and not in the future."
    ),
    "items_within_unfunded": _say(
        Conflict, "call.exceeds_uncalled", "An investor would be called for more than is unfunded."
    ),
    "money_not_before_its_fund": _say(
        InvalidInput,
        "value_date.before_closing",
        "No money of a fund counts before the fund began.",
    ),
    "unfunded_within_its_most": _say(
        Conflict, "commitment.over_most_unfunded", "More would be unfunded than the terms of the fund allow."
    ),
    "called_within_its_most": _say(
        Conflict, "call.exceeds_cumulative", "More would be called in all than the terms of the fund allow."
    ),
    "commitment_belongs_to_its_partner": _KEYS,
    "call_number_once_per_fund": _say(Conflict, "call.number_taken", "This call number is already taken."),
    "call_positive": _POSITIVE,
    "call_line_positive": _POSITIVE,
    "call_item_not_negative": _NOT_NEGATIVE,
    "call_item_line_not_negative": _NOT_NEGATIVE,
    "call_has_purpose": _say(
        InvalidInput, "call.purpose", "Say what the call is for, in 1 to 200 characters."
    ),
    "call_status_known": _UNKNOWN,
    "call_submitted_at_with_by": _WHO_AND_WHEN,
    "call_approved_at_with_by": _WHO_AND_WHEN,
    "call_cancelled_at_with_by": _WHO_AND_WHEN,
    "call_cancelled_at_with_status": _WHO_AND_WHEN,
    "call_issued_was_approved": _say(Conflict, "call.not_approved", "A call is issued once it is approved."),
    "call_bank_details_of_fund": _KEYS,
    "letters_give_payment_instructions": _say(
        Conflict,
        "call.no_verified_bank_details",
        "The fund has no verified bank details: have them verified before notices leave.",
    ),
    "call_uses_verified_bank_details": _say(
        Conflict, "bank_details.unverified", "A call is issued with verified bank details only."
    ),
    "calls_keep_their_history": _APPEND_ONLY,
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
    "call_line_by_share_draws_on_a_deal": _say(
        InvalidInput, "call.share_without_deal", "Only a line of a deal is split by the share in it."
    ),
    "call_item_line_has_a_share": _say(
        InvalidInput, "call.part_without_share", "Who has no share in a line is called for nothing on it."
    ),
    "fixed_parts_are_set_by_hand": _say(
        InvalidInput, "call.fixed_parts", "Every part of a line in fixed parts is set by a person."
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
    "payment_positive_or_reversal": _POSITIVE,
    "payment_tx_ref_null_or_named": _TX_REF,
    "receipt_tx_ref_null_or_named": _TX_REF,
    "receipt_positive": _POSITIVE,
    "receipt_return_positive": _POSITIVE,
    "receipt_return_of_fund": _KEYS,
    "receipt_return_of_partner": _KEYS,
    "return_taken_back_once": _say(Conflict, "return.taken_back", "This return is taken back already."),
    "return_is_taken_back_whole": _say(
        Conflict, "return.not_whole", "A return is taken back as it was, whole and not before its day."
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
    "ledger_commitment_of_fund": _KEYS,
    "ledger_row_belongs_to_payment": _KEYS,
    "ledger_is_posted_by_payments": _STATE,
    "call_line_belongs_to_call": _KEYS,
    "call_item_belongs_to_call": _KEYS,
    "call_item_line_belongs_to_item": _KEYS,
    "call_item_line_belongs_to_line": _KEYS,
    "call_line_position_once": _TWICE,
    "one_item_per_call_and_commitment": _TWICE,
    "one_item_line_per_item_and_line": _TWICE,
    "call_line_seq_no_once_per_allocation": _say(
        Conflict, "call.same_moment", "Somebody called on this deal at the same moment. Please try again."
    ),
    "call_line_seq_no_with_allocation": _say(
        InvalidInput, "allocation.unknown", "Only an investment line draws on a deal."
    ),
    "excused_is_zero_with_a_reason": _say(
        InvalidInput, "call.excuse_reason", "Say why an investor is excused."
    ),
    "included_is_not_excused": _say(
        InvalidInput, "call.excuse_reason", "Who is excused from a line does not take part in it."
    ),
    "excused_partners_are_not_asked": _say(
        Conflict,
        "call.excused_from_deal",
        "Who is excused from a deal takes no part in a further call of it, unless that says why.",
    ),
    "call_line_allocation_of_fund": _KEYS,
    "call_item_commitment_of_fund": _KEYS,
    "reversal_mirrors_its_payment": _say(
        Conflict, "reversal.not_whole", "A reversal takes back one whole payment, once."
    ),
    "reversal_was_approved": _say(Conflict, "reversal.not_approved", "The reversal has not been approved."),
    "reversal_has_reason": _say(InvalidInput, "reason.required", "Say why the payment is reversed."),
    "reversal_approved_at_with_by": _WHO_AND_WHEN,
    "reversal_rejected_at_with_by": _WHO_AND_WHEN,
    "one_reversal_per_payment": _REVERSED,
    "payments_reverses_id_key": _REVERSED,
    "payment_reversals_compensation_id_key": _REVERSED,
    "payments_are_append_only": _APPEND_ONLY,
    "receipts_are_append_only": _APPEND_ONLY,
    "receipt_returns_are_append_only": _APPEND_ONLY,
    "payment_reversals_are_append_only": _APPEND_ONLY,
    "ledger_is_append_only": _APPEND_ONLY,
    "money_amount_is_exact": _say(
        InvalidInput,
        "amount.invalid",
        "Amounts have at most three decimals and are below 10,000,000,000,000.",
    ),
}

RAILS.update(CAPITAL_RAILS)
