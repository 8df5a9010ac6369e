"""Which tests run, and in which order: a long one that starts last would leave the other workers idle."""

from itertools import chain, groupby
from pathlib import Path

import pytest

from tests.support.staging import parts_of

#: Folders whose tests take many seconds each, as they start processes and browsers or look at every page.
LONG = (
    "tests/functional/",
    "tests/agreement/",
    "tests/invariants/",
    "tests/access/",
    "tests/attacks/",
    "tests/integration/test_load_demo.py",
)


DEEP = Path(__file__).parents[1] / "deep.txt"


def deep_tests() -> dict[str, str]:
    """How the ids begin of tests that only `make test-deep` runs → what the short run keeps of their kind."""
    rows = (line.partition("|") for line in DEEP.read_text().splitlines() if not line.startswith("#"))
    return {begins.strip(): kept.strip() for begins, _, kept in rows}


def mark_deep(items: list) -> None:
    beginnings = tuple(deep_tests())
    for item in items:
        if item.nodeid.startswith(beginnings):
            item.add_marker(pytest.mark.deep)


def in_shares(items: list, workers: int) -> list:
    """Each worker begins with a share of equal length: its part of the long tests, file by file, then short ones."""
    files = [sorted(tests, key=_rows) for _, tests in groupby(items, key=lambda item: item.path)]
    long = [tests for tests in files if _is_long(tests[0])]
    short = [item for tests in files if not _is_long(tests[0]) for item in tests]
    shares = [list(chain(*long[worker::workers])) for worker in range(workers)]
    if workers > 1:  # while the first worker migrates the database that all clone
        shares[1] = [item for item in short if _needs_no_database(item)] + shares[1]
        short = [item for item in short if not _needs_no_database(item)]
    length = -(-len(items) // workers)
    for share in shares:
        room = max(0, length - len(share))
        share += short[:room]
        del short[:room]
    return [*chain(*shares), *short]


def _rows(item) -> list[str]:
    return [part.label for part in parts_of(item)]


def _needs_no_database(item) -> bool:
    return item.nodeid.startswith("tests/unit/")


def _is_long(item) -> bool:
    return item.nodeid.startswith(LONG)
