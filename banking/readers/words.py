"""Names and texts of banks: characters that nobody sees are taken out, and it is said that they were."""

import unicodedata
from dataclasses import replace

from banking.readers.form import Entry

CLEANED = (
    "name",
    "text",
    "loose_text",
    "customer_reference",
    "end_to_end_id",
    "creditor_reference",
    "reference",
)
SAID = {"name", "text"}


def clean(text: str) -> tuple[str, bool]:
    """The text on one line, its white space single; whether control or format characters (Cc, Cf) were taken out."""
    spaced = " ".join(text.split())
    if spaced.isascii() and spaced.isprintable():
        return spaced, False
    kept = "".join(one for one in spaced if unicodedata.category(one) not in ("Cc", "Cf"))
    return " ".join(kept.split()), kept != spaced


def cleaned(entry: Entry) -> Entry:
    """The entry with clean words; `cleaned` where a name or text was changed by it. An empty text is none."""
    changes: dict = {}
    for name in CLEANED:
        before = getattr(entry, name)
        if before is None:
            continue
        after, changed = clean(before)
        if after != before:
            changes[name] = after or None
        if changed and name in SAID:
            changes["cleaned"] = True
    if changes.get("loose_text", entry.loose_text) == changes.get("text", entry.text):
        changes["loose_text"] = None
    if entry.account is not None:
        account = "".join(clean(entry.account)[0].split()) or None
        if account != entry.account:
            changes["account"] = account
    return replace(entry, **changes) if changes else entry
