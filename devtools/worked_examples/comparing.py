"""Where what was computed differs from what an example expects."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

_ABSENT = object()


def differences(expected: object, computed: object, tolerance: Decimal, where: str = "") -> Iterator[str]:
    """A line per figure that differs by more than `tolerance`, or that was not computed.

    Figures that the example does not state are not compared.
    """
    if isinstance(expected, dict) and isinstance(computed, dict):
        for key, value in expected.items():
            if key != "tolerance" or where:
                yield from differences(
                    value, computed.get(key, _ABSENT), tolerance, f"{where}.{key}".lstrip(".")
                )
    elif isinstance(expected, list) and isinstance(computed, list):
        if len(expected) != len(computed):
            yield f"{where}: {len(computed)} entries instead of {len(expected)}"
        for number, (value, other) in enumerate(zip(expected, computed, strict=False)):
            yield from differences(value, other, tolerance, f"{where}[{number}]")
    elif not _same(expected, computed, tolerance):
        yield f"{where}: {'nothing' if computed is _ABSENT else _shown(computed)} instead of {_shown(expected)}"


def _same(expected: object, computed: object, tolerance: Decimal) -> bool:
    left, right = _number(expected), _number(computed)
    if left is not None and right is not None:
        return abs(left - right) <= tolerance
    return expected == computed


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _shown(value: object) -> str:
    return "null" if value is None else str(value)
