"""Every regular expression that a text from outside may meet takes linear time on it.

Steps are counted on growing texts of each pattern's own characters, twice as long each time: see
`tests.support.regex_steps`. A pattern is compiled at the top of a module under a name, so that it is found here.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest
from django.apps import apps
from django.core import validators
from django.db.models import CheckConstraint, Q
from django.urls import URLPattern, get_resolver

from tests.support.regex_steps import FIND_ALL, FULLMATCH, MATCH, Counted, Mode, worst

ROOT = Path(__file__).parents[2]
APPS = (
    "blackgem",
    "funds",
    "capital",
    "distributions",
    "fees",
    "closings",
    "banking",
    "evidence",
    "dashboard",
    "portal",
)
TEXTS = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text()
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
}
MODES = {"fullmatch": FULLMATCH, "match": MATCH}
#: Functions and fields that would take a pattern as text.
TAKE_ONE = {"RegexValidator", "RegexField", "constr", "StringConstraints"}


@cache
def tree_of(module: str) -> ast.Module:
    """Read when a test wants it: whoever collects tests reads this file."""
    return ast.parse(TEXTS[module])


def compiled() -> Iterator[tuple[str, re.Pattern]]:
    """Every pattern of the code, by its module and its name there."""
    for module in [name for name, text in TEXTS.items() if "re.compile" in text]:
        names = [
            node.targets[0].id
            for node in tree_of(module).body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func) == "re.compile"
        ]
        yield from ((f"{module}.{name}", getattr(import_module(module), name)) for name in names)


def mode_of(name: str) -> Mode:
    """How a pattern is used: wherever it is handed on, or searched for, it is tried at every place of the text."""
    [mode] = {MODES.get(one, FIND_ALL) for one in methods_of_names()[name] - {"pattern"}} or {FIND_ALL}
    return mode


@cache
def methods_of_names() -> dict[str, set[str]]:
    """What is asked of each name, be it a variable or an attribute, anywhere in the code."""
    used = defaultdict(set)
    for node in chain.from_iterable(ast.walk(tree_of(module)) for module in TEXTS):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            of = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            used[of].add(node.attr)
    return used


PATTERNS = dict(compiled())


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_takes_linear_time(name):
    assert worst(PATTERNS[name], mode_of(name.rpartition(".")[2])) is None


def test_every_pattern_has_a_name():
    """Nothing else calls `re`, and no field or validator takes a pattern as text: all of them are tried above."""
    found = []
    for module in TEXTS:
        calls = [node for node in ast.walk(tree_of(module)) if isinstance(node, ast.Call)]
        of_re = [call for call in calls if ast.unparse(call.func).startswith("re.")]
        named = [name for name in PATTERNS if name.rpartition(".")[0] == module]
        if [ast.unparse(call.func) for call in of_re if call.func.attr != "escape"] != ["re.compile"] * len(
            named
        ):
            found.append(module)
        found += [module for call in calls if ast.unparse(call.func).split(".")[-1] in TAKE_ONE]
        found += [module for call in calls for given in call.keywords if given.arg in ("pattern", "regex")]
        imports = [
            node
            for node in ast.walk(tree_of(module))
            if isinstance(node, ast.ImportFrom) and node.module == "re"
        ]
        found += [module for _ in imports]
    assert found == []


# ---------------------------------------------------------------- addresses


def routes(resolver=None) -> Iterator[re.Pattern]:
    for entry in (resolver or get_resolver()).url_patterns:
        yield entry.pattern.regex
        if not isinstance(entry, URLPattern):
            yield from routes(entry)


def test_an_address_is_found_in_linear_time():
    """Of patterns that are the same but for their words one is tried."""
    shapes = {
        re.sub(r"(?<=[/^])[a-z_-]{2,}", "a", re.sub(r"\?P<\w+>", "", regex.pattern)): regex
        for regex in routes()
    }
    slow = {shape: worst(regex, FIND_ALL, most_signs=2) for shape, regex in shapes.items() if "(" in shape}
    assert {shape: text for shape, text in slow.items() if text} == {}
    assert len(slow) > 5


# ---------------------------------------------------------------- patterns that PostgreSQL is given


def patterns_of_constraints() -> Iterator[str]:
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                yield from _regexes(constraint.condition)


def _regexes(condition) -> Iterator[str]:
    for one in getattr(condition, "children", ()):
        if isinstance(one, Q):
            yield from _regexes(one)
        elif isinstance(one, tuple) and "regex" in one[0]:
            yield one[1]


def patterns_of_sql() -> Iterator[str]:
    for app in APPS:
        for path in (ROOT / app).rglob("*.sql"):
            yield from re.findall(r"!?~\*? '([^']+)'", path.read_text())


def patterns_of_queries() -> Iterator[str]:
    """What is no constant is a pattern of the code, and tried as one."""
    for module in TEXTS:
        keywords = [node for node in ast.walk(tree_of(module)) if isinstance(node, ast.keyword)]
        patterns = [one.value for one in keywords if (one.arg or "").endswith(("__regex", "__iregex"))]
        yield from (one.value for one in patterns if isinstance(one, ast.Constant))


def test_a_pattern_for_postgresql_takes_linear_time_even_here():
    """There it is an automaton, without references back; and each column that is tried has a greatest length."""
    found = {*patterns_of_constraints(), *patterns_of_sql(), *patterns_of_queries()}
    assert len(found) >= 4
    assert {pattern: text for pattern in found if (text := worst(pattern, FIND_ALL))} == {}


# ---------------------------------------------------------------- patterns of libraries, on what people send

#: Each is linear on every text, or meets one only once its length was looked at: then the steps at that length.
EMAIL = validators.EmailValidator


@pytest.mark.parametrize(
    "pattern", [EMAIL.user_regex, EMAIL.domain_regex, validators.slug_re], ids=["user", "domain", "slug"]
)
def test_a_library_tries_an_address_of_mail_in_few_steps(pattern):
    counted = Counted(pattern)
    for sign in 'a.-"\\ \u2603@':
        for other in 'a.-"\\':
            assert counted.count((sign + other) * 160 + "\u2603", MATCH) < 30_000


def test_an_address_of_mail_is_measured_before_it_is_read(monkeypatch):
    monkeypatch.setattr(EMAIL, "user_regex", None)
    with pytest.raises(validators.ValidationError):
        validators.validate_email("a" * 320 + "@fund.example")
