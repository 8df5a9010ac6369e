"""What each rail of management fees says to a person, should it ever have to speak instead of a service."""

from functools import partial

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.sql import RAILS


def _say(kind, code, message, **more):
    return partial(kind, code, message, **more)


_KEYS = _say(InvalidInput, "keys.disagree", "These belong to different funds, runs or partners.")
_WHO_AND_WHEN = _say(InvalidInput, "who_and_when", "Who decided and when belong together.")
_FOUR_EYES = _say(Forbidden, "four_eyes", "This fund demands that a second person approves.")
_RATE = _say(InvalidInput, "rate_out_of_range", "A rate or a share lies between 0 % and 100 %.")
_WHOLE = _say(Conflict, "fee.not_whole", "A fee run is written, and billed, in full or not at all.")
_TWICE = _say(Conflict, "fee.billed_twice", "A fee run is billed once, by a call of its own.")
_LATE = _say(
    Conflict,
    "fee.late_not_whole",
    "What a late closer is charged for the time before is what its call asks of it.",
)
_NUMBER = _say(Conflict, "fee.number", "Another one of this fund has this number.")


def _decided(prefix: str, noun: str) -> dict:
    return {
        f"{prefix}_decided_once": _say(Conflict, f"{prefix}.decided", f"This {noun} was already decided."),
        f"{prefix}_approved_at_with_by": _WHO_AND_WHEN,
        f"{prefix}_rejected_at_with_by": _WHO_AND_WHEN,
        f"{prefix}_approver_is_another": _FOUR_EYES,
    }


