"""Cases of kinds excuse and next_call_key: three partners that hold 5, 3 and 2 of 10 millions."""

import pytest
from django.core.management import CommandError

from tests.worked_examples.test_cases import case, computed, printed, run

THREE = {
    "A": {"commitment": "5000000.00"},
    "B": {"commitment": "3000000.00"},
    "C": {"commitment": "2000000.00"},
}


def excuse(**terms) -> dict:
    return computed("excuse", {"amount": "100.00", "partners": THREE, "excused": {"C": "1"}} | terms)


def next_call(**terms) -> dict:
    return computed("next_call_key", {"amount": "100.00", "partners": THREE} | terms)


def test_who_is_excused_leaves_its_share_to_the_others():
    found = excuse()
    assert found["first"] == {"A": "50.00", "B": "30.00", "C": "20.00"}
    assert found["revised"] == {"A": "62.50", "B": "37.50", "C": "0.00"}
    assert found["change"] == {"A": "12.50", "B": "7.50", "C": "-20.00"}
    assert found["limits"] == {"A": "75.00", "B": "45.00"}
    assert (found["called"], found["uncovered"]) == ("100.00", "0.00")
    assert found["remaining_after"] == {"A": "4999937.50", "B": "2999962.50", "C": "2000000.00"}


def test_a_limit_leaves_a_part_uncovered():
    found = excuse(limit="0.10")
    assert found["revised"] == {"A": "55.00", "B": "33.00", "C": "0.00"}
    assert (found["called"], found["uncovered"]) == ("88.00", "12.00")


def test_nobody_is_asked_for_more_than_remains():
    partners = THREE | {"B": {"commitment": "3000000.00", "remaining": "31.00"}}
    found = excuse(partners=partners, revised_key="commitment")
    assert found["revised"] == {"A": "69.00", "B": "31.00", "C": "0.00"}
    assert found["limits"]["B"] == "31.00"


def test_from_a_part_only():
    """C keeps two thirds of 20.00, half a cent up; A and B share the rest by what remains of them."""
    assert excuse(excused={"C": "1/3"})["revised"] == {"A": "54.17", "B": "32.50", "C": "13.33"}


def test_by_remaining_commitments_from_the_start_and_in_yen():
    partners = THREE | {"A": {"commitment": "5000000.00", "remaining": "1000000.00"}}
    found = excuse(partners=partners, first_key="remaining", unit="1", excused={})
    assert found["first"] == found["revised"] == {"A": "17.00", "B": "50.00", "C": "33.00"}


def test_the_next_call_by_each_key():
    partners = {name: own | {"contributed": "10.00"} for name, own in THREE.items()}
    partners["B"] = {"commitment": "3000000.00", "contributed": "2999990.00"}
    found = next_call(partners=partners, excused=["C"], sharing={"A": "0.25", "B": "0.75"})
    assert found["by_commitment"] == {"A": "90.00", "B": "10.00", "C": "0.00"}
    assert found["by_remaining"] == {"A": "100.00", "B": "0.00", "C": "0.00"}
    assert found["by_sharing"] == {"A": "25.00", "B": "75.00", "C": "0.00"}
    assert found["remaining_after"] == {"A": "4999890.00", "B": "10.00"}
    assert "by_sharing" not in next_call()


@pytest.mark.parametrize(
    ("ask", "terms", "code"),
    [
        (excuse, {"amount": "-1.00"}, "negative_amount"),
        (excuse, {"partners": {"A": {"commitment": "-1.00"}}}, "negative_amount"),
        (excuse, {"excused": {"D": "1"}}, "unknown_partner"),
        (excuse, {"excused": {"C": "0"}}, "share_out_of_range"),
        (excuse, {"excused": {"C": "4/3"}}, "share_out_of_range"),
        (excuse, {"excused": {"C": "-1/3"}}, "share_out_of_range"),
        (excuse, {"limit": "1.01"}, "rate_out_of_range"),
        (excuse, {"excused": dict.fromkeys(THREE, "1")}, "zero_weights"),
        (excuse, {"partners": {}, "excused": {}}, "zero_weights"),
        (excuse, {"amount": "0.5", "unit": "1"}, "amount.max_decimal_places"),
        (next_call, {"amount": "-1.00"}, "negative_amount"),
        (next_call, {"amount": "10000000.01"}, "exceeds_remaining"),
        (next_call, {"amount": "5000000.01", "excused": ["A"]}, "exceeds_remaining"),
        (next_call, {"excused": ["D"]}, "unknown_partner"),
        (next_call, {"sharing": {"D": "1"}}, "unknown_partner"),
        (next_call, {"sharing": {"A": "-1", "B": "2"}}, "negative_amount"),
        (next_call, {"sharing": {"A": "0"}}, "zero_weights"),
        (next_call, {"excused": list(THREE)}, "zero_weights"),
        (
            next_call,
            {"partners": {"A": {"commitment": "1.00", "contributed": "-1.00"}}},
            "negative_amount",
        ),
        (
            next_call,
            {"partners": {"A": {"commitment": "1.00", "contributed": "1.01"}}},
            "contributed_exceeds_commitment",
        ),
    ],
)
def test_what_is_refused(ask, terms, code):
    assert ask(**terms) == {"error": code}


@pytest.mark.parametrize(
    ("kind", "change", "named"),
    [
        ("excuse", {"terms": {"amount": "1", "sharing": {}}}, "terms.sharing"),
        ("excuse", {"terms": {"partners": {"A": {"contributed": "1"}}}}, "terms.partners.A.contributed"),
        ("excuse", {"terms": {"amount": "1"}, "flows": [{}]}, "flows"),
        ("next_call_key", {"terms": {"partners": {"A": {"share": "1"}}}}, "terms.partners.A.share"),
        ("next_call_key", {"terms": {"limit": "0.5"}}, "terms.limit"),
    ],
)
def test_names_a_key_that_it_does_not_know(kind, change, named):
    given = {"id": "X", "kind": kind} | change
    with pytest.raises(CommandError, match="unknown key") as refused:
        run(given)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "terms", "message"),
    [
        ("excuse", {"partners": THREE}, "terms.amount is missing"),
        ("excuse", {"amount": "1", "partners": {"A": {}}}, "terms.partners.A.commitment is missing"),
        ("excuse", {"amount": "1", "partners": {"A": 1}}, "terms.partners.A has to be an object"),
        ("excuse", {"amount": "1", "partners": THREE, "excused": ["C"]}, "terms.excused"),
        ("excuse", {"amount": "1", "partners": THREE, "excused": {"C": "1/0"}}, "terms.excused.C"),
        ("excuse", {"amount": "1", "partners": THREE, "first_key": "sharing"}, "terms.first_key"),
        ("next_call_key", {"amount": "1", "partners": THREE, "excused": {"C": "1"}}, "terms.excused"),
    ],
)
def test_says_what_it_cannot_read(kind, terms, message):
    with pytest.raises(CommandError) as refused:
        printed([{"id": "X", "kind": kind, "terms": terms}], "--json")
    assert message in str(refused.value)


def test_names_a_kind_that_is_not_computed_yet_and_computes_the_others():
    known = {"id": "X", "kind": "excuse", "terms": {"amount": "1.00", "partners": THREE}}
    with pytest.raises(CommandError, match="1 of 2 cases differ") as refused:
        printed([case("search_round", {"any": 1}) | {"id": "Y"}, known], "--json")
    assert "Y: kind search_round is not computed yet" in str(refused.value)
