"""What each rail of the database says to a person, should it ever have to speak instead of a service."""

from functools import partial

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.sql import RAILS


def _say(kind, code, message):
    return partial(kind, code, message)


_FIXED = _say(
    Conflict, "distribution.not_a_draft", "What was submitted for approval or issued cannot be changed."
)
_STATE = _say(
    Conflict, "state.out_of_step", "The stored state and the amounts disagree; nothing was written."
)
_FOUR_EYES = _say(Forbidden, "four_eyes", "This fund demands that a second person approves.")
_APPEND_ONLY = _say(
    Conflict, "append_only", "What was posted stays posted; money is taken back by a reversal."
)
_KEYS = _say(InvalidInput, "keys.disagree", "These belong to different funds, distributions or partners.")
_SUMS = _say(
    InvalidInput, "distribution.does_not_add_up", "Tiers and investors must add up to the distribution."
)
_WHO_AND_WHEN = _say(InvalidInput, "who_and_when", "Who decided and when belong together.")
_UNKNOWN = _say(InvalidInput, "state.unknown", "There is no such state.")
_TWICE = _say(Conflict, "distribution.part_twice", "A distribution holds each tier and each investor once.")
_AGREE = _say(
    InvalidInput,
    "distribution.parts_disagree",
    "What the investors get and what the tiers paid have to be the same.",
)
_DEAL = _say(InvalidInput, "deal.unknown", "The fund has no allocation to such a deal.")
_REVERSED = _say(Conflict, "reversal.exists", "A reversal of this payout was already asked for.")

