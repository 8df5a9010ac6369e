"""Names and texts in the letters that banks carry.

The character set is that of SEPA (EPC217-08): Latin letters without marks, digits, and a few signs. A letter with a
mark loses the mark, as banks do themselves; a name in another script is not guessed at.
"""

import re
import unicodedata

_LETTERS = {
    "ß": "ss", "ẞ": "SS", "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "Œ": "OE", "œ": "oe", "Đ": "D", "đ": "d",
    "Ð": "D", "ð": "d", "Ł": "L", "ł": "l", "Þ": "TH", "þ": "th", "ı": "i", "Ħ": "H", "ħ": "h", "&": "+",
    "’": "'", "‘": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "_": "-",
}  # fmt: skip
_CARRIED = re.compile(r"[A-Za-z0-9/?:().,'+ -]")
_SLASHES = re.compile(r"/{2,}")
_FIRST = "=+-@/.,:;?'()"


def latin(text: str) -> str | None:
    """The text in letters that every bank carries, with single spaces; None where it holds a letter or digit of another
    script, or nothing is left. It never begins with a sign, so that no table takes it for a formula."""
    written = []
    for sign in unicodedata.normalize("NFKD", "".join(_LETTERS.get(one, one) for one in text)):
        if _CARRIED.fullmatch(sign):
            written.append(sign)
        elif unicodedata.category(sign)[0] in "LN":
            return None
        elif unicodedata.category(sign)[0] != "M":
            written.append(" ")
    plain = _SLASHES.sub("/", " ".join("".join(written).split()))
    return plain.lstrip(_FIRST + " ") or None
