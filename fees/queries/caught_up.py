"""How what a late closer owes for the time before came about, in the steps that its letter, the page of the closing and
the API all show. Amounts, rates and dates are text, as the facts of letters are."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from fees.calc.terms import ZERO, Frequency, TimeRule
from fees.models import FeeCatchUp
from fees.queries.explained import GROSS, part_told, time_told


def caught_up(row: FeeCatchUp, interest: Sequence[dict] = ()) -> dict:
    """As `explained` of a run, with `catch_up`; each part says what part of a year it is. `interest` on it is told
    beside it: since which day, on what, for how many days, how much."""
    parts = [part | _time_of(one) for one in row.periods for part in map(part_told, one["parts"])]
    steps = [step for step in _steps(row, parts) if Decimal(step["amount"])]
    days = [one["from"] for one in row.periods]
    last = max((date.fromisoformat(one["to"]) for one in row.periods), default=row.effective_on)
    return {
        "catch_up": True,
        "from": min(days, default=row.effective_on.isoformat()),
        "to": (last - timedelta(1)).isoformat(),
        "parts": parts,
        "steps": [{"label": GROSS, "amount": f"{_sum(parts, 'gross'):f}"}, *steps],
        "net": f"{row.net:f}",
        "tax": f"{row.tax:f}",
        "tax_rate": f"{row.tax_rate:f}",
        "due": f"{row.net + row.tax:f}",
        "offsets": [],
        "interest": list(interest),
        "reason": row.reason,
    }


def _time_of(period: dict) -> dict:
    rule = TimeRule(period["time_rule"])
    return {
        "time": time_told(Frequency(period["frequency"]), rule),
        "by_period": rule == TimeRule.BY_PERIOD,
        "billed": period["billed"],
    }


def _steps(row: FeeCatchUp, parts: Sequence[dict]):
    before = sum((Decimal(one["before"]) for one in row.periods), ZERO)
    for label, amount in (
        ("Discount by side letter", -_sum(parts, "discount")),
        ("Charged for these days before", -before),
        ("Let off by side letter", -row.let_off),
        (f"Agreed otherwise: {row.reason}", row.agreed),
    ):
        yield {"label": label, "amount": f"{amount:f}"}


def _sum(parts: Sequence[dict], name: str) -> Decimal:
    return sum((Decimal(part[name]) for part in parts), ZERO)