DISTRIBUTION_RAILS = {
    "payout_reversal_cash_follows_its_payout": _say(
        InvalidInput, "cash_on.invalid", "A wire bounces after it was paid, and not in the future."
    ),
    "distribution_number_once_per_fund": _say(
        Conflict, "distribution.number_taken", "This distribution number is already taken."
    ),
    "distribution_positive": _say(InvalidInput, "amount.min_value", "The amount must be more than zero."),
    "distribution_type_known": _say(
        InvalidInput, "distribution.type", "There is no such type of distribution."
    ),
    "distribution_approver_is_another": _FOUR_EYES,
    "payout_reversal_approver_is_another": _FOUR_EYES,
    "submitted_distribution_is_fixed": _FIXED,
    "distribution_moves_along_its_states": _say(
        Conflict, "transition.not_allowed", "The distribution cannot move to that state."
    ),
    "distribution_status_known": _UNKNOWN,
    "distribution_submitted_at_with_by": _WHO_AND_WHEN,
    "distribution_approved_at_with_by": _WHO_AND_WHEN,
    "distribution_sent_at_with_by": _WHO_AND_WHEN,
    "distribution_cancelled_at_with_by": _WHO_AND_WHEN,
    "distribution_cancelled_at_with_status": _WHO_AND_WHEN,
    "distribution_frozen_was_approved": _say(
        Conflict, "distribution.not_approved", "A distribution is issued once it is approved."
    ),
    "distribution_issued_was_sent": _WHO_AND_WHEN,
    "distribution_deal_of_fund": _DEAL,
    "distributions_keep_their_history": _APPEND_ONLY,
    "distribution_items_sum_to_distribution": _SUMS,
    "distribution_tiers_sum_to_distribution": _SUMS,
    "distribution_item_parts_sum_to_gross": _SUMS,
    "distribution_net_is_gross_less_withholding": _SUMS,
    "distribution_items_are_its_tiers": _AGREE,
    "distribution_item_tiers_are_its_profit": _AGREE,
    "payout_not_before_its_distribution": _say(
        InvalidInput,
        "paid_date.before_distribution",
        "A payout is not dated before its distribution.",
    ),
    "recallable_is_what_was_given_back": _say(
        InvalidInput,
        "distribution.recallable",
        "What a distribution lets be called again is what it gives back of the lines that were paid.",
    ),
    "outside_the_commitment_restores_nothing": _say(
        InvalidInput, "distribution.recallable", "What was called outside the commitment restores nothing."
    ),
    "given_back_within_what_was_paid": _say(
        Conflict,
        "distribution.inputs_moved",
        "No more of a line is given back than was paid on it. Work it out anew.",
    ),
    "refunds_go_out_before_distributions": _say(
        Conflict,
        "distribution.refunds_first",
        "Capital that later partners took over is still to be paid back to earlier ones: pay these refunds first, so "
        "that nobody gets a distribution on what is another's by now.",
    ),
    "given_back_line_once_per_item": _TWICE,
    "given_back_belongs_to_item": _KEYS,
    "given_back_line_of_fund": _KEYS,
    "given_back_within_bounds": _say(
        InvalidInput, "distribution.recallable", "Of a line no more may be called again than is given back."
    ),
    "carried_interest_is_the_gps": _say(
        InvalidInput, "distribution.carry", "Carried interest goes to the general partner."
    ),
    "distribution_tier_not_negative": _say(
        InvalidInput, "amount.min_value", "The amount must be zero or more."
    ),
    "distribution_tier_position_once": _TWICE,
    "one_item_per_distribution_and_commitment": _TWICE,
    "distribution_tier_belongs_to_distribution": _KEYS,
    "distribution_item_belongs_to_distribution": _KEYS,
    "distribution_item_not_negative": _say(
        InvalidInput, "withholding.invalid", "No part of a distribution can be negative."
    ),
    "excess_capital_is_no_profit": _say(
        InvalidInput, "distribution.excess_profit", "Returned excess capital is no profit."
    ),
    "distribution_status_is_what_was_paid_out": _STATE,
    "distributions_are_issued_in_turn": _say(
        Conflict,
        "distribution.not_its_turn",
        "One that was approved before it waits: issue or cancel that one first.",
    ),
    "nothing_rests_on_a_distribution_that_went": _say(
        Conflict, "distribution.later_issued", "One was issued on top of it: cancel that one first."
    ),
    "distribution_that_moved_stays": _say(
        Conflict,
        "distribution.moved",
        "Interests were transferred since it was paid out, with what it declared: it is paid out again.",
    ),
    "capital_returned_was_paid_in": _say(
        Conflict,
        "distribution.more_than_paid_in",
        "It would return more capital than was paid in. Take it back to draft and compute it anew.",
    ),
    "payout_needs_issued_distribution": _say(
        Conflict, "distribution.not_payable", "Only an issued distribution can be paid out."
    ),
    "payout_is_the_whole_item": _say(Conflict, "payout.paid_already", "This was paid out already."),
    "payout_has_its_ledger_rows": _STATE,
    "payout_is_set_off_up_to_its_amount": _say(
        InvalidInput,
        "payout.set_off",
        "Of a payout as much is set off as its set-off says, and not more than it is.",
    ),
    "one_payout_per_part_of_a_setoff": _say(
        Conflict, "payout.set_off", "This part of a set-off was paid out already."
    ),
    "payout_positive_or_reversal": _say(
        InvalidInput, "amount.min_value", "The amount must be more than zero."
    ),
    "ledger_row_belongs_to_payout": _KEYS,
    "ledger_row_has_one_origin": _STATE,
    "payout_belongs_to_item": _KEYS,
    "distribution_terms_of_fund": _KEYS,
    "distribution_item_commitment_of_fund": _KEYS,
    "payout_reversal_mirrors_its_payout": _say(
        Conflict, "reversal.not_whole", "A reversal takes back one whole payout, once."
    ),
    "payout_reversal_was_approved": _say(
        Conflict, "reversal.not_approved", "The reversal has not been approved."
    ),
    "one_reversal_per_payout": _REVERSED,
    "payouts_reverses_id_key": _REVERSED,
    "payout_reversals_compensation_id_key": _REVERSED,
    "payout_reversal_has_reason": _say(InvalidInput, "reason.blank", "Say why the payout is reversed."),
    "payout_reversal_approved_at_with_by": _WHO_AND_WHEN,
    "payout_reversal_rejected_at_with_by": _WHO_AND_WHEN,
    "payouts_are_append_only": _APPEND_ONLY,
    "payout_releases_are_append_only": _APPEND_ONLY,
    "payout_release_has_reason": _say(InvalidInput, "reason.blank", "Say why the payout goes out."),
    "payout_goes_to_the_account_in_force": _say(
        Conflict, "payout.account", "A payout names the account to which its partner is paid now."
    ),
    "payout_is_not_held": _say(
        Conflict,
        "payout.held",
        "The bank details of this partner changed: a second person releases the payout.",
    ),
    "release_is_of_what_stands": _say(
        Conflict, "stale_version", "Other bank details were entered since you opened this. Please look again."
    ),
    "payout_is_released_by_another": _say(
        Forbidden, "four_eyes", "Somebody else than who entered the account releases the payout."
    ),
    "payout_reversals_are_append_only": _APPEND_ONLY,
    "write_downs_are_append_only": _APPEND_ONLY,
    "write_down_waited_for_a_decision": _WHO_AND_WHEN,
    "write_down_decided_once": _WHO_AND_WHEN,
    "write_down_approved_at_with_by": _WHO_AND_WHEN,
    "write_down_rejected_at_with_by": _WHO_AND_WHEN,
    "write_down_approver_is_another": _FOUR_EYES,
    "write_down_changes_something": _say(
        InvalidInput, "amount.min_value", "The amount must be more than zero."
    ),
    "write_up_has_reason": _say(InvalidInput, "reason.required", "Say why the deal is written up."),
    "write_up_within_losses": _say(
        Conflict,
        "write_up.over_losses",
        "A deal is written up by what was written down by that day, at most.",
    ),
    "write_down_deal_of_fund": _DEAL,
}

RAILS.update(DISTRIBUTION_RAILS)
