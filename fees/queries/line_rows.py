"""The days of a fee, and the earlier periods that it trues up, as the rows of a run keep them: as text."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from fees.calc.charges import Part
from fees.calc.periods import Period
from fees.calc.terms import Basis
from fees.calc.trueups import TrueUp


def part_rows(parts: Sequence[Part], period: Period) -> list[dict]:
    """The parts of a period, in their order."""
    return [
        {
            "from": part.start.isoformat(),
            "to": part.end.isoformat(),
            "base": f"{part.base:f}",
            "rate": f"{part.rate:f}",
            "own_rate": f"{part.own_rate:f}",
            "off": f"{part.off:f}",
            "days": part.days,
            "of_days": part.of_days,
            "gross": f"{part.gross:f}",
            "discount": f"{part.discount:f}",
            **_base_of(part, period),
        }
        for part in parts
    ]


def true_up_rows(true_ups: Sequence[TrueUp]) -> list[dict]:
    """What each earlier period was charged, and what it comes to now, why and in which parts."""
    return [
        {
            "from": one.period.start.isoformat() if one.period else None,
            "to": one.period.end.isoformat() if one.period else None,
            "was": f"{one.was:f}",
            "comes_to": f"{one.now:f}",
            "why": [why.value for why in one.why],
            "parts": part_rows(one.parts, one.period) if one.period else [],
        }
        for one in true_ups
    ]


def part_of(row: Mapping) -> Part:
    """A part from its row."""
    return Part(
        date.fromisoformat(row["from"]),
        date.fromisoformat(row["to"]),
        Basis(row.get("basis", Basis.COMMITMENT)),
        Decimal(row["base"]),
        Decimal(row["rate"]),
        Decimal(row["own_rate"]),
        row["of_days"],
        *(Decimal(row[name]) for name in ("off", "gross", "discount")),
    )


def _base_of(part: Part, period: Period) -> dict:
    """What the base of a part is, and the day at whose end it was read, where it is not the commitment."""
    if part.basis == Basis.COMMITMENT:
        return {}
    return {"basis": part.basis.value, "as_of": (period.whole_start - timedelta(1)).isoformat()}
