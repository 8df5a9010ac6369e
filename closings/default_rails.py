"""What each rail of defaults says to a person, should it ever have to speak instead of a service."""

from functools import partial

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.sql import RAILS


def _say(kind, code, message, **more):
    return partial(kind, code, message, **more)


_KEYS = _say(InvalidInput, "keys.disagree", "These belong to different funds, calls or partners.")
_WHO_AND_WHEN = _say(InvalidInput, "who_and_when", "Who decided and when belong together.")
_FOUR_EYES = _say(Forbidden, "four_eyes", "This fund demands that a second person approves.")
_NUMBER = _say(Conflict, "default.number", "Another one has this number.")
_WHOLE = _say(
    Conflict, "default.not_whole", "What a remedy leads to is written with it, in full or not at all."
)


def _decided(prefix: str, noun: str) -> dict:
    return {
        f"{prefix}_decided_once": _say(Conflict, f"{prefix}.decided", f"This {noun} was already decided."),
        f"{prefix}_approved_at_with_by": _WHO_AND_WHEN,
        f"{prefix}_rejected_at_with_by": _WHO_AND_WHEN,
        f"{prefix}_approver_is_another": _FOUR_EYES,
    }


DEFAULT_RAILS = {
    "default_number_once_per_fund": _NUMBER,
    "one_default_per_item": _say(
        Conflict, "default.exists", "Notice of this default was given, or waits for approval."
    ),
    "default_has_reason": _say(InvalidInput, "reason.required", "Say by which clause notice is given."),
    "default_after_due_day": _say(
        Conflict, "default.not_due", "This is not due yet: nobody is in default on it."
    ),
    "default_may_be_cured": _say(
        InvalidInput,
        "default.days",
        "A default may be cured on the day of its notice at least.",
        field="cure_by",
    ),
    "default_terms_are_shares": _say(
        InvalidInput, "rate_out_of_range", "A rate or a cap lies between 0 % and 100 %."
    ),
    **_decided("default", "notice of default"),
    "remedy_number_once_per_default": _NUMBER,
    "one_remedy_waits_per_default": _say(
        Conflict, "default.remedy_waits", "Something about this default waits for approval already."
    ),
    "default_remedy_positive": _say(InvalidInput, "amount.min_value", "The amount must be more than zero."),
    "default_remedy_fits_its_kind": _WHOLE,
    **_decided("default_remedy", "remedy"),
    "one_part_per_remedy_and_partner": _WHOLE,
    "default_part_within_its_cap": _say(
        Conflict, "default.over_cap", "Nobody is asked for more in place of another than its cap."
    ),
    "default_calls_remedy_id_key": _WHOLE,
    "default_calls_call_id_key": _WHOLE,
    "one_share_of_interest_per_remedy_and_partner": _WHOLE,
    "refund_of_a_closing_or_of_interest": _WHOLE,
    "default_of_item": _KEYS,
    "remedy_of_default": _KEYS,
    "default_part_of_remedy": _KEYS,
    "default_part_of_partner": _KEYS,
    "default_call_of_remedy": _KEYS,
    "default_call_of_fund": _KEYS,
    "refund_of_remedy": _KEYS,
    "defaults_are_append_only": _say(
        Conflict, "append_only", "What was asked for and decided stays; a later one corrects it."
    ),
    "default_not_ahead": _say(InvalidInput, "default.days", "It counts on a day that has come."),
    "default_is_of_what_is_owed": _say(
        Conflict, "default.nothing_owed", "Only what was due and is owed still is in default."
    ),
    "remedy_follows_its_notice": _say(
        Conflict, "default.not_given", "A remedy follows the notice of its default."
    ),
    "remedy_is_written_whole": _WHOLE,
    "default_call_asks_for_its_remedy": _WHOLE,
    "default_interest_is_what_accrued": _say(
        Conflict, "default.moved", "What this comes to has changed since it was asked for."
    ),
    "default_interest_is_passed_on": _WHOLE,
    "default_interest_follows_a_default": _say(
        InvalidInput, "line.default_interest", "Interest on a late payment is asked for by a default alone."
    ),
    "shortfall_within_its_item": _say(
        Conflict,
        "default.shortfall_exceeds",
        "The others are asked once, for no more than the item without its fee.",
    ),
    "shortfall_stays_under_its_caps": _say(
        Conflict, "default.over_cap", "Nobody is asked for more in place of another than its cap."
    ),
    "default_remedy_takes_a_share": _WHOLE,
    "forced_sale_has_a_buyer": _WHOLE,
    "sale_to_partner_of_fund": _KEYS,
    "transfer_of_remedy": _KEYS,
    "withdrawal_of_default": _KEYS,
    "remedy_moves_what_it_says": _WHOLE,
    "remedy_leaves_what_is_owed": _WHOLE,
    "loss_follows_the_time_to_cure": _say(
        Conflict,
        "default.may_be_cured",
        "An interest is taken of who still owes, after the time in which the default might have been cured.",
    ),
    "one_withdrawal_per_default": _say(
        Conflict, "default.withdrawal_waits", "This notice was withdrawn, or that waits for approval."
    ),
    "default_withdrawal_has_reason": _say(
        InvalidInput, "reason.required", "Say why the notice is withdrawn."
    ),
    **_decided("default_withdrawal", "withdrawal"),
    "withdrawn_while_nothing_followed": _say(
        Conflict,
        "default.followed",
        "Something was done about this default, or waits: that is taken back first.",
    ),
    "interest_passed_on_stays": _say(
        Conflict,
        "default.passed_on",
        "Something of this interest was paid out to other partners: that is taken back first.",
    ),
}

RAILS.update(DEFAULT_RAILS)
