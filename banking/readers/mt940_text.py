"""What `:86:` says of an entry: numbered parts (`?20`), codes between slashes (`/NAME/`), or free text."""

import re
from decimal import Decimal

from banking.readers.form import reference_or_none
from banking.readers.numbers import with_comma

_NUMBERED = re.compile(r"(?:[0-9]{3})?([?>~@|])(?=[0-9]{2})")
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
    parts = re.split(rf"{re.escape(mark)}([0-9]{{2}})", joined)
    pieces = [(int(number), text) for number, text in zip(parts[1::2], parts[2::2], strict=True)]
    text = "\x00".join(text for number, text in pieces if number in _TEXT_PARTS)
    tags = list(_TAGGED.finditer(text))
    ends = [*(tag.start() for tag in tags[1:]), len(text)][: len(tags)]
    tagged: dict[str, str] = {}
    for tag, end in zip(tags, ends, strict=True):
        tagged.setdefault(tag[1], text[tag.end() : end])
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
    codes = list(_CODED.finditer(joined))
    ends = [*(code.start() for code in codes[1:]), len(joined)][: len(codes)]
    values: dict[str, str] = {}
    for code, end in zip(codes, ends, strict=True):
        value = joined[code.end() : end].strip("/ ")
        if value:
            values.setdefault(code[1], value)
    party = [*values.get("CNTP", "").split("/"), "", "", ""]
    text = values.get("REMI") or values.get("USTD")
    if text and re.match(r"USTD/+", text):
        text = re.sub(r"^USTD/+", "", text)
    return {
        "text": text,
        "end_to_end_id": reference_or_none(values.get("EREF")),
        "creditor_reference": reference_or_none(values.get("CDTRREF")),
        "returned": values.get("RTRN"),
        "name": values.get("NAME") or party[2] or None,
        "account": values.get("IBAN") or values.get("ACC") or party[0] or None,
    }


def _original(joined: str, currency: str) -> tuple[Decimal, str] | None:
    found = _ORIGINAL.search(joined)
    if not found or found[1] == currency:
        return None
    amount = with_comma(found[2], found[1])
    return None if amount is None else (amount, found[1])
