"""Whether two names are of the same payer, however a bank writes them."""

import re
import unicodedata
from functools import lru_cache

ALIKE = 0.92
_INSIDE_A_WORD = re.compile(r"(?<=\w)['’`´.](?=\w)")
_WORDS = re.compile(r"\w+")
_LEGAL_FORMS = frozenset(
    [
        *(
            "llc",
            "lp",
            "llp",
            "lllp",
            "inc",
            "incorporated",
            "ltd",
            "limited",
            "corp",
            "corporation",
            "co",
            "company",
        ),
        *(
            "plc",
            "pllc",
            "gmbh",
            "ag",
            "kg",
            "kgaa",
            "ug",
            "ohg",
            "gbr",
            "se",
            "eg",
            "sa",
            "sas",
            "sarl",
            "sca",
            "scs",
        ),
        *(
            "bv",
            "nv",
            "cv",
            "vof",
            "spa",
            "srl",
            "sapa",
            "ab",
            "as",
            "asa",
            "oy",
            "oyj",
            "aps",
            "pty",
            "pte",
            "kk",
        ),
    ]
)


@lru_cache(maxsize=10_000)
def tokens(name: str) -> frozenset[str]:
    """The words of a name without accents, case, punctuation and legal forms."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(one for one in decomposed if not unicodedata.combining(one))
    letters = _INSIDE_A_WORD.sub("", letters)
    words = _WORDS.findall(letters)
    return frozenset(word for word in words if word not in _LEGAL_FORMS) or frozenset(words)


def likeness(one: str, other: str) -> float:
    """From 0 to 1: the token set ratio. Words that both have are compared with them and what each has beside.

    Where one name's words are all in the other, 1. Source: rapidfuzz, `fuzz.token_set_ratio`.
    """
    first, second = tokens(one), tokens(other)
    shared = first & second
    if not first or not second:
        return 0.0
    if shared and (first <= second or second <= first):
        return 1.0
    both = " ".join(sorted(shared))
    mine = " ".join(filter(None, (both, *sorted(first - second))))
    others = " ".join(filter(None, (both, *sorted(second - first))))
    pairs = [(mine, others)] + ([(both, mine), (both, others)] if both else [])
    return max(_ratio(*pair) for pair in pairs)


def same_payer(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return False
    return likeness(one, other) >= ALIKE


def named_in(name: str, text: str | None) -> bool:
    """Whether every word of a name stands in the text: a bank that keeps no field for the payer names it there."""
    words = tokens(name)
    return bool(words) and words <= tokens(text or "")


def _ratio(one: str, other: str) -> float:
    """Twice the longest common subsequence over both lengths, counted in the bits of an integer (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for place, letter in enumerate(one):
        places[letter] = places.get(letter, 0) | 1 << place
    every = (1 << len(one)) - 1
    open_ = every
    for letter in other:
        matched = open_ & places.get(letter, 0)
        open_ = ((open_ + matched) | (open_ - matched)) & every
    common = len(one) - open_.bit_count()
    return 2 * common / (len(one) + len(other))
