"""What each rail of later closings says to a person, should it ever have to speak instead of a service."""

from functools import partial

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.sql import RAILS


def _say(kind, code, message):
    return partial(kind, code, message)


_KEYS = _say(InvalidInput, "keys.disagree", "These belong to different funds, closings or partners.")
_WHO_AND_WHEN = _say(InvalidInput, "who_and_when", "Who decided and when belong together.")
_FIXED = _say(
    Conflict, "closing.not_a_draft", "What was submitted for approval or settled cannot be changed."
)
_APPEND_ONLY = _say(
    Conflict, "append_only", "What was posted stays posted; money is taken back by a reversal."
)
_FOUR_EYES = _say(Forbidden, "four_eyes", "This fund demands that a second person approves.")
_POSITIVE = _say(InvalidInput, "amount.min_value", "The amount must be more than zero.")
_RATE = _say(InvalidInput, "rate_out_of_range", "A rate lies between 0 % and 100 %.")
_TWICE = _say(Conflict, "closing.part_twice", "A closing names each investor, deal, line and day once.")
_UNKNOWN = _say(InvalidInput, "field.invalid_choice", "There is no such choice.")
_STATE = _say(
    Conflict, "state.out_of_step", "The stored state and the amounts disagree; nothing was written."
)
_WHOLE = _say(
    Conflict,
    "closing.not_whole",
    "What a closing moves is posted in full, with its settlement, or not at all.",
)
_REVERSED = _say(Conflict, "reversal.exists", "A reversal of this payout was already asked for.")

