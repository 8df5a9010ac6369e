"""Whoever splits or rounds money says in which unit: a cent that is taken for granted is wrong in yen and in dinars."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = sorted(path.parent.name for path in ROOT.glob("*/apps.py"))
#: Each function that rounds or splits, with how many arguments come before its unit.
ROUNDING = {
    "split": 2,
    "to_units": 1,
    "from_units": 1,
    "round_to_unit": 1,
    "split_excess": 2,
    "share_nav": 2,
    "split_call": 99,
    "split_lines": 99,
    "spread_items": 99,
    "entitled_carry": 99,
    "clawback": 99,
    "multiple_shortfall": 99,
}


def calls_without_a_unit(text: str) -> list[tuple[int, str]]:
    """Line and name of every call of these functions that leaves the unit out. Methods are none of them."""
    tree = ast.parse(text)
    known = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    known |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    return [
        (call.lineno, call.func.id)
        for call in calls
        if call.func.id in known
        and len(call.args) <= ROUNDING.get(call.func.id, -1)
        and "unit" not in {keyword.arg for keyword in call.keywords}
    ]


def test_whoever_rounds_or_splits_names_the_unit():
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix(): calls_without_a_unit(path.read_text()) for path in files}
    assert len(files) > 100
    assert {path: calls for path, calls in found.items() if calls} == {}


def test_a_call_without_a_unit_would_be_seen():
    text = "from blackgem.lib.money import split\nsplit(total, weights)\nsplit(total, weights, unit)\n'a b'.split()\n"
    assert calls_without_a_unit(text) == [(2, "split")]
