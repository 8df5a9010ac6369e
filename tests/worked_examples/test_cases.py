"""Every worked example of `cases.json`, many from published sources, agrees; and the command that checks a file."""

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import CommandError, call_command

from devtools.embedded.demand import needs_database
from devtools.worked_examples import compute
from devtools.worked_examples.comparing import differences
from devtools.worked_examples.reading import load_cases

FILE = Path(__file__).with_name("cases.json")
CASES = json.loads(FILE.read_text(), parse_float=Decimal)


def printed(cases: list, *options: str) -> str:
    """What the command prints for a file of these cases."""
    out = StringIO()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "given.json"
        path.write_text(json.dumps(cases, default=str))
        call_command("worked_examples", str(path), *options, stdout=out)
    return out.getvalue()


def run(case: dict) -> dict:
    (result,) = json.loads(printed([case], "--json"), parse_float=Decimal)
    assert result["id"] == case["id"]
    return result["computed"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case_agrees_to_the_cent(case):
    """Tolerances are for other engines' roundings; money has to agree exactly, rates of return to 1e-8."""
    tolerance = Decimal("1e-8") if case["kind"] == "xirr" else Decimal(0)
    assert list(differences(case["expected"], run(case), tolerance)) == []


def case(kind: str, terms: dict, flows: list | None = None, **rest) -> dict:
    return {"id": "X", "kind": kind, "terms": terms, "flows": flows or [], **rest}


def flow(on: str, type: str, amount: str, **rest) -> dict:
    return {"date": on, "type": type, "amount": amount, **rest}


def computed(kind: str, terms: dict, flows: list | None = None) -> dict:
    return run(case(kind, terms, flows))


simple = {
    "pref_rate": "0.08",
    "catch_up": "1",
    "carry": "0.2",
    "compounding": "simple",
    "day_count": "30E/360",
}


# ---------------------------------------------------------------- the command


def test_prints_a_line_per_case():
    out = StringIO()
    call_command("worked_examples", str(FILE), stdout=out)
    assert out.getvalue().splitlines() == [f"{case['id']}: agrees" for case in CASES]


def test_says_what_differs_and_fails(tmp_path):
    wrong = CASES[0] | {"expected": CASES[0]["expected"] | {"totals": {"gp_carry": "39600.00"}}}
    path, out = tmp_path / "wrong.json", StringIO()
    path.write_text(json.dumps([wrong, CASES[1]]))
    with pytest.raises(CommandError, match="1 of 2 cases differ"):
        call_command("worked_examples", str(path), stdout=out)
    assert "WF-01-wireframe: totals.gp_carry: 30000.00 instead of 39600.00" in out.getvalue()
    assert "WF-02-simple-3y: agrees" in out.getvalue()


def test_computes_without_anything_expected():
    bare = {key: value for key, value in CASES[0].items() if key != "expected"}
    assert run(bare) == CASES[0]["expected"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"hint": 1}, "hint"),
        ({"terms": {**simple, "catchup": "1"}}, "terms.catchup"),
        ({"terms": {"tiers": [{"hurdle": "0.08", "carried": "0.2"}]}}, "terms.tiers[0].carried"),
        ({"terms": {**simple, "investors": {"A": {"side": 1}}}}, "terms.investors.A.side"),
        ({"flows": [flow("2020-01-01", "contribution", "1.00", memo="x")]}, "flows[0].memo"),
        ({"kind": "xirr"}, "terms.pref_rate"),
    ],
)
def test_names_a_key_that_it_does_not_know(change, named):
    with pytest.raises(CommandError, match="unknown key") as refused:
        run(case("waterfall", simple) | change)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '[{"id": "X", "kind": "magic"}]', '[{"id": "X", "kind": "xirr", "flows": {}}]']
)
def test_refuses_a_file_that_is_no_list_of_cases(text, tmp_path):
    path = tmp_path / "odd.json"
    path.write_text(text)
    with pytest.raises(CommandError, match=r"odd\.json"):
        call_command("worked_examples", str(path))


def test_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("worked_examples", str(tmp_path / "nowhere.json"))


