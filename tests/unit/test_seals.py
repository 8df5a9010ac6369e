"""The arithmetic of seals: trees, ranges, and the checker, which finds whatever was changed before the last anchor."""

import random
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence import checker, ranges
from evidence.tree import NOTHING, canonical, chained, leaf_hash, plain, root_of
from tests.support.leaves import leaf

KEYS = st.sets(st.integers(1, 60))


def as_ranges(keys):
    return ranges.added([], keys)


def as_keys(found):
    return {key for first, last in found for key in range(first, last + 1)}


@given(KEYS, KEYS, st.integers(0, 60))
def test_ranges_are_sets(one, other, above):
    a, b = as_ranges(one), as_ranges(other)
    assert as_keys(a) == one
    assert as_keys(ranges.added(a, other)) == one | other
    assert ranges.added(a, other) == ranges.merged([*a, *b]) == as_ranges(one | other)
    assert as_keys(ranges.without(a, b)) == one - other
    assert as_keys(ranges.missing(a, above, 60)) == set(range(above + 1, 61)) - one
    assert ranges.missing(a)[-1] == [ranges.last_of(a) + 1, ranges.TOP]


@given(st.lists(st.binary(max_size=20), max_size=40))
def test_the_checker_has_the_same_root(lines):
    assert root_of(lines) == (checker.root_of([leaf_hash(line) for line in lines]), len(lines))


def test_the_published_chain():
    """H1 of the design: two events of a payment."""
    first = {
        "at": "2026-05-28T14:03:11.000000Z",
        "n": 1,
        "new": {"amount": "100000.00", "value_date": "2026-05-28"},
    }
    first |= {"object": "payment:41", "what": "payment.recorded", "who": 7}
    second = {
        "at": "2026-06-10T09:00:00.000000Z",
        "n": 2,
        "object": "payment:42",
        "what": "payment.reversed",
        "who": 9,
    }
    second |= {"new": {"amount": "-100000.00", "reverses": 41, "value_date": "2026-05-28"}}
    after = chained(NOTHING, first)
    assert after == "665fa5f09637aaa74584b4add8321a610dfc8f32ae135436998d6537f2cf9937"
    assert chained(after, second) == "373b76aa6ecc9df571e6f46a90fe2f33e6a696f661ce0da2e3f7863ceedd4c0e"


def test_what_a_value_is_in_a_leaf():
    at = datetime(2026, 5, 28, 14, 3, 11, tzinfo=UTC)
    assert plain([Decimal("1.50"), at, at.date(), b"\x01", None]) == [
        "1.50",
        "2026-05-28T14:03:11.000000Z",
        "2026-05-28",
        "01",
        None,
    ]
    assert canonical({"b": "ü", "a": 1}) == '{"a":1,"b":"ü"}'.encode()
    with pytest.raises(TypeError):
        plain(0.1)


def exported(sizes) -> tuple[list[bytes], dict[int, str]]:
    """The lines of a trail whose seals have so many rows, and the hash of each seal."""
    lines, hashes, previous = [], {}, NOTHING
    for number, size in enumerate(sizes, start=1):
        rows = [leaf("ledger", {"id": row, "amount": f"{row}.00"}) for row in range(size)]
        body = {"leaves": size, "n": number, "root": root_of(rows)[0]}
        own = chained(previous, body)
        lines += [canonical({"hash": own, "previous": previous, "seal": body}), *rows]
        hashes[number] = previous = own
    return lines, hashes


def test_a_thousand_changes_before_the_last_anchor_are_found():
    """A byte changed, a line taken out, doubled or moved, the end cut off."""
    chance = random.Random(7)
    lines, hashes = exported([chance.randint(1, 9) for _ in range(30)])
    anchor = {25: hashes[25]}
    assert checker.check(lines, anchor) == (30, hashes[30], None)
    covered = next(at for at, line in enumerate(lines) if b'"n":26,' in line)
    for _ in range(1000):
        changed, at = list(lines), chance.randrange(covered)
        match chance.randrange(5):
            case 0:
                place = chance.randrange(len(changed[at]))
                line = bytearray(changed[at])
                line[place] ^= 1 << chance.randrange(8)
                changed[at] = bytes(line)
            case 1:
                del changed[at]
            case 2:
                changed.insert(at, changed[at])
            case 3:
                other = chance.choice([one for one in range(covered) if lines[one] != lines[at]])
                changed[at], changed[other] = changed[other], changed[at]
            case 4:
                changed = changed[:at]
        holds, _, broken = checker.check(changed, anchor)
        assert broken, changed
        assert holds < 25


def test_the_checker_runs_on_its_own(tmp_path, capsys):
    lines, hashes = exported([3, 2])
    file = tmp_path / "audit.jsonl"
    file.write_bytes(b"\n".join([*lines, b""]))
    assert checker.main([str(file), "--anchor", f"1:{hashes[1]}"]) == 0
    said = capsys.readouterr().out
    assert f"2:{hashes[2]}" in said
    assert "No anchor covers the seals 2 to 2" in said
    file.write_bytes(b"\n".join(lines))
    assert checker.main([str(file)]) == 1
