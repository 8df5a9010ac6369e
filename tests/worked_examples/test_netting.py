"""Cases of kind setoff: a call and a distribution of one day."""

import pytest
from django.core.management import CommandError

from tests.worked_examples.test_cases import case, computed, printed

PARTNERS = {"A": "5000000.00", "B": "3000000.00", "C": "4000000.00", "GP": "200000.00"}
TERMS = {"partners": PARTNERS, "call": {"amount": "100000.00"}, "distribution": {"amount": "100000.00"}}
FIGURES = ("called", "distributed", "withholding", "set_off", "pays", "receives")


def netted(**terms) -> dict:
    return computed("setoff", TERMS | terms)


def row(found: dict) -> list[str]:
    return [found[name] for name in FIGURES]


def test_a_call_with_an_excused_partner_and_a_distribution():
    found = netted(
        call={"amount": "610000.00", "excused": ["C"]},
        distribution={"amount": "305000.00"},
        withholding={"C": "0.15"},
    )
    table = {
        "A": ["371951.22", "125000.00", "0.00", "125000.00", "246951.22", "0.00"],
        "B": ["223170.73", "75000.00", "0.00", "75000.00", "148170.73", "0.00"],
        "C": ["0.00", "100000.00", "15000.00", "0.00", "0.00", "85000.00"],
        "GP": ["14878.05", "5000.00", "0.00", "5000.00", "9878.05", "0.00"],
    }
    assert {name: row(own) for name, own in found["partners"].items()} == table
    assert row(found["totals"]) == [
        *("610000.00", "305000.00", "15000.00"),
        *("205000.00", "405000.00", "85000.00"),
    ]
    assert found["cash"] == "320000.00"


def test_who_has_not_agreed_pays_and_receives_in_full():
    """A agreed to 1,000.00 only; B's tax comes off before anything is set off."""
    found = netted(withholding={"B": "0.10"}, agreed=["A", "B", "GP"], limits={"A": "1000.00"})
    partners = found["partners"]
    assert row(partners["A"]) == [
        *("40983.61", "40983.61", "0.00"),
        *("1000.00", "39983.61", "39983.61"),
    ]
    assert row(partners["B"])[2:] == ["2459.02", "22131.14", "2459.02", "0.00"]
    assert row(partners["C"])[3:] == ["0.00", "32786.89", "32786.89"]
    assert (found["totals"]["set_off"], found["cash"]) == ("24770.48", "2459.02")
    assert netted(agreed=[])["totals"]["set_off"] == "0.00"


def test_amounts_set_by_hand_and_in_yen():
    found = netted(
        call={"amount": "100.00", "items": {"A": "60.00", "C": "40.00"}},
        distribution={"items": {"A": "61.00"}},
        withholding={"A": "0.025"},
        unit="1",
    )
    assert row(found["partners"]["A"]) == ["60.00", "61.00", "2.00", "59.00", "1.00", "0.00"]
    assert row(found["partners"]["B"]) == ["0.00"] * 6
    assert found["cash"] == "41.00"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"withholding": {"D": "0.1"}}, "unknown_partner"),
        ({"agreed": ["D"]}, "unknown_partner"),
        ({"limits": {"D": "1"}}, "unknown_partner"),
        ({"call": {"amount": "1", "excused": ["D"]}}, "unknown_partner"),
        ({"call": {"amount": "1", "items": {"D": "1"}}}, "unknown_partner"),
        ({"call": {"amount": "1", "items": {"A": "2"}}}, "items_do_not_add_up"),
        ({"call": {"amount": "1", "items": {"A": "2", "B": "-1"}}}, "negative_amount"),
        ({"distribution": {"amount": "-1"}}, "negative_amount"),
        ({"limits": {"A": "-1"}}, "negative_amount"),
        ({"partners": {"A": "-1"}}, "negative_amount"),
        ({"withholding": {"A": "1.1"}}, "rate_out_of_range"),
        ({"call": {"amount": "1", "excused": list(PARTNERS)}}, "zero_weights"),
    ],
)
def test_what_is_refused(terms, code):
    assert netted(**terms) == {"error": code}


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"call": {}}, "terms.call.amount is missing"),
        ({"call": {"amount": "1", "items": {"A": "1"}, "excused": ["B"]}}, "not both"),
        ({"call": {"amount": "1", "due": "2026-01-01"}}, "terms.call.due"),
        ({"agreed": {"A": 1}}, "terms.agreed has to be a list"),
    ],
)
def test_says_what_it_cannot_read(terms, message):
    with pytest.raises(CommandError) as refused:
        printed([case("setoff", TERMS | terms)], "--json")
    assert message in str(refused.value)