@pytest.mark.parametrize(
    ("kind", "terms", "flows", "message"),
    [
        ("waterfall", simple, [flow("2020-02-30", "contribution", "1")], "flows[0].date"),
        ("waterfall", simple, [flow("2020-02-01", "gift", "1")], "flows[0].type"),
        ("waterfall", {**simple, "order": "any"}, [], "terms.order"),
        ("waterfall", {**simple, "pref_rate": "much"}, [], "hurdle"),
        ("waterfall", {**simple, "loss_carryforward": "no"}, [], "terms.loss_carryforward"),
        ("waterfall", {**simple, "style": "american"}, [flow("2020-01-01", "contribution", "1")], "no deal"),
        ("waterfall", simple, [flow("2020-01-01", "writeoff", "1")], "no deal"),
        (
            "waterfall",
            {**simple, "investors": {"A": {}}},
            [flow("2020-01-01", "contribution", "1", investor="B")],
            "'B'",
        ),
        ("clawback", {"carry": "0.2"}, [], "carry_received"),
        ("prorata", {"method": "other", "weights": {"A": 1}}, [], "terms.method"),
        ("xirr", {}, [flow("2020-01-01", "cashflow", "NaN")], "flows[0].amount"),
        ("multiple", {}, [flow("2020-01-01", "nav", "1", status="maybe")], "flows[0].status"),
    ],
)
def test_says_what_it_cannot_read(kind, terms, flows, message):
    with pytest.raises(CommandError) as refused:
        run(case(kind, terms, flows))
    assert message in str(refused.value)


def test_needs_no_database():
    assert not needs_database(["manage.py", "worked_examples", "cases.json", "--json"])


# ---------------------------------------------------------------- what it refuses, by code


TWO_TIERS = [
    {"hurdle": "0.08", "catch_up": "1", "carry": "0.2"},
    {"hurdle": "0.12", "catch_up": "0", "carry": "0.3"},
]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"catch_up": "0.1"}, "catch_up_below_carry"),
        ({"pref_rate": "-0.01"}, "rate_out_of_range"),
        ({"pref_rate": "1.01"}, "rate_out_of_range"),
        ({"catch_up": "1.5"}, "rate_out_of_range"),
        ({"carry": "1"}, "rate_out_of_range"),
        ({"investors": {"A": {"carry": "0.25", "catch_up": "0.2"}}}, "catch_up_below_carry"),
        ({"tiers": TWO_TIERS[::-1]}, "tiers_out_of_order"),
        ({"tiers": [TWO_TIERS[0], TWO_TIERS[1] | {"carry": "0.1"}]}, "tiers_out_of_order"),
        ({"tiers": TWO_TIERS, "investors": {"A": {"pref_rate": "0.12"}}}, "tiers_out_of_order"),
    ],
)
def test_refused_terms(change, code):
    assert computed("waterfall", simple | change) == {"error": code}


def test_refused_amounts_and_weights():
    paid = [flow("2020-01-01", "contribution", "1.001")]
    assert computed("waterfall", simple, paid) == {"error": "amount.max_decimal_places"}
    nobody = [flow("2020-01-01", "distribution", "1.00")]
    assert computed("waterfall", simple | {"investors": {"A": {}}}, nobody) == {"error": "zero_weights"}
    assert computed("clawback", {"carry_received": "1", "profit": "1", "carry": "1.2"}) == {
        "error": "rate_out_of_range"
    }


def test_a_refusal_that_was_expected_agrees():
    assert "agrees" in printed(
        [case("waterfall", simple | {"catch_up": "0.1"}, expected={"error": "catch_up_below_carry"})]
    )


# ---------------------------------------------------------------- what the reference cases do not show


def test_fixed_weights_split_what_names_no_investor():
    terms = simple | {"investors": {"A": {"weight": "3"}, "B": {"weight": "1"}, "GP": {"role": "gp"}}}
    flows = [flow("2020-01-01", "contribution", "1000.00"), flow("2021-01-01", "distribution", "1200.00")]
    event = computed("waterfall", terms, flows)["events"][0]
    assert event["investors"]["A"]["apportioned"] == "900.00"
    assert event["investors"]["A"]["lp_total"] == "870.00"
    assert event["investors"]["GP"] == {"apportioned": "0.00", "gp_own": "0.00"}
    assert (event["lp_total"], event["gp_carry"]) == ("1160.00", "40.00")


def test_an_investor_excused_from_a_deal_has_no_share_in_its_exit():
    terms = simple | {"investors": {"A": {}, "B": {}}}
    flows = [
        flow("2020-01-01", "contribution", "100.00", investor="A", deal="one"),
        flow("2020-01-01", "contribution", "100.00", investor="B", deal="two"),
        flow("2021-01-01", "distribution", "150.00", deal="one"),
        flow("2021-01-01", "distribution", "50.00"),
    ]
    first, second = computed("waterfall", terms, flows)["events"]
    assert [first["investors"][name]["apportioned"] for name in "AB"] == ["150.00", "0.00"]
    assert [second["investors"][name]["apportioned"] for name in "AB"] == ["25.00", "25.00"]


