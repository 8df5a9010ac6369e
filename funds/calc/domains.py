"""When the domain of a mail address passes for another one: to the eye, or by a letter."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from unicodedata import normalize

from .names import is_look_alike, skeleton

# fmt: off
#: Where people have mailboxes that are not their own domain's: each is known, and none passes for another.
PROVIDERS = frozenset({
    "aol.com", "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.co.uk", "hotmail.com",
    "icloud.com", "live.com", "mail.com", "me.com", "msn.com", "outlook.com", "pm.me", "proton.me", "protonmail.com",
    "web.de", "yahoo.co.jp", "yahoo.co.nz", "yahoo.co.uk", "yahoo.com", "ymail.com",
})
# fmt: on
#: A shorter domain has too many honest neighbours.
SHORTEST = 8
_READ_AS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_DIGITS = str.maketrans("01", "ol")


@dataclass(frozen=True, slots=True)
class Likeness:
    """`domain` passes for `other`. A `homograph` has letters of another script that look like its letters."""

    domain: str
    other: str
    homograph: bool


def domain_of(address: str) -> str:
    """The domain of a mail address, in lower case, its labels as a reader sees them: punycode is decoded."""
    return ".".join(map(_label, address.rpartition("@")[2].casefold().split(".")))


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode").casefold()
    except UnicodeError:
        return label


def seen(domain: str) -> str:
    """What is left of a domain to a reader who does not look twice: no accents, hyphens or other scripts; 0 is o, 1 is
    l, rn is m."""
    plain = ".".join(skeleton(label) for label in domain.split(".")).translate(_DIGITS)
    for written, read in _READ_AS:
        plain = plain.replace(written, read)
    return plain


def likenesses(domains: Iterable[str], own: Iterable[str] = ()) -> list[Likeness]:
    """Those among `domains` that pass for another of them, for one of `own` or of PROVIDERS, each once; sorted.

    Of two that differ by a letter the one that is not trusted passes for the other: `own` and PROVIDERS are trusted.
    The time taken grows with the number of domains, not with its square.
    """
    own = set(own)
    trusted = own | PROVIDERS
    asked = {one for one in domains if one} - trusted
    alike = {_ordered(pair, trusted) for pair in _neighbours(asked | trusted) if _pass_for_each_other(*pair)}
    found = [Likeness(one, other, _is_homograph(one, other)) for one, other in alike if one not in trusted]
    # The worst of each: by other letters, then for one of the fund's own.
    worst_last = sorted(found, key=lambda one: (one.homograph, one.other in own, one.other))
    return sorted({one.domain: one for one in worst_last}.values(), key=lambda one: one.domain)


def _neighbours(domains: set[str]) -> Iterator[tuple[str, str]]:
    """Pairs that read the same, or of which one letter makes the other."""
    groups: dict[str, set[str]] = defaultdict(set)
    for domain in domains:
        groups[seen(domain)].add(domain)
        for at in range(len(domain)):
            groups[domain[:at] + domain[at + 1 :]].add(domain)
    pairs = {pair for group in groups.values() for pair in combinations(sorted(group), 2)}
    yield from pairs


def _pass_for_each_other(one: str, other: str) -> bool:
    here, there = seen(one), seen(other)
    if here == there:
        return True
    return min(len(one), len(other)) >= SHORTEST and not _numbered(one, other) and is_look_alike(one, other)


def _numbered(one: str, other: str) -> bool:
    """Whether they differ by a number alone, as fund1.example and fund2.example do."""
    return one.translate(_NO_DIGITS) == other.translate(_NO_DIGITS)


_NO_DIGITS = str.maketrans("", "", "0123456789")


def _ordered(pair: tuple[str, str], trusted: set[str]) -> tuple[str, str]:
    """The one that passes for the other first: that which is not trusted, or has letters of another script."""
    one, other = pair
    first = (other in trusted, other.isascii(), one) < (one in trusted, one.isascii(), other)
    return (other, one) if first else (one, other)


def _is_homograph(one: str, other: str) -> bool:
    """An accent is a letter's own; a letter of another script is there to be taken for it."""
    letters = (sign for sign in normalize("NFKD", one) if sign.isalpha())
    return seen(one) == seen(other) and not all(sign.isascii() for sign in letters)
