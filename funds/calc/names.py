"""When two names are the same to the eye or the ear of a reader."""

import re
import unicodedata
from itertools import takewhile

# Letters of other scripts that look like Latin ones.
_LOOKALIKES = str.maketrans(
    "авекмнорстухіјѕԁԛԝһӏαβεικνορτυχγωϲ",
    "abekmhopctyxijsdqwhlabeikvoptuxywc",
)
_NOT_A_WORD = re.compile(r"[^\w]+|_")
# fmt: off
_LEGAL_FORMS = frozenset({
    "ag", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "kg", "limited", "llc", "llp",
    "lp", "ltd", "plc", "sa", "sarl", "spa", "the",
})
# fmt: on


def skeleton(name: str) -> str:
    """What is left of a name without case, accents, punctuation, legal form and look-alike letters."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_LOOKALIKES)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = _NOT_A_WORD.sub(" ", plain.replace(".", "")).split()
    kept = [word for word in words if word not in _LEGAL_FORMS]
    return "".join(kept or words)


def is_look_alike(one: str, other: str) -> bool:
    """Whether two different names are one to the eye, or differ by a letter: another, one more or less, two swapped."""
    if one == other:
        return False
    if skeleton(one) == skeleton(other):
        return True
    head = _shared(one, other)
    tail = _shared(one[head:][::-1], other[head:][::-1])
    here, there = one[head : len(one) - tail], other[head : len(other) - tail]
    return max(len(here), len(there)) <= 1 or (len(here) == 2 and here == there[::-1])


def _shared(one: str, other: str) -> int:
    """How many letters both begin with."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
