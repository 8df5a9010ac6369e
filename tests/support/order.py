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

#: What the other workers begin with while the first one migrates the database that all clone.
WITHOUT_DATABASE = ("tests/unit/", "tests/conventions/")

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
    """Each worker begins with a share of equal length: its part of the long tests, file by file, then short ones. Long
    files that start from the same rows are one, and so are short ones of a folder: rows are written once for all."""
    files = [sorted(tests, key=_rows) for _, tests in groupby(items, key=lambda item: item.path)]
    long = _with_rows_in_common([tests for tests in files if _is_long(tests[0])])
    short = _by_folder([tests for tests in files if not _is_long(tests[0])])
    shares = [list(chain(*long[worker::workers])) for worker in range(workers)]
    for number, folder in enumerate(WITHOUT_DATABASE[: workers - 1], start=1):
        first = [item for item in short if _needs_no_database(item, folder)]
        shares[number] = first + shares[number]
        short = [item for item in short if not _needs_no_database(item, folder)]
    length = -(-len(items) // workers)
    for share in shares:
        room = max(0, length - len(share))
        share += short[:room]
        del short[:room]
    return [*chain(*shares), *short]


def _with_rows_in_common(files: list[list]) -> list[list]:
    """Files whose tests mostly start from the same lowest rows, together where the first of them is."""
    together: dict[str, list[list]] = {}
    for tests in files:
        rows = _rows(tests[len(tests) // 2])
        together.setdefault(rows[0] if rows else str(tests[0].path), []).append(tests)
    return [_by_rows(some) for some in together.values()]


def _by_folder(files: list[list]) -> list:
    folders = groupby(files, key=lambda tests: tests[0].path.parent)
    return list(chain(*(_by_rows(list(of_folder)) for _, of_folder in folders)))


def _by_rows(files: list[list]) -> list:
    """Tests of files in the order of their rows; those with fixtures that live as long as their file last, by file."""
    own = [tests for tests in files if any(map(_lives_longer, tests))]
    shared = chain(*(tests for tests in files if tests not in own))
    return [*sorted(shared, key=_rows), *chain(*own)]


def _lives_longer(item) -> bool:
    """Whether it asks for a fixture of ours that its module, class or package keeps."""
    found = [fixtures[-1] for fixtures in item._fixtureinfo.name2fixturedefs.values() if fixtures]
    ours = (one for one in found if one.func.__module__.startswith("tests."))
    return any(one.scope in ("module", "class", "package") for one in ours)


def _rows(item) -> list[str]:
    return [part.label for part in parts_of(item)]


def _needs_no_database(item, folder: str) -> bool:
    asks = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(item.fixturenames)
    return item.nodeid.startswith(folder) and not asks


def _is_long(item) -> bool:
    return item.nodeid.startswith(LONG)
