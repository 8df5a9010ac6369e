"""The matcher that counts finds what `re` finds, and tells what is linear from what is not."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.regex_steps import FIND_ALL, FULLMATCH, MATCH, Counted, worst

#: The pattern by which strings were once taken out of a body, tried again from each quote of a text that never closes.
ONCE = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
NOW = re.compile(rb'"(?:[^"\\]|\\.)*+"?+', re.DOTALL)

KINDS = (
    r"a(b|ab)*?c",
    r"(a+b?){2,4}",
    r"(?:[^ab]|a.)*+b?+",
    r"(?>a+)b|\w\d?$",
    r"^(?!ab)[a-c]{1,3}(?<=b)c*\Z",
    r"(?im)^a\b.?B*",
    r"(\w+\s?)*-",
)


@pytest.mark.parametrize("pattern", KINDS)
@settings(max_examples=60)
@given(text=st.text("abc1 -\n", max_size=8))
def test_it_matches_what_re_matches(pattern, text):
    assert Counted(pattern).matches(text) == bool(re.fullmatch(pattern, text))


@pytest.mark.parametrize(
    ("pattern", "mode"),
    [
        (ONCE, FIND_ALL),
        (r"(a+)+$", MATCH),
        (r"(\w+\s?)*$", FULLMATCH),
        (r"a*a*$", FULLMATCH),
        (r"[a-z]+x", FIND_ALL),
        (r"\s+$", FIND_ALL),
        (r"^x(a|aa)+$", MATCH),
    ],
)
def test_more_than_linear_time_is_found(pattern, mode):
    assert worst(pattern, mode) is not None


@pytest.mark.parametrize(
    ("pattern", "mode"),
    [(NOW, FIND_ALL), (r"[a-z]+x", FULLMATCH), (r"(?>a+)$", MATCH), (r"[a-z]{1,9}x", FIND_ALL)],
)
def test_linear_time_is_let_through(pattern, mode):
    assert worst(pattern, mode) is None


def test_the_steps_are_those_that_can_be_counted_by_hand():
    assert Counted("ab").count("ab", FULLMATCH) == 3
    assert Counted('"[^"]*"').count('"' + "\u2603" * 7, MATCH) == 1 + 1 + 8 + 2 * 8
