"""What each rail of distributions that a closing shares anew says to a person, should it have to speak instead of a
service."""

from functools import partial

from blackgem.lib.errors import Conflict, InvalidInput
from blackgem.lib.sql import RAILS


def _say(kind, code, message):
    return partial(kind, code, message)


_KEYS = _say(InvalidInput, "keys.disagree", "These belong to different funds, closings or partners.")
_POSITIVE = _say(InvalidInput, "amount.min_value", "The amount must be more than zero.")
_UNKNOWN = _say(InvalidInput, "field.invalid_choice", "There is no such choice.")
_WHOLE = _say(
    Conflict,
    "closing.not_whole",
    "What a closing moves is posted in full, with its settlement, or not at all.",
)
_TWICE = _say(Conflict, "closing.share_twice", "A closing moves a partner's share of a distribution once.")

SHARE_RAILS = {
    "closings_distributions_known": _UNKNOWN,
    "refund_is_set_off_up_to_its_capital": _WHOLE,
    "one_share_per_closing_distribution_and_partner": _TWICE,
    "one_taken_share_per_closing_and_distribution": _TWICE,
    "taken_share_by_transfer_or_closing": _WHOLE,
    "one_payment_per_closing_and_item": _TWICE,
    "row_moves_once_per_closing": _TWICE,
    "equalised_row_moves_something": _POSITIVE,
    "equalised_share_belongs_to_closing": _KEYS,
    "equalised_share_of_distribution": _KEYS,
    "equalised_share_of_partner": _KEYS,
    "equalised_row_belongs_to_closing": _KEYS,
    "equalised_row_belongs_to_reversal": _KEYS,
    "equalised_row_from_partner": _KEYS,
    "equalised_row_to_partner": _KEYS,
    "taken_share_belongs_to_closing": _KEYS,
    "taken_share_belongs_to_reversal": _KEYS,
    "payment_belongs_to_closing": _KEYS,
    "ledger_row_belongs_to_closing": _KEYS,
    "closing_moves_what_was_distributed": _WHOLE,
    "closing_moves_what_is_held": _WHOLE,
    "closing_says_what_becomes_of_distributions": _WHOLE,
    "shared_anew_is_what_moved": _WHOLE,
    "shared_anew_pays_both_sides": _WHOLE,
}

RAILS.update(SHARE_RAILS)
