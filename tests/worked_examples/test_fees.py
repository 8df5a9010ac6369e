"""Management fees, as tables that a fund administrator would draw: who owes what for which days."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError

from tests.worked_examples.test_cases import case, computed, differences, printed, run

CASES = json.loads(Path(__file__).with_name("fee_cases.json").read_text())
PHASE = {"from": "2026-01-01", "basis": "commitment", "rate": "0.02"}
YEAR = {"start": "2026-01-01", "until": "2027-01-01", "phases": [PHASE]}
A = {"commitment": "1000000.00"}


def fee(**terms) -> dict:
    return computed("fee", YEAR | {"lps": {"A": A}} | terms)


def nets(found: dict, name: str = "A") -> list[str]:
    return [one["lps"][name]["net"] for one in found["instalments"] if name in one["lps"]]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case_agrees_to_the_cent(case):
    assert list(differences(case["expected"], run(case), Decimal(0))) == []


def test_an_increase_by_days_is_trued_up_in_the_next_instalment():
    """1,000,000 more on 15 August: 5,000 twice and 45 of 92 days of the third quarter, the rest on 1 October."""
    tranches = [{"amount": "1000000.00"}, {"amount": "1000000.00", "admitted_on": "2026-08-15"}]
    found = fee(lps={"A": {"tranches": tranches}}, late_rule="to_date")
    [late] = found["catch_ups"]
    assert [row["amount"] for row in late["periods"]] == ["5000.00", "5000.00", "2445.65"]
    assert found["instalments"][-1]["lps"]["A"]["true_up"] == "2554.35"
    assert found["fund_total"] == "40000.00"


def test_a_rate_of_its_own_is_known_when_it_starts():
    """1.5 % from 1 August: the third quarter was billed at 2 %, so the fourth gives back a quarter of 61 of 92 days."""
    found = fee(lps={"A": A | {"rates": [{"from": "2026-08-01", "rate": "0.015"}]}})
    assert nets(found) == ["5000.00", "5000.00", "5000.00", "2921.19"]
    told = fee(lps={"A": A | {"rates": [{"from": "2026-08-01", "rate": "0.015", "known_on": "2026-06-30"}]}})
    assert nets(told) == ["5000.00", "5000.00", "4171.19", "3750.00"]
    assert fee(lps={"A": A | {"rate": "0.03"}})["totals"] == fee()["totals"]


def test_half_years_whole_years_and_yen():
    assert nets(fee(frequency="semiannual", start="2026-05-01")) == ["3370.17", "10000.00"]
    assert nets(fee(frequency="annual", in_advance=False)) == ["20000.00"]
    assert nets(fee(unit="1", lps={"A": {"commitment": "100001"}})) == ["500.00"] * 4


def test_offsets_are_brought_forward_and_run_out():
    found = fee(offset_brought_forward={"A": "12000.00"}, until="2026-10-01")
    assert nets(found) == ["0.00", "0.00", "3000.00"]
    assert (found["offsets"]["beginning"], found["offsets"]["ending"]) == ("12000.00", "0.00")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"until": "2026-01-01"}, "date_order"),
        ({"phases": [PHASE | {"from": "2026-01-02"}]}, "phase_missing"),
        ({"phases": [PHASE | {"basis": "fair_value"}]}, "base_missing"),
        ({"phases": [PHASE | {"rate": "1.01"}]}, "rate_out_of_range"),
        ({"lps": {"A": A | {"discount": "1.01"}}}, "share_out_of_range"),
        ({"lps": {"A": {"commitment": "-1.00"}}}, "negative_amount"),
        ({"calls": [{"on": "2026-02-01", "amount": "-1.00"}]}, "negative_amount"),
        ({"offset_brought_forward": {"Z": "1.00"}}, "unknown_partner"),
        ({"calls": [{"on": "2025-02-01", "amount": "1.00"}]}, "zero_weights"),
        ({"waivers": [{"on": "2026-02-01", "amount": "1.00"}]}, "waiver_without_instalment"),
        ({"fee_interest_day_count": "30E/360"}, "day_count_unsupported"),
    ],
)
def test_what_is_refused(change, code):
    assert fee(**change) == {"error": code}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"lps": {"A": A | {"side": 1}}}, "unknown key terms.lps.A.side"),
        ({"lps": {"A": {"tranches": [{"amount": "1.00", "on": 1}]}}}, "terms.lps.A.tranches[0].on"),
        ({"lps": {"A": A | {"tranches": []}}}, "terms.lps.A has a commitment or tranches"),
        ({"lps": {"A": A | {"rate": "0.01", "rates": []}}}, "terms.lps.A has a rate or rates"),
        ({"lps": {"A": A | {"bases": [{"as_of": "2025-12-31"}]}}}, "has an amount or deals"),
        ({"phases": [{"from": "2026-01-01", "rate": "0.02"}]}, "terms.phases[0].basis is missing"),
        ({"fee_interest": "per_instalment"}, "terms.fee_interest_rate is missing"),
        ({"frequency": "monthly"}, "terms.frequency has to be one of quarterly, semiannual, annual"),
    ],
)
def test_says_what_it_cannot_read(change, named):
    with pytest.raises(CommandError) as refused:
        printed([case("fee", YEAR | {"lps": {"A": A}} | change)], "--json")
    assert named in str(refused.value)
