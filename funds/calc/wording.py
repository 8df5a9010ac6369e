"""Paragraphs of a fund's own in its letters: which there are, and the few names that stand for what a letter says.

A name in braces is replaced by text, once, whatever that text holds. There is no other mark-up: what is written is
printed as it is.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

#: Letters that have paragraphs of their own, and what they are called.
LETTERS = {
    "capital_call": "Capital call notice",
    "reminder": "Reminder of a capital call",
    "default": "Notice of default",
    "distribution": "Distribution notice",
    "refund": "Refund notice",
    "cash_return": "Notice of returned money",
    "cancellation": "Cancellation of a notice",
    "statement": "Statement",
}
PLACES = {"opening": "Opening", "closing": "Closing"}
#: Each paragraph by its key: "capital_call_opening".
PARAGRAPHS = tuple(f"{letter}_{place}" for letter in LETTERS for place in PLACES)
#: In characters. What stands above the figures is short, so that the amount and its day are seen at once.
LONGEST_PARAGRAPH = 1200
LONGEST_OPENING = 600
MOST_HEAD_LINES = 6
LONGEST_HEAD_LINE = 90


class Name(StrEnum):
    """What may stand in braces."""

    PARTNER = "partner"
    FUND = "fund"
    NUMBER = "number"
    AMOUNT = "amount"
    DUE_DATE = "due_date"


#: A statement asks for nothing.
_OF_STATEMENTS = frozenset({Name.PARTNER, Name.FUND, Name.NUMBER})
_IN_BRACES = re.compile(r"\{([^{}]*)\}")


def names_in(paragraph: str) -> frozenset[str]:
    """The names that a paragraph of this key may use."""
    return _OF_STATEMENTS if paragraph.startswith("statement_") else frozenset(Name)


def problem_of(paragraph: str, text: str) -> str | None:
    """Why a text cannot stand there: a name that is none, a brace alone, or too many words. None where it can."""
    allowed = names_in(paragraph)
    for found in _IN_BRACES.findall(text):
        if found not in allowed:
            known = ", ".join(f"{{{name}}}" for name in Name if name in allowed)
            return f"{{{found[:40]}}} stands for nothing here. What may stand in braces is {known}."
    if {"{", "}"} & set(_IN_BRACES.sub("", text)):
        return "A brace that opens has to close, and stands around a name alone."
    most = LONGEST_OPENING if paragraph.endswith("_opening") else LONGEST_PARAGRAPH
    return f"This paragraph has at most {most:,} characters." if len(text) > most else None


def problem_of_head(lines: str) -> str | None:
    """Why these lines do not fit the head of a letter; None where they do."""
    every = lines.splitlines()
    if len(every) > MOST_HEAD_LINES:
        return f"The head of a letter has room for {MOST_HEAD_LINES} lines."
    if any(len(line) > LONGEST_HEAD_LINE for line in every):
        return f"A line of the head has at most {LONGEST_HEAD_LINE} characters."
    return None


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its names replaced, in one pass; a name of which this letter says nothing becomes a dash."""
    return _IN_BRACES.sub(lambda found: values.get(found[1]) or "–", text)


def written(words: Mapping[str, str], keys: Iterable[str] = PARAGRAPHS) -> dict[str, str]:
    """Those paragraphs in which anything stands, without white space around them."""
    return {key: text for key in keys if (text := (words.get(key) or "").strip())}
