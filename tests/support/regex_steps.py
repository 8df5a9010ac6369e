"""A backtracking matcher that counts: how many characters a regular expression looks at in a text.

It walks the tree that `re` itself compiles, tries what `re` would try in the order in which it would, and takes no
short cut: where its count is linear, that of `re` is.
"""

import re
import re._constants as op
import re._parser as parser
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: A step of a match: from this place, and then whatever comes after it.
Matcher = Callable[[int, Callable[[int], bool]], bool]
ENDLESS = op.MAXREPEAT
_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}
_SINGLE = {op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN}
_CATEGORIES = {
    op.CATEGORY_DIGIT: lambda sign: unicodedata.category(sign) == "Nd",
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_WORD: lambda sign: sign.isalnum() or sign == "_",
}
_OPPOSITES = {
    op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
    op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
    op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
}


class TooManySteps(Exception):
    """More were counted than was allowed."""


@dataclass(frozen=True)
class Mode:
    """How a pattern is used: at the start alone, up to the end, or wherever it is found, again and again."""

    everywhere: bool
    to_the_end: bool


FULLMATCH = Mode(everywhere=False, to_the_end=True)
MATCH = Mode(everywhere=False, to_the_end=False)
FIND_ALL = Mode(everywhere=True, to_the_end=False)


