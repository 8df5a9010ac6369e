"""References of payments in a bank's text: `CC3-0003`, a letter's number, or either under ISO 11649's check digits."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_ASIDE = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")
_CONFUSED = str.maketrans("OIL", "011")
LONGEST_ISO_11649 = 25
_ISO_11649 = re.compile(r"RF[0-9]{2}[0-9A-Z]{1,21}")


def iso_11649(reference: str) -> str | None:
    """`RF37CC30006` of `CC3-0006`: two check digits (mod 97) before what is left of the reference without spaces and
    hyphens; None where that is longer than the standard allows or holds other characters.

    Source: ISO 11649; RF18539007547034 is the example that is published.
    """
    body = plain(reference)
    if not body or not body.isascii() or not body.isalnum() or len(body) > LONGEST_ISO_11649 - 4:
        return None
    return f"RF{98 - _mod_97(body + 'RF00'):02d}{body}"


def is_iso_11649(text: str) -> bool:
    body = plain(text)
    return bool(_ISO_11649.fullmatch(body)) and _mod_97(body[4:] + body[:4]) == 1


def plain(reference: str) -> str:
    """Letters in upper case, digits and marks; spaces and hyphens aside."""
    return "".join(one for one in reference.upper() if not one.isspace() and one not in _ASIDE)


def _mod_97(text: str) -> int:
    return int("".join(str(int(one, 36)) for one in text)) % 97


@dataclass(frozen=True)
class Haystack:
    """A text without spaces and hyphens, and which of its characters no letter or digit touches on the left, and on
    the right."""

    text: str
    begins: tuple[bool, ...]
    ends: tuple[bool, ...]

    @classmethod
    def of(cls, text: str) -> "Haystack":
        kept, begins, ends = [], [], []
        for place, one in enumerate(text):
            upper = one.upper()
            if one.isspace() or one in _ASIDE:
                continue
            kept.append(upper if len(upper) == 1 else one)
            begins.append(place == 0 or not text[place - 1].isalnum())
            ends.append(place + 1 == len(text) or not text[place + 1].isalnum())
        return cls("".join(kept), tuple(begins), tuple(ends))

    def confused(self) -> "Haystack":
        return Haystack(self.text.translate(_CONFUSED), self.begins, self.ends)

    def whole(self, begin: int, end: int) -> bool:
        """Whether no letter or digit touches what stands there, save `RF` and its check digits, if they are right."""
        if end > len(self.text) or not self.ends[end - 1]:
            return False
        if self.begins[begin]:
            return True
        prefixed = begin >= 4 and self.begins[begin - 4]
        return prefixed and is_iso_11649(self.text[begin - 4 : end])


class References:
    """What is looked for: each spelling with what it stands for. A mistaken O for 0 or I for 1 is tried second."""

    def __init__(self, spellings: Mapping[str, Iterable[str]]):
        """`spellings`: for each thing, all references that stand for it."""
        self.exact: dict[str, set[str]] = {}
        self.confused: dict[str, set[str]] = {}
        for thing, references in spellings.items():
            for reference in references:
                key = plain(reference)
                self.exact.setdefault(key, set()).add(thing)
                self.confused.setdefault(key.translate(_CONFUSED), set()).add(thing)
        self.lengths = sorted({len(key) for key in self.exact})

    def found_in(self, texts: Iterable[str | None]) -> set[str]:
        """The things to which a reference in any of the texts stands whole."""
        haystacks = [Haystack.of(text) for text in texts if text]
        found = self._search(haystacks, self.exact)
        return found or self._search([one.confused() for one in haystacks], self.confused)

    def _search(self, haystacks: list[Haystack], keys: dict[str, set[str]]) -> set[str]:
        found: set[str] = set()
        for haystack in haystacks:
            for begin in range(len(haystack.text)):
                for length in self.lengths:
                    things = keys.get(haystack.text[begin : begin + length])
                    if things and haystack.whole(begin, begin + length):
                        found |= things
        return found
