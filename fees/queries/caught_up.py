"""How what a late closer owes for the time before came about, in the steps that its letter, the page of the closing and
the API all show. Amounts, rates and dates are text, as the facts of letters are."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from fees.calc.terms import ZERO, Frequency, TimeRule
from fees.models import FeeCatchUp
from fees.queries.explained import GROSS, part_told, time_told


def caught_up(row: FeeCatchUp, unit: Decimal, interest: Sequence[dict] = ()) -> dict:
    """As `explained` of a run, with `catch_up`; each part says what part of a year it is. `interest` on it is told
    beside it: since which day, on what, for how many days, how much. Amounts are whole units."""
    parts = [part | _time_of(one) for one in row.periods for part in map(part_told, one["parts"])]
    steps = [(label, amount) for label, amount in _steps(row, parts) if amount]
    days = [one["from"] for one in row.periods]
    last = max((date.fromisoformat(one["to"]) for one in row.periods), default=row.effective_on)
    return {
        "catch_up": True,
        "from": min(days, default=row.effective_on.isoformat()),
        "to": (last - timedelta(1)).isoformat(),
        "parts": parts,
        "steps": [
            {"label": label, "amount": _text(amount, unit)}
            for label, amount in ((GROSS, _sum(parts, "gross")), *steps)
        ],
        "net": _text(row.net, unit),
        "tax": _text(row.tax, unit),
        "tax_rate": f"{row.tax_rate:f}",
        "due": _text(row.net + row.tax, unit),
        "offsets": [],
        "interest": list(interest),
    }


def _time_of(period: dict) -> dict:
    rule = TimeRule(period["time_rule"])
    return {
        "time": time_told(Frequency(period["frequency"]), rule),
        "by_period": rule == TimeRule.BY_PERIOD,
        "billed": period["billed"],
    }


def _text(amount: Decimal, unit: Decimal) -> str:
    return f"{amount.quantize(unit):f}"


def _steps(row: FeeCatchUp, parts: Sequence[dict]) -> Iterator[tuple[str, Decimal]]:
    before = sum((Decimal(one["before"]) for one in row.periods), ZERO)
    yield "Discount by side letter", -_sum(parts, "discount")
    yield "Charged for these days before", -before
    yield "Let off by side letter", -row.let_off
    yield "Agreed otherwise", row.agreed


def _sum(parts: Sequence[dict], name: str) -> Decimal:
    return sum((Decimal(part[name]) for part in parts), ZERO)
