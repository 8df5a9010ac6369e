"""The code of a fund, out of its name."""

import pytest

from funds.calc.codes import fund_code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Larkspur Search Fund I", "LSFI"),
        ("Meridian Vale Growth Fund II", "MVGFII"),
        ("Fund 425", "F425"),
        ("Érable Capital", "EC"),
        ("Alpha", "ALPH"),
        ("한국 성장 펀드", "FUND"),
        ("A", "FUND"),
        ("One Two Three Four Five Six Seven Eight Nine Ten", "OTTFFSSE"),
    ],
)
def test_a_code_is_initials_and_numbers(name, code):
    assert fund_code(name) == code


def test_what_is_taken_is_numbered():
    assert fund_code("Larkspur Search Fund I", {"LSFI", "LSFI2"}) == "LSFI3"
