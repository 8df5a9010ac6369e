"""Audit events as a person reads them: who did what, when, with old and new values in words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from blackgem.lib.money import format_money
from blackgem.lib.registry import declare

#: What each verb of the audit trail reads like: those of accounts here, those of an app in its vocabulary. A verb that
#: is not here is shown by its own words.
SENTENCES = {
    "sign_in": "signed in",
    "change_password": "changed the password",
    "reset_password": "set a new password by mail",
    "add_second_factor": "set up a second factor",
    "remove_second_factor": "removed a second factor",
    "remove_second_factors": "removed all second factors",
    "renew_recovery_codes": "made new recovery codes",
    "create_token": "made an API token",
    "revoke_token": "revoked an API token",
}
SYSTEM = "BlackGem"
_AMOUNT = re.compile(r"-?\d{1,13}\.\d{2,3}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")
#: Fields whose values are codes.
_CODE_FIELDS = {"kind"}
#: Stored words whose meaning on a page is another.
_WORDS: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """One field: `old` is empty where there was nothing before."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Told:
    """One event, told."""

    who: str
    what: str
    when: datetime
    reason: str
    changes: tuple[Change, ...]
    verb: str


def register(
    sentences: dict[str, str], *, codes: Iterable[str] = (), words: dict[str, str] | None = None
) -> None:
    """Add the verbs of an app, the fields of its events whose values are codes, and the codes that read otherwise."""
    declare(SENTENCES, sentences)
    _CODE_FIELDS.update(codes)
    declare(_WORDS, words or {})


def tell(events: Iterable, currency: str, *, naming: str = "") -> list[Told]:
    """Events (with `actor` fetched) as sentences; amounts are in the fund's currency.

    Objects whose name begins with `naming` are named: on the timeline of an allocation, which call it was.
    """
    return [_told(event, currency, naming) for event in events]


def _told(event, currency: str, naming: str) -> Told:
    changes = changes_in_words(event.changes, currency)
    what = sentence(event.verb)
    if event.verb == "record_payment" and {"paid", "investor"} <= changes.keys():
        what = f"recorded {changes.pop('paid').new} from {changes.pop('investor').new}"
    if naming and event.object_label.startswith(naming):
        what = f"{what}: {event.object_label}"
    who = str(event.actor) if event.actor else SYSTEM
    return Told(who, what, event.happened_at, event.reason, tuple(changes.values()), event.verb)


def changes_in_words(changes: dict[str, list], currency: str) -> dict[str, Change]:
    """What an event recorded, field by field, as a person reads it; amounts are in the fund's currency."""
    return {
        field: Change(_label(field), _words(field, old, currency), _words(field, new, currency) or "removed")
        for field, (old, new) in changes.items()
    }


def sentence(verb: str) -> str:
    """What a verb of the audit trail reads like after a name."""
    return SENTENCES.get(verb) or verb.replace("_", " ")


def _label(field: str) -> str:
    words = field.replace("_", " ")
    return words[:1].upper() + words[1:]


def _words(field: str, value: object, currency: str) -> str:
    """A stored value as a person reads it; nothing is empty."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if _AMOUNT.fullmatch(text) and not field.endswith("_rate"):
        return format_money(Decimal(text), currency)
    if _DATE.fullmatch(text):
        day = date.fromisoformat(text)
        return f"{day:%b} {day.day}, {day.year}"
    if field in _CODE_FIELDS and _CODE.fullmatch(text):
        return _WORDS.get(text) or text.replace("_", " ").capitalize()
    return text