CLOSING_RAILS = {
    "closing_number_once_per_fund": _say(Conflict, "closing.number", "Another closing has this number."),
    "one_closing_waits_per_fund": _say(
        Conflict, "earlier_closing_unsettled", "Another closing of this fund waits for approval."
    ),
    "closing_is_paid_after_it_is_held": _say(
        InvalidInput, "closing_order", "Later partners pay after the day of the closing."
    ),
    "closing_rate_is_a_share": _RATE,
    "closing_spread_is_a_share": _RATE,
    "closing_table_rate_is_a_share": _RATE,
    "closing_status_known": _UNKNOWN,
    "closings_compounding_known": _UNKNOWN,
    "closings_day_count_known": _UNKNOWN,
    "closings_interest_end_known": _UNKNOWN,
    "closings_fee_interest_known": _UNKNOWN,
    "closing_tranches_kind_known": _UNKNOWN,
    "closing_submitted_at_with_by": _WHO_AND_WHEN,
    "closing_approved_at_with_by": _WHO_AND_WHEN,
    "closing_cancelled_at_with_by": _WHO_AND_WHEN,
    "closing_settled_was_approved": _STATE,
    "closing_submitted_has_inputs": _STATE,
    "closing_cancelled_at_with_status": _STATE,
    "closing_approver_is_another": _FOUR_EYES,
    "one_rate_per_day_of_a_closing": _TWICE,
    "one_tranche_per_investor": _TWICE,
    "deal_excluded_once_per_closing": _TWICE,
    "line_valued_once_per_closing": _TWICE,
    "excused_once_per_tranche_and_deal": _TWICE,
    "closing_excuse_has_reason": _say(InvalidInput, "reason.required", "Say why the partner is excused."),
    "tranche_fee_is_a_rate_or_a_share_off": _say(
        InvalidInput,
        "discount_given_twice",
        "A partner has a rate of its own or a share off its fee, not both.",
    ),
    "tranche_positive": _POSITIVE,
    "closing_fee_positive": _POSITIVE,
    "closing_value_not_negative": _POSITIVE,
    "one_part_per_closing_line_and_partner": _WHOLE,
    "only_what_goes_back_reduces_what_is_open": _WHOLE,
    "one_refund_per_closing_and_partner": _WHOLE,
    "refund_is_capital_and_interest": _WHOLE,
    "refund_payout_positive_or_reversal": _POSITIVE,
    "one_reversal_per_refund_payout": _REVERSED,
    "refund_payouts_reverses_id_key": _REVERSED,
    "refund_payout_reversals_compensation_id_key": _REVERSED,
    "refund_payout_reversal_has_reason": _say(InvalidInput, "reason.required", "Say why it is taken back."),
    "refund_payout_reversal_approved_at_with_by": _WHO_AND_WHEN,
    "refund_payout_reversal_rejected_at_with_by": _WHO_AND_WHEN,
    "refund_payout_reversal_approver_is_another": _FOUR_EYES,
    "closing_call_of_fund": _KEYS,
    "tranche_belongs_to_closing": _KEYS,
    "closing_fee_belongs_to_tranche": _KEYS,
    "closing_excuse_of_fund": _KEYS,
    "closing_excuse_belongs_to_tranche": _KEYS,
    "closing_fee_of_fund": _KEYS,
    "closing_value_of_fund": _KEYS,
    "closing_value_of_line": _KEYS,
    "equalisation_part_belongs_to_closing": _KEYS,
    "equalisation_part_of_line": _KEYS,
    "equalisation_part_of_partner": _KEYS,
    "refund_belongs_to_closing": _KEYS,
    "refund_of_partner": _KEYS,
    "refund_payout_belongs_to_refund": _KEYS,
    "call_line_equalises_line_of_fund": _KEYS,
    "line_change_belongs_to_closing": _KEYS,
    "ledger_row_belongs_to_refund_payout": _KEYS,
    "closing_moves_along_its_states": _say(
        Conflict,
        "transition.not_allowed",
        "A closing is drafted, submitted and settled, or withdrawn before.",
    ),
    "closings_are_settled_in_turn": _say(
        Conflict, "earlier_closing_unsettled", "The closing before is settled, due and paid first."
    ),
    "nothing_waits_beside_a_closing": _say(
        Conflict, "closing.something_waits", "A call or a distribution of this fund waits."
    ),
    "closing_not_ahead": _say(Conflict, "closing.ahead", "A closing is settled on its day or later."),
    "submitted_closing_is_fixed": _FIXED,
    "closings_keep_their_history": _APPEND_ONLY,
    "closing_admits_somebody": _say(
        InvalidInput, "closing_admits_nobody", "Name who comes in, or promises more."
    ),
    "closing_has_one_rate": _say(
        InvalidInput, "rate_missing", "Say one rate of interest, or a table of rates."
    ),
    "equalisation_is_append_only": _APPEND_ONLY,
    "equalisation_comes_with_its_closing": _WHOLE,
    "equalisation_moves_nothing_in_all": _WHOLE,
    "equalisation_is_what_it_says": _WHOLE,
    "equalisation_takes_what_is_held": _WHOLE,
    "equalisation_follows_its_lines": _WHOLE,
    "interest_is_asked_as_it_is_passed_on": _WHOLE,
    "closing_is_in_the_register": _WHOLE,
    "refund_is_the_sum_of_its_parts": _WHOLE,
    "equalising_call_collects_for_a_closing": _say(
        Conflict,
        "call.collects_for_a_closing",
        "This call collects for a closing, and stays as long as that does.",
    ),
    "equalised_call_stays": _say(
        Conflict, "call.was_equalised", "A later closing moved parts of this call: it stays."
    ),
    "one_reversal_per_closing": _say(
        Conflict, "reversal.exists", "The reversal of this closing was asked for already."
    ),
    "closing_reversal_has_reason": _say(InvalidInput, "reason.required", "Say why it is taken back."),
    "closing_reversal_decided_once": _WHO_AND_WHEN,
    "closing_reversal_approved_at_with_by": _WHO_AND_WHEN,
    "closing_reversal_rejected_at_with_by": _WHO_AND_WHEN,
    "closing_reversal_approver_is_another": _FOUR_EYES,
    "closing_reversal_of_closing": _KEYS,
    "line_change_belongs_to_closing_reversal": _KEYS,
    "closing_reversals_are_append_only": _APPEND_ONLY,
    "reversal_gives_back_what_its_closing_took": _WHOLE,
    "closing_is_reversed_while_unpaid": _say(
        Conflict,
        "closing.paid",
        "Something of this closing is paid: take the payments back first, or keep it.",
    ),
    "closing_is_reversed_in_turn": _say(
        Conflict,
        "closing.rested_on",
        "A call, a distribution or a closing since then rests on this one: it is cancelled or sent back first.",
    ),
    "no_closing_reversal_after_a_transfer": _say(
        Conflict,
        "closing.moved_since",
        "Parts that this closing changed passed on since, by a transfer: they are transferred back first.",
    ),
    "closing_is_reversed_whole": _WHOLE,
    "refund_not_before_its_closing": _say(
        InvalidInput, "paid_date.invalid", "A refund is paid since its closing, and not in the future."
    ),
    "refund_reversal_mirrors_its_payout": _say(
        Conflict,
        "reversal.mirrors",
        "A reversal takes back one whole payout, once, on the day on which it counted.",
    ),
    "refund_within_what_was_released": _say(
        Conflict,
        "refund.nothing_released",
        "Nothing more may be paid out before later partners have paid more.",
    ),
    "refund_payout_has_its_ledger_rows": _STATE,
    "refund_is_not_held": _say(
        Conflict,
        "refund.held",
        "New bank details of this partner wait to be verified: the refund waits until they are decided.",
    ),
}

RAILS.update(CLOSING_RAILS)
