"""What check digits tell of bank numbers. IBANs are the published examples of their countries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blackgem.lib.text import masked
from funds.calc.bank_numbers import (
    compact,
    is_aba_routing,
    is_account_number,
    is_bic,
    is_branch_code,
    is_iban,
)

IBANS = [
    "GB29 NWBK 6016 1331 9268 19",
    "DE89 3704 0044 0532 0130 00",
    "FR14 2004 1010 0505 0001 3M02 606",
    "CH93 0076 2011 6238 5295 7",
    "NL91 ABNA 0417 1643 00",
    "ES91 2100 0418 4502 0005 1332",
    "NO93 8601 1117 947",
    "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
]


@pytest.mark.parametrize("number", IBANS)
def test_published_ibans_are_right(number):
    assert is_iban(compact(number))
    assert is_iban(compact(number.lower()))


@given(st.sampled_from(IBANS), st.data())
def test_one_wrong_digit_is_always_found(number, data):
    digits = [place for place, sign in enumerate(compact(number)) if sign.isdigit()]
    place = data.draw(st.sampled_from(digits))
    wrong = list(compact(number))
    wrong[place] = str((int(wrong[place]) + data.draw(st.integers(1, 9))) % 10)

    assert not is_iban("".join(wrong))


@given(st.sampled_from(IBANS), st.data())
def test_two_neighbours_swapped_are_found(number, data):
    plain = compact(number)
    pairs = [
        place
        for place in range(4, len(plain) - 1)
        if plain[place : place + 2].isdigit() and plain[place] != plain[place + 1]
    ]
    place = data.draw(st.sampled_from(pairs))
    swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]

    assert not is_iban(swapped)


@pytest.mark.parametrize(
    "number", ["", "DE", "DE8937040044053201300", "US89370400440532013000", "ЅE89", "DE٨٩"]
)
def test_other_things_are_no_iban(number):
    assert not is_iban(number)


@pytest.mark.parametrize("number", ["021000021", "011401533", "091000019", "123456780"])
def test_routing_numbers_that_add_up(number):
    assert is_aba_routing(number)


@pytest.mark.parametrize("number", ["021000022", "000000000", "12345678", "02100002x", "٠٢١٠٠٠٠٢١", ""])
def test_routing_numbers_that_do_not(number):
    assert not is_aba_routing(number)


@pytest.mark.parametrize(("code", "right"), [("CHASUS33", True), ("DEUTDEFF500", True), ("CHASUS3", False)])
def test_bics(code, right):
    assert is_bic(code) is right


@pytest.mark.parametrize(
    ("code", "right"), [("20-00-00", True), ("062 000", True), ("20--", False), ("x", False)]
)
def test_branch_codes(code, right):
    assert is_branch_code(code) is right


@pytest.mark.parametrize(
    ("number", "right"), [("000123456789", True), ("12-345 678/9", True), ("none", False), ("12;34", False)]
)
def test_account_numbers(number, right):
    assert is_account_number(number) is right


@pytest.mark.parametrize(
    ("number", "shown"),
    [("000123456789", "•••• 6789"), ("123456", "••••"), ("1234567", "•••• 4567"), ("", "")],
)
def test_masks_show_four_signs_at_most(number, shown):
    assert masked(number) == shown