FEE_RAILS = {
    "fee_schedule_version_once": _NUMBER,
    "fee_schedule_rates_are_fractions": _RATE,
    **_decided("fee_schedule", "fee schedule"),
    "fee_letter_rates_are_fractions": _RATE,
    "fee_letter_has_a_rate_or_a_discount": _say(
        InvalidInput, "discount_given_twice", "A partner has a rate of its own or a share off, not both."
    ),
    "fee_letter_waives_no_less_than_nothing": _say(
        InvalidInput, "amount.min_value", "An amount that is let off is not below zero."
    ),
    "fee_letter_of_partner": _KEYS,
    **_decided("fee_letter", "side letter"),
    "fee_income_positive": _say(InvalidInput, "amount.min_value", "The amount must be more than zero."),
    "fee_income_offset_is_a_fraction": _RATE,
    **_decided("fee_income", "fee income"),
    "fee_event_taken_back_once": _say(
        Conflict, "fee.event_not_standing", "Only an event that counts is taken back, once."
    ),
    "fee_event_takes_back_its_own": _KEYS,
    "fee_event_takes_back_what_counts": _say(
        Conflict, "fee.event_not_standing", "Only an event that counts is taken back, once."
    ),
    "fee_events_in_their_order": _say(
        Conflict,
        "fee.event_order",
        "A suspension ends before the next one begins, and each other event happens once.",
    ),
    **_decided("fee_event", "event"),
    "fee_realisation_corrected_with_reason": _say(
        InvalidInput, "reason.required", "Say why it is corrected."
    ),
    "fee_realisation_changes_something": _say(
        InvalidInput, "amount.min_value", "The amount must be more than zero."
    ),
    "fee_realisation_not_below_nothing": _say(
        Conflict,
        "fee.sold_less_than_nothing",
        "No more can be corrected, on any day, than was said to be sold by then.",
    ),
    **_decided("fee_realisation", "cost of what was sold"),
    "fee_run_number_once_per_fund": _NUMBER,
    "one_fee_run_waits_per_fund": _say(
        Conflict, "fee.run_waits", "Another fee run of this fund waits: it is decided first."
    ),
    "fee_run_has_days": _WHOLE,
    "fee_run_not_below_nothing": _WHOLE,
    "fee_run_has_inputs": _WHOLE,
    **_decided("fee_run", "fee run"),
    "one_line_per_fee_run_and_partner": _WHOLE,
    "fee_line_adds_up": _WHOLE,
    "fee_offset_is_carried_forward": _WHOLE,
    "fee_line_not_below_nothing": _WHOLE,
    "fee_line_of_run": _KEYS,
    "fee_line_of_partner": _KEYS,
    "one_fee_statement_per_run_and_partner": _WHOLE,
    "fee_statement_says_its_line": _WHOLE,
    "fee_statement_of_run": _KEYS,
    "fee_statement_of_partner": _KEYS,
    "fee_statement_of_catch_up": _KEYS,
    "fee_statement_of_a_run_or_of_a_catch_up": _WHOLE,
    "fee_statements_catch_up_id_key": _WHOLE,
    "fee_bills_run_id_key": _TWICE,
    "fee_bills_call_id_key": _TWICE,
    "fee_bill_of_run": _KEYS,
    "fee_bill_of_call": _KEYS,
    **_decided("fee_cancellation", "cancellation"),
    "fee_run_cancelled_once": _say(
        Conflict, "fee.cancellation_waits", "Somebody asked to cancel it already, or it is cancelled."
    ),
    "fee_cancellation_has_reason": _say(
        InvalidInput, "reason.required", "Say why it is cancelled.", field="reason"
    ),
    "fee_cancellation_of_run": _KEYS,
    "fee_cancellation_of_a_run_without_a_call": _say(
        Conflict, "fee.cancelled_by_its_call", "A run that a call asks for is cancelled with its call."
    ),
    "fee_cancellation_after_its_payment": _say(
        Conflict, "fee.paid", "The fund paid it: take the payment back first."
    ),
    **_decided("fee_waiver_use", "use of waived fees"),
    "fee_waiver_use_positive": _say(
        InvalidInput, "amount.min_value", "The amount must be more than zero.", field="amount"
    ),
    "one_fee_waiver_use_waits_per_fund": _say(
        Conflict, "fee.waiver_use_waits", "Another use of waived fees waits: it is decided first."
    ),
    "fee_waiver_use_is_posted_on_both_sides": _WHOLE,
    "fee_waivers_are_used_once": _say(
        Conflict, "fee.waiver_used", "The general partner uses what was waived here: take that back first."
    ),
    "fee_waiver_calls_use_id_key": _TWICE,
    "fee_waiver_calls_call_id_key": _TWICE,
    "fee_waiver_call_of_use": _KEYS,
    "fee_waiver_call_of_call": _KEYS,
    "payment_of_waiver_use": _KEYS,
    "one_payment_per_use_of_a_waived_fee": _WHOLE,
    "deemed_contribution_follows_a_waiver": _say(
        InvalidInput, "line.deemed", "Partners pay for the general partner by the use of a waived fee alone."
    ),
    "fee_payment_of_run": _KEYS,
    "fee_payment_positive_or_taken_back_with_reason": _say(
        InvalidInput, "reason.required", "Say why it is taken back."
    ),
    "fee_payment_came_back_after_it_left": _say(
        InvalidInput, "cash_day.invalid", "What came back had left before."
    ),
    "fee_payments_reverses_id_key": _say(
        Conflict, "fee.payment_taken_back", "This payment was taken back already."
    ),
    "fee_payment_pays_its_run": _say(
        Conflict, "fee.not_from_cash", "Nothing of this fee is to be paid from cash on hand."
    ),
    "fee_payment_after_its_approval": _say(
        InvalidInput,
        "paid_date.before_approval",
        "The date of payment lies before the day on which the fee was approved.",
    ),
    "fee_is_paid_once": _say(Conflict, "fee.paid", "This fee is paid already."),
    "fee_payment_is_taken_back_whole": _WHOLE,
    "fee_payment_is_taken_back_by_another": _say(
        Forbidden, "four_eyes", "This fund demands that another person takes it back than who recorded it."
    ),
    "fee_catch_up_of_call": _KEYS,
    "fee_catch_up_of_partner": _KEYS,
    "one_fee_catch_up_per_call_and_partner": _LATE,
    "fee_catch_up_adds_up": _LATE,
    "fee_catch_up_not_below_nothing": _LATE,
    "fee_catch_up_is_written_with_its_call": _LATE,
    "fee_catch_up_is_asked_for": _LATE,
    "fee_catch_up_has_a_rate_or_a_discount": _say(
        InvalidInput, "discount_given_twice", "A partner has a rate of its own or a share off, not both."
    ),
    "fee_catch_up_set_with_reason": _say(
        InvalidInput, "reason.required", "Say why its fees are others than were worked out."
    ),
    "fee_rows_are_append_only": _say(
        Conflict, "append_only", "What was asked for and billed stays; a later one corrects it."
    ),
    "fee_run_is_written_whole": _WHOLE,
    "fee_run_adds_up_to_its_lines": _WHOLE,
    "fee_parts_are_the_days_of_the_run": _WHOLE,
    "fee_runs_follow_one_another": _say(
        Conflict, "fee.out_of_turn", "A fee run starts where the one before ended."
    ),
    "fee_offsets_go_on_from_the_run_before": _WHOLE,
    "fee_credits_go_on_from_the_run_before": _WHOLE,
    "fee_run_charges_every_partner": _WHOLE,
    "fee_call_asks_for_its_run": _WHOLE,
    "fee_calls_are_cancelled_in_turn": _say(
        Conflict, "fee.rested_on", "A later fee run rests on this one: it is cancelled or turned down first."
    ),
}

RAILS.update(FEE_RAILS)
