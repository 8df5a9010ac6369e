"""Plain text: which characters a name or a note may not hold."""

import re

# C0 and C1 controls, line and paragraph separators, lone surrogates (no database stores them), and what is
# invisible and makes different names look alike: zero-width spaces, bidirectional marks, overrides, isolates.
_FORBIDDEN = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060\\u2066-\\u2069\\ud800-\\udfff\\ufeff]"
)
_LINE_CHARACTERS = frozenset("\t\r\n")


def forbidden_character(text: str, *, multi_line: bool = False) -> str | None:
    """The first forbidden character as "U+202E", or None; tabs and line ends pass where `multi_line`."""
    for match in _FORBIDDEN.finditer(text):
        if not (multi_line and match[0] in _LINE_CHARACTERS):
            return f"U+{ord(match[0]):04X}"
    return None


def without_forbidden(text: str) -> str:
    """The text without what no name may hold; tabs and line ends become spaces."""
    return _FORBIDDEN.sub(lambda match: " " if match[0] in _LINE_CHARACTERS else "", text)


def masked(number: str) -> str:
    """Only the last four signs: "•••• 6789". Shorter numbers are hidden whole; nothing stays nothing."""
    if not number:
        return ""
    return f"•••• {number[-4:]}" if len(number) > 6 else "••••"
