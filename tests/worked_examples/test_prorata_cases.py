"""The worked examples of splitting an amount to the cent, single and over a series of calls."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from blackgem.lib.money import ZeroWeights, split
from capital.calc.prorata import Line, Partner, split_lines

CASES = json.loads(Path(__file__).with_name("prorata_cases.json").read_text())


def computed(case: dict) -> dict:
    terms = case["terms"]
    weights = {name: Decimal(weight) for name, weight in terms["weights"].items()}
    unit = Decimal(terms["unit"])
    try:
        if terms["method"] == "single":
            parts = split(Decimal(terms["total"]), list(weights.values()), unit)
            return {"allocation": dict(zip(weights, map(str, parts), strict=True))}
        return cumulative(weights, [Decimal(flow["amount"]) for flow in case["flows"]], unit)
    except ZeroWeights as error:
        return {"error": error.code}


def cumulative(weights: dict, totals: list[Decimal], unit: Decimal) -> dict:
    series = split_lines(
        [Line(number, total) for number, total in enumerate(totals)],
        [Partner(name, weight) for name, weight in weights.items()],
        unit=unit,
    )
    return {
        "calls": [{part.key: str(part.amount) for part in line.parts} for line in series.lines],
        "cumulative": {name: str(amount) for name, amount in series.items.items()},
    }


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_worked_example(case):
    assert computed(case) == case["expected"]
