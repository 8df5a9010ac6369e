"""Audit events as a person reads them: who did what, when, with old and new values in words."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from string import Formatter
from types import MappingProxyType

from blackgem.lib.days import day_in_words
from blackgem.lib.money import format_money
from blackgem.lib.registry import declare

#: What each verb of the audit trail reads like: those of accounts here, those of an app in its vocabulary. A verb that
#: is not here is shown by its own words.
SENTENCES = {
    "sign_in": "signed in",
    "sign_out": "signed out",
    "outlast_session": "was signed out after a time",
    "be_throttled": "was held off after too many attempts",
    "ask_new_password": "asked for a link to a new password",
    "ask_sign_in_code": "asked for a code to sign in with",
    "open_document": "opened a document",
    "take_file": "took a file",
    "rotate_keys": "rotated the keys of the data",
    "fail_sign_in": "gave a wrong password",
    "fail_second_factor": "gave a wrong code or passkey",
    "be_refused": "was refused",
    "change_password": "changed the password",
    "reset_password": "set a new password by mail",
    "add_second_factor": "set up a second factor",
    "remove_second_factor": "removed a second factor",
    "remove_second_factors": "removed all second factors",
    "renew_recovery_codes": "made new recovery codes",
    "ask_account_change": "asked for a change of an account",
    "approve_account_change": "let a change of an account take effect",
    "reject_account_change": "turned down a change of an account",
    "send_reset_link": "had a link to a new password mailed",
    "end_session": "ended a session",
    "create_token": "made an API token",
    "save_view": "kept a view of a list",
    "remove_view": "removed a view of a list",
    "revoke_token": "revoked an API token",
}
SYSTEM = "BlackGem"
#: Who did what nobody had signed in for, and the verbs of it.
SOMEBODY = "Somebody"
OF_ANYBODY = {
    *("fail_sign_in", "fail_second_factor", "be_refused", "be_throttled"),
    *("ask_new_password", "ask_sign_in_code"),
}
_NUMBER = re.compile(r"-?\d{1,13}(\.\d{1,3})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")
#: What a verb reads like where the event has the fields that the sentence names: "recorded {paid}".
_DETAILED: dict[str, str] = {}
#: Fields whose values are codes.
_CODE_FIELDS = {"kind"}
#: Fields (or what they are one of many of) whose values are money of the fund's currency; any other number is told as
#: it is stored.
_AMOUNT_FIELDS = {"amount"}
#: Stored words whose meaning on a page is another.
_WORDS: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class FundNamed:
    """What is told of the fund of an event."""

    name: str
    currency: str


#: Who finds them: at most one, the app that has funds.
_FINDS_FUNDS: list[Callable[[set[int]], dict[int, FundNamed]]] = []


@dataclass(frozen=True, slots=True)
class Change:
    """One field: `old` is empty where there was nothing before."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event, told."""

    who: str
    what: str
    when: datetime
    reason: str
    changes: tuple[Change, ...]
    verb: str


def register(
    sentences: dict[str, str],
    *,
    detailed: Mapping[str, str] = MappingProxyType({}),
    codes: Iterable[str] = (),
    amounts: Iterable[str] = (),
    words: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Add what the verbs of an app read like, and those that name fields; the fields of its events whose values are
    `codes` or `amounts` of money; and the `words` of those that do not read as they are stored."""
    declare(SENTENCES, sentences)
    declare(_DETAILED, detailed)
    declare(_WORDS, words)
    _CODE_FIELDS.update(codes)
    _AMOUNT_FIELDS.update(amounts)


def register_funds(find: Callable[[set[int]], dict[int, FundNamed]]) -> None:
    """Whom `told` asks for the funds of events, by id."""
    _FINDS_FUNDS[:] = [find]


def told(
    events: Iterable, known: Mapping[int, FundNamed] = MappingProxyType({})
) -> list[tuple[object, TimelineEntry, str]]:
    """Events (with `actor` fetched) of any funds: each with its sentence, amounts in the currency of its own fund, and
    the name of that. An event of no fund tells no amounts. Funds that are not `known` are looked up."""
    events = list(events)
    ids = {event.fund_id for event in events if event.fund_id} - known.keys()
    funds = {**known, **{pk: fund for find in _FINDS_FUNDS if ids for pk, fund in find(ids).items()}}
    pairs = [(event, funds.get(event.fund_id, FundNamed("", "USD"))) for event in events]
    return [(event, _entry(event, fund.currency, ""), fund.name) for event, fund in pairs]


def entries_of(events: Iterable, currency: str, *, naming: str = "") -> list[TimelineEntry]:
    """Events (with `actor` fetched) as sentences; amounts are in the fund's currency.

    Objects whose name begins with `naming` are named: on the timeline of an allocation, which call it was.
    """
    return [_entry(event, currency, naming) for event in events]


def _entry(event, currency: str, naming: str) -> TimelineEntry:
    changes = changes_in_words(event.changes, currency)
    what = _in_detail(event.verb, changes) or sentence(event.verb)
    if naming and event.object_label.startswith(naming):
        what = f"{what}: {event.object_label}"
    who = str(event.actor) if event.actor else SOMEBODY if event.verb in OF_ANYBODY else SYSTEM
    return TimelineEntry(who, what, event.happened_at, event.reason, tuple(changes.values()), event.verb)


def changes_in_words(changes: dict[str, list], currency: str) -> dict[str, Change]:
    """What an event recorded, field by field, as a person reads it; amounts are in the fund's currency."""
    return {
        field: Change(_label(field), _words(field, old, currency), _words(field, new, currency) or "removed")
        for field, (old, new) in changes.items()
    }


def sentence(verb: str) -> str:
    """What a verb of the audit trail reads like after a name."""
    return SENTENCES.get(verb) or verb.replace("_", " ")


def _in_detail(verb: str, changes: dict[str, Change]) -> str:
    """The sentence that itself tells some of the changes, which then need no line of their own; empty without them."""
    detailed = _DETAILED.get(verb, "")
    fields = [field for _, field, _, _ in Formatter().parse(detailed) if field]
    if not changes.keys() >= set(fields):
        return ""
    return detailed.format(**{field: changes.pop(field).new for field in fields})


def _label(field: str) -> str:
    words = field.replace("sha256", "SHA-256").replace("_", " ")
    return words[:1].upper() + words[1:]


def _kind_of(field: str) -> str:
    """What a field is one of many of: "line" of "line 2: Management fee"."""
    return field.partition(":")[0].rstrip(" 0123456789")


def _words(field: str, value: object, currency: str) -> str:
    """A stored value as a person reads it; nothing is empty."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if _kind_of(field) in _AMOUNT_FIELDS and _NUMBER.fullmatch(text):
        return format_money(Decimal(text), currency)
    if _DATE.fullmatch(text):
        day = date.fromisoformat(text)
        return day_in_words(day)
    if field in _CODE_FIELDS and _CODE.fullmatch(text):
        return _WORDS.get(text) or text.replace("_", " ").capitalize()
    return text
