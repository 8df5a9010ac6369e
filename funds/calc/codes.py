"""The code of a fund: the few letters that tell its letters and files from those of other funds."""

import re
import unicodedata
from collections.abc import Collection

LONGEST = 12
_WORD = re.compile(r"[A-Z0-9]+")
_NUMBER = re.compile(r"[0-9]+|[IVX]+")


def fund_code(name: str, taken: Collection[str] = ()) -> str:
    """A code out of a fund's name that is not taken: initials, and its number whole ("Larkspur Search Fund II" is
    LSFII). A name without Latin letters makes FUND; what is taken is numbered from 2."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = _WORD.findall(plain)
    code = "".join(word if _NUMBER.fullmatch(word) else word[0] for word in words)[: LONGEST - 4]
    if len(code) < 2:
        code = "".join(words)[:4] if len("".join(words)) > 1 else "FUND"
    numbered = (f"{code}{number}" for number in range(2, 10_000))
    return code if code not in taken else next(one for one in numbered if one not in taken)
