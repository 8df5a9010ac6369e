"""docs/attacks.md leads from every attack to tests that exist, and names every file of them."""

import re

from devtools.embedded import runtime

TESTS = runtime.CHECKOUT / "tests"
PAGE = (runtime.CHECKOUT / "docs/attacks.md").read_text()
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| [A-K]\d", line)]
NAMED = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", PAGE)


def test_every_test_that_it_names_exists():
    missing = [
        (file, name)
        for file, name in NAMED
        if not (TESTS / file).is_file() or (name and f"def {name}(" not in (TESTS / file).read_text())
    ]
    assert missing == []


def test_every_file_of_attacks_is_named():
    files = {f"attacks/{path.name}" for path in (TESTS / "attacks").glob("test_*.py")}
    assert files <= {file for file, _ in NAMED}


def test_every_row_is_there_once_and_says_where_it_is_tried_or_why_not():
    names = [name for row in ROWS for name in re.split(r", | to ", row[0])]
    assert len(names) == len(set(names))
    assert {name[0] for name in names} == set("ABCDEFGHIJK")
    for row in ROWS:
        assert len(row) == 3, row
        assert re.search(r"\.py|the same|\*Not ", row[2]), row
