"""Offsets by kind of fee income, as a reporting template wants them."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from blackgem.lib.money import split
from fees.calc.offsets import divided
from tests.support.examples import examples


@examples(60)
@given(
    rows=st.lists(st.integers(0, 10_000), min_size=1, max_size=6),
    columns=st.lists(st.integers(0, 10_000), min_size=1, max_size=5),
)
def test_shares_are_divided_by_category_so_that_both_add_up(rows, columns):
    """Whatever is shared: no part is below zero, partners add up to categories and categories to partners."""
    total = sum(rows)
    weighed = split(Decimal(total), [Decimal(one) for one in columns], Decimal(1)) if sum(columns) else None
    if weighed is None:
        rows, weighed = [0] * len(rows), [Decimal(0)] * len(columns)
    kinds = {str(place): amount for place, amount in enumerate(weighed)}
    found = divided({place: Decimal(one) for place, one in enumerate(rows)}, kinds, Decimal(1))
    assert [sum(parts.values()) for parts in found.values()] == rows
    assert {kind: sum(parts[kind] for parts in found.values()) for kind in kinds} == kinds
    assert all(part >= 0 for parts in found.values() for part in parts.values())
