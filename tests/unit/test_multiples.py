"""Multiples of what was paid in."""

from decimal import Decimal

import pytest

from funds.calc.multiples import RecallableTreatment, multiples


def figures(**changes) -> dict:
    return {
        "contributed": Decimal(325000),
        "distributed": Decimal(0),
        "nav": Decimal(400000),
        "commitment": Decimal(1250000),
    } | changes


def test_the_demo_fund_after_fifty_thousand():
    found = multiples(**figures(distributed=Decimal(50000), recallable=Decimal(50000)))
    assert (found.dpi, found.pic) == (Decimal("0.153846"), Decimal("0.260000"))
    assert (found.rvpi, found.tvpi) == (Decimal("1.230769"), Decimal("1.384615"))


def test_recallable_money_left_out_of_both_sides():
    found = multiples(
        **figures(distributed=Decimal(80000), recallable=Decimal(50000)),
        recallable_treatment=RecallableTreatment.EXCLUDED,
    )
    assert (found.paid_in, found.distributed, found.dpi) == (275000, 30000, Decimal("0.109091"))


def test_a_total_is_rounded_once():
    found = multiples(**figures(contributed=Decimal(3), distributed=Decimal(1), nav=Decimal(1)))
    assert (found.dpi, found.rvpi, found.tvpi) == (
        Decimal("0.333333"),
        Decimal("0.333333"),
        Decimal("0.666667"),
    )


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"contributed": Decimal(0)}, {"dpi", "rvpi", "tvpi"}),
        ({"commitment": None}, {"pic"}),
        ({"commitment": Decimal(0)}, {"pic"}),
        ({"nav": None}, {"rvpi", "tvpi"}),
    ],
)
def test_nothing_to_divide_by_gives_nothing(changes, missing):
    found = multiples(**figures(**changes))
    assert {name for name in ("pic", "dpi", "rvpi", "tvpi") if getattr(found, name) is None} == missing
