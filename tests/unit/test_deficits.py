"""The rule of the largest deficit, against units that are handed out one by one."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from capital.calc.deficits import Claim, share_out
from tests.support.examples import examples

residuals = st.fractions(min_value=-30, max_value=30, max_denominator=7)
claims = st.lists(st.builds(Claim, st.integers(1, 40), residuals), min_size=1, max_size=6)


def one_by_one(total: int, claims: list[Claim]) -> list[int]:
    """The rule as it is told: whole deficits, then the odd units one after the other, given or taken back."""
    weights = sum(claim.weight for claim in claims)
    deficits = [Fraction(total * claim.weight, weights) + claim.residual for claim in claims]
    units = [max(0, deficit.__floor__()) for deficit in deficits]

    def rank(i):
        return deficits[i] - units[i], claims[i].weight, -i

    while sum(units) < total:
        units[max(range(len(claims)), key=rank)] += 1
    while sum(units) > total:
        units[min((i for i in range(len(claims)) if units[i]), key=rank)] -= 1
    return units


@examples(200)
@given(total=st.integers(0, 60), claims=claims)
def test_is_as_if_units_went_one_by_one(total, claims):
    assert share_out(total, claims) == one_by_one(total, claims)


def test_what_is_taken_back_costs_no_work_of_its_size():
    """A thousand million million units too many or too few: nobody waits for each of them."""
    heavy = [Claim(1, Fraction(6 * 10**14)), Claim(1, Fraction(6 * 10**14))]
    assert share_out(10, heavy) == [5, 5]
    assert share_out(3, [Claim(2, Fraction(-(10**15))), Claim(1, Fraction(-(10**15)))]) == [2, 1]