@contextmanager
def _deep_recursion():
    """What a repeat matched once more is one call deeper here."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(before + 20_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class Counted:
    """A pattern, and how many steps it takes on a text."""

    def __init__(self, pattern: re.Pattern | str | bytes):
        compiled = re.compile(pattern)
        self.flags = compiled.flags
        self.tree = parser.parse(compiled.pattern, compiled.flags & ~re.DEBUG)
        self.text, self.steps, self.most = "", 0, 0
        self._run = self._sequence(list(self.tree))

    def count(self, text: str, mode: Mode, *, most: int = 1_000_000) -> int:
        """The steps on `text`, whose characters stand for bytes in a pattern of bytes. Raises TooManySteps."""
        self.text, self.steps, self.most = text, 0, most
        ends: list[int] = []

        def found(at: int) -> bool:
            ends.append(at)
            return not mode.to_the_end or at == len(text)

        at = 0
        with _deep_recursion():
            while at <= len(text):
                self._step()
                matched = self._run(at, found)
                if not mode.everywhere:
                    break
                at = max(ends[-1], at + 1) if matched else at + 1
        return self.steps

    def matches(self, text: str) -> bool:
        """Whether the whole text matches: what `re.fullmatch` says."""
        self.text, self.steps, self.most = text, 0, 1_000_000
        with _deep_recursion():
            return self._run(0, lambda at: at == len(text))

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self.most:
            raise TooManySteps

    # ------------------------------------------------------------ nodes

    def _sequence(self, nodes: list) -> Matcher:
        run: Matcher = _nothing
        for node in reversed(nodes):
            run = _joined(self._node(node), run)
        return run

    def _node(self, node) -> Matcher:
        kind, given = node
        if kind in _SINGLE:
            return self._single(kind, given)
        if kind in _REPEATS:
            return self._repeat(kind, *given)
        if kind is op.SUBPATTERN:
            return self._sequence(list(given[-1]))
        if kind is op.BRANCH:
            return _either([self._sequence(list(one)) for one in given[1]])
        if kind is op.ATOMIC_GROUP:
            return _atomic(self._sequence(list(given)))
        if kind is op.AT:
            return lambda at, then: self._is_at(given, at) and then(at)
        if kind in (op.ASSERT, op.ASSERT_NOT):
            return self._look(kind is op.ASSERT, *given)
        raise ValueError(f"The steps of {kind} are not counted.")  # a pattern that uses it fails its test

    def _single(self, kind, given) -> Matcher:
        test = self._test(kind, given)

        def run(at, then):
            self._step()
            return at < len(self.text) and test(self.text[at]) and then(at + 1)

        return run

    def _repeat(self, kind, least, most, body) -> Matcher:
        inner = self._sequence(list(body))
        if kind is op.POSSESSIVE_REPEAT:
            return _possessive(inner, least, most)
        if kind is op.MIN_REPEAT:
            return _lazy(inner, least, most)
        [only, *more] = list(body)
        if not more and only[0] in _SINGLE:
            return self._greedy_single(self._test(*only), least, most)
        return _greedy(inner, least, most)

    def _greedy_single(self, test, least, most) -> Matcher:
        """As `_greedy`, without a call for each character."""

        def run(at, then):
            end = at
            while end - at < most:
                self._step()
                if end == len(self.text) or not test(self.text[end]):
                    break
                end += 1
            while end - at >= least:
                self._step()
                if then(end):
                    return True
                end -= 1
            return False

        return run

    def _look(self, wanted, direction, body) -> Matcher:
        inner = self._sequence(list(body))
        back = body.getwidth()[0] if direction < 0 else 0

        def run(at, then):
            seen = at >= back and inner(at - back, lambda end: True)
            return bool(seen) == wanted and then(at)

        return run

    def _is_at(self, place, at) -> bool:
        self._step()
        lines = self.flags & re.MULTILINE
        if place in (op.AT_BEGINNING, op.AT_BEGINNING_STRING):
            line = lines and place is op.AT_BEGINNING
            return at == 0 or bool(line and self.text[at - 1] == "\n")
        if place in (op.AT_END, op.AT_END_STRING):
            rest = self.text[at:]
            return not rest or (place is op.AT_END and (rest == "\n" or bool(lines and rest[0] == "\n")))
        words = [
            0 <= one < len(self.text) and _in_category(op.CATEGORY_WORD, self.text[one])
            for one in (at - 1, at)
        ]
        return (words[0] != words[1]) == (place is op.AT_BOUNDARY)

    # ------------------------------------------------------------ characters

    def _test(self, kind, given) -> Callable[[str], bool]:
        if kind is op.ANY:
            return lambda sign: sign != "\n" or bool(self.flags & re.DOTALL)
        if kind is op.NOT_LITERAL:
            return lambda sign: not self._is_in([(op.LITERAL, given)], sign)
        items = [(kind, given)] if kind is op.LITERAL else list(given)
        negated = items[0][0] is op.NEGATE
        return lambda sign: self._is_in(items[negated:], sign) != negated

    def _is_in(self, items, sign: str) -> bool:
        signs = {sign, sign.lower(), sign.upper()} if self.flags & re.IGNORECASE else {sign}
        return any(_is_one(item, one) for item in items for one in signs)


def _is_one(item, sign: str) -> bool:
    kind, given = item
    if kind is op.LITERAL:
        return ord(sign[0]) == given
    if kind is op.RANGE:
        return given[0] <= ord(sign[0]) <= given[1]
    return _in_category(given, sign)


def _in_category(category, sign: str) -> bool:
    opposite = _OPPOSITES.get(category)
    return not _CATEGORIES[opposite](sign) if opposite else _CATEGORIES[category](sign)


def _nothing(at: int, then: Callable[[int], bool]) -> bool:
    """Matches without looking at a character."""
    return then(at)


def _joined(first: Matcher, rest: Matcher) -> Matcher:
    return lambda at, then: first(at, lambda end: rest(end, then))


def _either(ways: list[Matcher]) -> Matcher:
    return lambda at, then: any(way(at, then) for way in ways)


def _atomic(inner: Matcher) -> Matcher:
    """What matched first stays; nothing in it is tried again."""

    def run(at, then):
        ends: list[int] = []
        return inner(at, lambda end: ends.append(end) is None) and then(ends[0])

    return run


def _greedy(inner: Matcher, least, most) -> Matcher:
    def run(at, then, count=0):
        def again(end):
            return (end > at or count < least) and run(end, then, count + 1)

        return (count < most and inner(at, again)) or (count >= least and then(at))

    return run


def _possessive(inner: Matcher, least, most) -> Matcher:
    once = _atomic(inner)

    def run(at, then):
        ends = [at]
        while (
            len(ends) <= most and once(ends[-1], lambda end: ends.append(end) is None) and ends[-1] > ends[-2]
        ):
            pass
        return len(ends) > least and then(ends[-1])

    return run


def _lazy(inner: Matcher, least, most) -> Matcher:
    def run(at, then, count=0):
        def again(end):
            return (end > at or count < least) and run(end, then, count + 1)

        return (count >= least and then(at)) or (count < most and inner(at, again))

    return run


# ---------------------------------------------------------------- texts that are made for a pattern

#: What a pattern's own characters are tried with.
_OTHERS = "\u2603\n"


def signs_of(nodes) -> Iterator[str]:
    """One character for each literal, range and class of a pattern."""
    for kind, given in nodes:
        if kind in (op.LITERAL, op.NOT_LITERAL):
            yield chr(given)
        elif kind is op.RANGE:
            yield chr(given[0])
        elif kind is op.CATEGORY:
            yield next(sign for sign in "0 a-" if _in_category(given, sign))
        elif kind is op.IN:
            yield from signs_of(given)
        else:
            for inner in _inner(kind, given):
                yield from signs_of(inner)


def sample_of(nodes) -> Iterator[str]:
    """Pieces of a text that begins as the pattern asks: each repeat as short as may be, of alternatives the first."""
    for kind, given in nodes:
        if kind is op.ANY:
            yield "a"
        elif kind is op.NOT_LITERAL:
            yield "a" if given != ord("a") else "b"
        elif kind is op.IN and given[0][0] is op.NEGATE:
            yield next(sign for sign in "\u2603a0 /" if not any(_is_one(one, sign) for one in given[1:]))
        elif kind in _REPEATS:
            yield "".join(sample_of(given[2])) * given[0]
        elif kind is op.BRANCH:
            yield from sample_of(given[1][0])
        elif kind in _SINGLE:
            yield next(signs_of([(kind, given)]))
        elif kind in (op.SUBPATTERN, op.ATOMIC_GROUP):
            yield from sample_of(given[-1] if kind is op.SUBPATTERN else given)


def _inner(kind, given) -> list:
    if kind in _REPEATS:
        return [given[2]]
    if kind is op.BRANCH:
        return given[1]
    if kind is op.SUBPATTERN:
        return [given[-1]]
    if kind is op.ATOMIC_GROUP:
        return [given]
    return [given[1]] if kind in (op.ASSERT, op.ASSERT_NOT) else []


@dataclass(frozen=True)
class Text:
    """A text that grows: what it begins with, what is repeated, what stands at its end."""

    begins: str
    repeats: str
    ends: str

    def of(self, times: int) -> str:
        return self.begins + self.repeats * times + self.ends


def texts_for(counted: Counted, *, most_signs: int = 7) -> Iterator[Text]:
    """Growing texts of the pattern's own characters: after each piece of a text that it matches, one or two of them
    again and again, and then nothing or what never matches."""
    signs = [*dict.fromkeys([*signs_of(counted.tree)])][:most_signs] + list(_OTHERS)
    pieces = list(sample_of(counted.tree))
    prefixes = list(dict.fromkeys("".join(pieces[:count]) for count in range(len(pieces) + 1)))
    kept = [*prefixes[:2], *prefixes[-3:]]
    pumps = [*signs, *(one + other for one in signs for other in signs if one != other)]
    for begins in dict.fromkeys(kept):
        for repeats in pumps:
            for ends in ("", _OTHERS[0]):
                yield Text(begins, repeats, ends)


#: How often what is repeated stands in a text, and how much more twice as much of it may take.
TIMES = 24
MOST = 2.3
MANY = 200_000


def worst(pattern: re.Pattern | str | bytes, mode: Mode, *, most_signs: int = 7) -> Text | None:
    """A text on which the pattern takes more than linear time; None where none of those that are tried is one."""
    counted = Counted(pattern)
    for text in texts_for(counted, most_signs=most_signs):
        if not _is_linear(counted, text, mode):
            return text
    return None


def _is_linear(counted: Counted, text: Text, mode: Mode) -> bool:
    """A bounded repeat may take a step up where it reaches its bound: it takes none at the next doubling."""
    try:
        once, twice = (counted.count(text.of(times), mode, most=MANY) for times in (TIMES, 2 * TIMES))
        return twice <= MOST * once or counted.count(text.of(4 * TIMES), mode, most=MANY) <= MOST * twice
    except (TooManySteps, RecursionError):
        return False
