"""What the rails of closed periods say to a person."""

from functools import partial

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput


def _say(kind, code, message, field=None):
    return partial(kind, code, message, field=field)


_KEPT = _say(Conflict, "append_only", "What was closed, and what was known then, is kept.")
_ORDER = _say(Conflict, "period.not_next", "The quarters of a fund are closed one after the other.")
_WHO_AND_WHEN = _say(InvalidInput, "who_and_when", "Who decided and when belong together.")

#: What the database says in its own words: the day, and the next one that is open.
PERIOD_WORDS = {"period_is_closed": partial(Conflict, "period.locked")}
PERIOD_RAILS = {
    "period_is_closed": _say(Conflict, "period.locked", "This day lies in a period that is closed."),
    "period_knows_what_came_before": _say(
        Conflict, "period.locked", "The period of this day was closed a moment ago. Please look again."
    ),
    **dict.fromkeys(
        ("period_reopening_of_close", "period_account_of_close", "period_account_of_partner"),
        _say(InvalidInput, "keys.disagree", "These belong to different funds or partners."),
    ),
    "period_closes_are_fixed": _KEPT,
    "period_is_written_whole": _KEPT,
    "one_account_per_period_and_partner": _KEPT,
    "one_period_close_waits": _say(
        Conflict, "period.waits", "A period of this fund waits to be closed: it is decided first."
    ),
    "period_ends_after_it_begins": _ORDER,
    "periods_are_closed_in_order": _ORDER,
    "period_close_approver_is_another": _say(Forbidden, "four_eyes", "Two persons close a period."),
    "period_close_is_decided_once": _say(Conflict, "period.decided", "This period was decided already."),
    "period_knows_what_was_known_when_it_closed": _WHO_AND_WHEN,
    "period_close_approved_at_with_by": _WHO_AND_WHEN,
    "period_close_rejected_at_with_by": _WHO_AND_WHEN,
    "periods_are_closed_once_over": _say(
        Conflict, "period.not_over", "A period is closed once it is over.", "last_day"
    ),
    "period_reopening_has_reason": _say(
        InvalidInput, "reason.required", "Say why the period is opened again.", "reason"
    ),
    "periods_are_reopened_by_administrators": _say(
        Forbidden, "role.insufficient", "A period is opened again by an administrator."
    ),
    "periods_are_reopened_in_order": _say(
        Conflict, "period.not_last", "The period that was closed last is the first to be opened again."
    ),
}