def test_aggregate_and_per_investor_differ_when_one_paid_late():
    """A late closer's pref is shorter: on its own it starts sharing profit before the fund as a whole does."""
    flows = [
        flow("2020-01-01", "contribution", "100000.00", investor="early"),
        flow("2022-01-01", "contribution", "100000.00", investor="late"),
        flow("2023-01-01", "distribution", "220000.00"),
    ]
    each = computed("waterfall", simple, flows)
    assert each["totals"] == {"lp_total": "218000.00", "gp_carry": "2000.00", "gp_own": "0.00"}
    pooled = computed("waterfall", simple | {"scope": "aggregate"}, flows)
    assert pooled["totals"]["gp_carry"] == "0.00"
    assert pooled["state"] == {"unreturned_capital": "0.00", "accrued_pref": "12000.00"}
    named = simple | {"scope": "aggregate", "investors": {"early": {}, "late": {}}}
    allocated = computed("waterfall", named, flows)
    assert allocated["state"] == pooled["state"]
    assert allocated["events"][0]["investors"]["late"]["preferred_return"] == "10000.00"


def test_a_partner_may_have_tiers_of_its_own():
    own = {"tiers": [{"hurdle": "0.08", "catch_up": "0", "carry": "0.1"}]}
    terms = simple | {"investors": {"A": {}, "B": own}}
    flows = [flow("2020-01-01", "contribution", "100.00", investor=name) for name in "AB"]
    event = computed("waterfall", terms, [*flows, flow("2021-01-01", "distribution", "240.00")])["events"][0]
    assert "tiers" not in event["investors"]["A"]
    assert event["investors"]["A"]["gp_carry"] == "4.00"
    assert event["investors"]["B"]["tiers"][0]["split_gp"] == "1.20"


def test_only_the_capital_of_a_recallable_distribution_can_be_called_again():
    terms = simple | {"commitment": "1000.00"}
    flows = [
        flow("2020-01-01", "contribution", "600.00"),
        flow("2021-01-01", "recallable_distribution", "648.00"),
    ]
    assert computed("waterfall", terms, flows)["state"]["unfunded_commitment"] == "1000.00"


def test_deals_on_their_own_or_with_losses_carried_forward():
    """20, 45 and 50 m invested, 25, 35 and 65 m back: carry on 10 m of profit, or on 20 m of gains."""
    bought, sold = {"A": "20", "B": "45", "C": "50"}, {"A": "25", "B": "35", "C": "65"}
    flows = [
        flow("2020-01-01", "contribution", f"{cost}000000.00", deal=deal) for deal, cost in bought.items()
    ]
    flows += [
        flow(f"202{year}-01-01", "distribution", f"{price}000000.00", deal=deal)
        for year, (deal, price) in enumerate(sold.items(), 1)
    ]
    terms = {"style": "american", "pref_rate": "0", "catch_up": "0", "carry": "0.2"}
    assert computed("waterfall", terms, flows)["totals"]["gp_carry"] == "2000000.00"
    alone = terms | {"loss_carryforward": False}
    assert computed("waterfall", alone, flows)["totals"]["gp_carry"] == "4000000.00"


@pytest.mark.parametrize(
    ("terms", "returned"),
    [
        ({}, "52.00"),  # half of the invested cost is realised: half of the fees of 4.00
        ({"fee_allocation": "none"}, "50.00"),
        ({"fee_base": "commitment", "commitment": "200.00"}, "51.00"),
    ],
)
def test_a_realisation_returns_its_share_of_the_fees(terms, returned):
    flows = [
        flow("2020-01-01", "contribution", "50.00", deal="A"),
        flow("2020-01-01", "contribution", "50.00", deal="B"),
        flow("2020-01-01", "contribution", "4.00", deal="fee"),
        flow("2021-01-01", "distribution", "80.00", deal="A"),
    ]
    american = {"style": "american", "pref_rate": "0", "catch_up": "0", "carry": "0.2"}
    assert computed("waterfall", american | terms, flows)["totals"]["return_of_capital"] == returned


def test_a_write_down_is_due_with_the_next_realisation_for_each_who_funded_the_deal():
    investors = {"A": {}, "B": {}}
    terms = {"style": "american", "pref_rate": "0", "carry": "0.2", "investors": investors}
    flows = [
        flow("2020-01-01", "contribution", "30.00", deal="one", investor="A"),
        flow("2020-01-01", "contribution", "10.00", deal="one", investor="B"),
        flow("2020-01-01", "contribution", "20.00", deal="two", investor="A"),
        flow("2020-01-01", "contribution", "20.00", deal="two", investor="B"),
        flow("2021-01-01", "writeoff", "8.00", deal="one"),
        flow("2022-01-01", "distribution", "60.00", deal="two"),
    ]
    event = computed("waterfall", terms, flows)["events"][0]
    assert [event["investors"][name]["return_of_capital"] for name in "AB"] == ["26.00", "22.00"]


