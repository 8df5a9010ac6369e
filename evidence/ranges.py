"""Sets of keys as ranges: lists of [first, last], both included, in order, with a key or more between them."""

from collections.abc import Iterable

Ranges = list[list[int]]

#: Above every key.
TOP = 2**63 - 1


def added(ranges: Ranges, keys: Iterable[int]) -> Ranges:
    """The ranges with these keys too."""
    return merged([*ranges, *([key, key] for key in keys)])


def merged(ranges: Iterable[list[int]]) -> Ranges:
    found: Ranges = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1][1] = max(found[-1][1], last)
        else:
            found.append([first, last])
    return found


def missing(ranges: Ranges, above: int = 0, upto: int = TOP) -> Ranges:
    """What is in none of them, above one key and up to another."""
    found, next_one = [], above + 1
    for first, last in ranges:
        if next_one <= min(first - 1, upto):
            found.append([next_one, min(first - 1, upto)])
        next_one = max(next_one, last + 1)
    return [*found, [next_one, upto]] if next_one <= upto else found


def without(ranges: Ranges, others: Ranges) -> Ranges:
    """What is in the first and not in the second."""
    found = []
    for first, last in ranges:
        for gap_first, gap_last in missing(others, first - 1, last):
            found.append([gap_first, gap_last])
    return merged(found)


def last_of(ranges: Ranges) -> int:
    return ranges[-1][1] if ranges else 0
