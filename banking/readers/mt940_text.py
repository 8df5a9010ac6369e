"""What `:86:` says of an entry: numbered parts (`?20`), codes between slashes (`/NAME/`), or free text."""

import re
from decimal import Decimal

from banking.readers.form import reference_or_none
from banking.readers.numbers import with_comma

_NUMBERED = re.compile(r"(?:[0-9]{3})?([?>~@|])(?=[0-9]{2})")
_PART = re.compile(r"([?>~@|])([0-9]{2})")
_TEXT_PARTS = {*range(20, 30), *range(60, 64)}
_TAGGED = re.compile(
    r"(?:^|(?<=\x00)|(?<=[^A-Za-z0-9\x00]))(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|RREF|SQTP)\+"
)
_CODES = (
    *(
        "TRTP",
        "IBAN",
        "BIC",
        "NAME",
        "REMI",
        "EREF",
        "CSID",
        "MARF",
        "CNTP",
        "PURP",
        "ULTC",
        "ULTD",
        "ORDP",
        "BENM",
    ),
    *(
        "ISDT",
        "RTRN",
        "RTYP",
        "ADDR",
        "ACC",
        "CHGS",
        "EXCH",
        "OCMT",
        "PREF",
        "KREF",
        "TRCD",
        "SVCL",
        "IREF",
        "NRTX",
    ),
    *("RREF", "USTD", "STRD", "CDTRREFTP", "CDTRREF", "CHGT", "ID"),
)
_CODED = re.compile(rf"/({'|'.join(sorted(_CODES, key=len, reverse=True))})/")
_ORIGINAL = re.compile(r"/OCMT/([A-Z]{3})([0-9]+,?[0-9]*)/?")


def details_of(lines: list[str], supplement: list[str], currency: str) -> dict:
    """Fields of an Entry from the lines of `:86:`, and from what stands under `:61:` if the bank exchanged money."""
    found = _of_text(lines) if lines else {}
    original = _original("".join([*supplement, *lines]), currency)
    return found | ({"original": original} if original else {})


def _of_text(lines: list[str]) -> dict:
    joined = "".join(line.rstrip("\r\n") for line in lines)
    numbered = _NUMBERED.match(joined)
    if numbered:
        return _of_parts(joined, numbered[1])
    coded = _CODED.search(joined)
    if coded and not joined[: coded.start()].strip(" /"):
        return _of_codes(joined)
    return {"text": "\n".join(lines)}


def _of_parts(joined: str, mark: str) -> dict:
    """`?20`–`?29` and `?60`–`?63` are one text, cut anywhere; `?32?33` the name, `?31` the account."""
    parts = [part for part in _PART.finditer(joined) if part[1] == mark]
    pieces = [(int(part[2]), text) for part, text in _with_texts(parts, joined)]
    text = "\x00".join(text for number, text in pieces if number in _TEXT_PARTS)
    tags = list(_TAGGED.finditer(text))
    tagged: dict[str, str] = {}
    for tag, value in _with_texts(tags, text):
        tagged.setdefault(tag[1], value)
    before = text[: tags[0].start()] if tags else text
    said = tagged.get("SVWZ", before)
    name = "".join(text for number, text in pieces if number in (32, 33))
    return {
        "text": said.replace("\x00", ""),
        "loose_text": said.replace("\x00", " "),
        "end_to_end_id": reference_or_none(tagged.get("EREF", "").replace("\x00", "")),
        "name": name.strip() or None,
        "account": "".join(text for number, text in pieces if number == 31).strip() or None,
    }


def _of_codes(joined: str) -> dict:
    """`/NAME/Jane/REMI/CC3-0003/EREF/1`; `/CNTP/` holds account, bank and name."""
    values: dict[str, str] = {}
    for code, text in _with_texts(list(_CODED.finditer(joined)), joined):
        if value := text.strip("/ "):
            values.setdefault(code[1], value)
    party = [*values.get("CNTP", "").split("/"), "", "", ""]
    said = values.get("REMI") or values.get("USTD")
    if said and said.startswith("USTD/"):
        said = said.removeprefix("USTD").lstrip("/")
    return {
        "text": said,
        "end_to_end_id": reference_or_none(values.get("EREF")),
        "creditor_reference": reference_or_none(values.get("CDTRREF")),
        "returned": values.get("RTRN"),
        "name": values.get("NAME") or party[2] or None,
        "account": values.get("IBAN") or values.get("ACC") or party[0] or None,
    }


def _with_texts(marks: list[re.Match], text: str) -> list[tuple[re.Match, str]]:
    """Each mark, and what stands between it and the next."""
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return [(mark, text[mark.end() : end]) for mark, end in zip(marks, ends, strict=False)]


def _original(joined: str, currency: str) -> tuple[Decimal, str] | None:
    found = _ORIGINAL.search(joined)
    if not found or found[1] == currency:
        return None
    amount = with_comma(found[2], found[1])
    return None if amount is None else (amount, found[1])