def test_a_reversed_movement_and_its_reversal_both_drop_out():
    flows = [
        flow("2024-01-01", "contribution", "100.00"),
        flow("2024-02-01", "contribution", "50.00", status="reversed"),
        flow("2024-02-02", "reversal", "-50.00"),
        flow("2024-06-30", "nav", "90.00"),
        flow("2024-12-31", "nav", "120.00"),
    ]
    found = computed("multiple", {"commitment": "200.00"}, flows)
    assert (found["paid_in"], found["pic"], found["nav"]) == ("100.00", "0.500000", "120.00")
    assert (found["dpi"], found["tvpi"], found["unfunded_commitment"]) == ("0.000000", "1.200000", "100.00")


@pytest.mark.parametrize(
    ("terms", "owed"),
    [
        ({"carry_received": "100", "carry_entitled": "40"}, ("60.00", "0.00", "60.00", "100.00", "60.00")),
        (
            {"carry_received": "100", "profit": "-5", "carry": "0.2"},
            ("100.00", "0.00", "100.00", "100.00", "100.00"),
        ),
        (
            {"carry_received": "100", "carry_entitled": "40", "lp_shortfall": "80", "tax_rate": "0.5"},
            ("60.00", "80.00", "80.00", "50.00", "50.00"),
        ),
        (
            {
                "carry_received": "100",
                "carry_entitled": "40",
                "tax_rate": "0.5",
                "tax_treatment": "reduce_clawback",
            },
            ("60.00", "0.00", "60.00", "50.00", "30.00"),
        ),
        (
            {"gross_clawback": "60", "carry_received": "100", "tax_rate": "0.5"},
            ("60.00", "0.00", "60.00", "50.00", "50.00"),
        ),
        ({"lp_shortfall": "30", "carry_received": "20"}, ("0.00", "30.00", "20.00", "20.00", "20.00")),
    ],
)
def test_clawback_of_stated_figures(terms, owed):
    assert tuple(computed("clawback", terms).values()) == owed


def test_clawback_to_a_multiple_of_what_was_paid_in():
    flows = [
        flow("2020-01-01", "contribution", "1000.00"),
        flow("2024-01-01", "lp_distribution", "1150.00"),
        flow("2024-01-01", "carry_paid", "100.00"),
    ]
    found = computed("clawback", {"carry": "0.2", "lp_floor_multiple": "1.2"}, flows)
    assert found["excess_carry"] == found["lp_shortfall"] == found["clawback_payable"] == "50.00"


def test_clawback_compares_only_what_happened_by_its_date():
    flows = [
        flow("2020-01-01", "contribution", "1000.00"),
        flow("2021-01-01", "lp_distribution", "1080.00"),
        flow("2021-01-01", "carry_paid", "20.00"),
        flow("2022-01-01", "contribution", "500.00"),
    ]
    terms = {"carry": "0.2", "pref_rate": "0.08", "day_count": "30E/360", "compounding": "quarterly"}
    assert computed("clawback", terms | {"final_date": "2021-01-01"}, flows)["clawback_payable"] == "2.43"
    assert computed("clawback", terms, flows)["clawback_payable"] == "20.00"


def test_splitting_in_whole_units():
    found = computed("prorata", {"total": "100", "weights": {"A": 1, "B": 1, "C": 1}, "unit": "1"})
    assert found == {"allocation": {"A": "34.00", "B": "33.00", "C": "33.00"}}


def test_a_difference_within_the_tolerance_agrees():
    expected = {"totals": {"gp_carry": "30000.02"}, "tolerance": "0.02"}
    assert "agrees" in printed([CASES[0] | {"expected": expected}])
    with pytest.raises(CommandError):
        printed([CASES[0] | {"expected": expected | {"tolerance": "0.01"}}])
    with pytest.raises(CommandError, match="nothing instead of 1"):
        printed([CASES[0] | {"expected": {"totals": {"more": "1"}}}], "--json")
    with pytest.raises(CommandError, match="1 entries instead of 0"):
        printed([CASES[0] | {"expected": {"events": []}}], "--json")


def test_results_are_computed_by_the_functions_of_the_application():
    (read,) = load_cases(json.dumps([CASES[0]]))
    assert compute(read) == CASES[0]["expected"]
