"""Later closings, as tables that a fund administrator would draw: who pays, who gets back, with which interest."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError

from tests.worked_examples.test_cases import case, computed, differences, printed, run

CASES = json.loads(Path(__file__).with_name("closing_cases.json").read_text())
FIRST = {"on": "2026-01-15", "admit": {"A": "5000000.00", "B": "3000000.00", "GP": "200000.00"}}
SECOND = {"on": "2026-07-01", "pay_on": "2026-07-20", "admit": {"C": "4000000.00"}}
THIRD = {"on": "2026-09-30", "pay_on": "2026-10-20", "admit": {"D": "2000000.00", "B": "1000000.00"}}
D1 = {"id": "D1", "amount": "1500000.00", "due": "2026-02-16", "deal": "D1"}
COSTS = {"id": "costs", "amount": "82500.00", "due": "2026-02-16"}
D2 = {"id": "D2", "amount": "900000.00", "due": "2026-05-15", "deal": "D2"}
EXPENSES = {"id": "expenses", "amount": "41250.00", "due": "2026-05-15"}
D3 = {"id": "D3", "amount": "1220000.00", "due": "2026-09-15", "deal": "D3"}
CALL_4 = {"id": "Call 4", "amount": "760000.00", "due": "2026-10-20", "issued_on": "2026-10-05"}


def worked(*closings: dict, lines=(D1, COSTS, D2, EXPENSES), **terms) -> dict:
    return computed(
        "equalisation", {"closings": [FIRST, *closings], "lines": list(lines), "rate": "0.08"} | terms
    )


def money(table: str) -> dict[str, str]:
    """A row of a table: "A -1.00 B 1,000.00"."""
    words = table.replace(",", "").split()
    return dict(zip(words[::2], words[1::2], strict=True))


def has(found: dict, **rows: str) -> None:
    for name, row in rows.items():
        assert {key: found[name][key] for key in money(row)} == money(row), name


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case_agrees_to_the_cent(case):
    assert list(differences(case["expected"], run(case), Decimal(0))) == []


# ---------------------------------------------------------------- three closings


def test_a_third_closing_with_a_newcomer_and_an_increase():
    third = worked(SECOND, THIRD, lines=(D1, COSTS, D2, EXPENSES, D3))
    lines = third["closings"][1]["lines"]
    assert {key: line["days"] for key, line in lines.items()} == {
        "D1": 246,
        "costs": 246,
        "D2": 158,
        "expenses": 158,
        "D3": 35,
    }
    has(
        lines["D1"],
        delta="D 197,368.42 B 25,884.38 A -121,333.04 C -97,066.44 GP -4,853.32",
        interest="D 10,641.67 B 1,395.63 A -6,542.01 C -5,233.61 GP -261.68",
    )
    has(
        lines["costs"],
        delta="D 10,855.26 B 1,423.65 A -6,673.32 C -5,338.65 GP -266.94",
        interest="D 585.29 B 76.76 A -359.81 C -287.85 GP -14.39",
    )
    has(
        lines["D2"],
        delta="D 118,421.05 B 15,530.64 A -72,799.83 C -58,239.86 GP -2,912.00",
        interest="D 4,100.94 B 537.83 A -2,521.07 C -2,016.86 GP -100.84",
    )
    has(
        lines["expenses"],
        delta="D 5,427.63 B 711.83 A -3,336.66 C -2,669.33 GP -133.47",
        interest="D 187.96 B 24.65 A -115.55 C -92.44 GP -4.62",
    )
    has(
        lines["D3"],
        delta="D 160,526.32 B 21,052.63 A -98,684.21 C -78,947.37 GP -3,947.37",
        interest="D 1,231.43 B 161.50 A -757.03 C -605.62 GP -30.28",
    )
    has(
        third["closings"][1]["totals"],
        delta="D 492,598.68 B 64,603.13 A -302,827.06 C -242,261.65 GP -12,113.10",
        interest="D 16,747.29 B 2,196.37 A -10,295.47 C -8,236.38 GP -411.81",
    )
    has(
        third,
        commitments="A 5,000,000.00 B 4,000,000.00 C 4,000,000.00 D 2,000,000.00 GP 200,000.00",
        held_total="A 1,231,496.72 B 985,197.38 C 985,197.37 D 492,598.68 GP 49,259.85",
        unfunded="A 3,768,503.28 B 3,014,802.62 C 3,014,802.63 D 1,507,401.32 GP 150,740.15",
        interest_total="A -23,696.24 B -5,844.09 C 13,740.88 D 16,747.29 GP -947.84",
    )


def test_netted_with_a_call_of_the_day_on_which_it_is_paid():
    found = worked(SECOND, THIRD | {"net_with": ["Call 4"]}, lines=(D1, COSTS, D2, EXPENSES, D3, CALL_4))
    closing = found["closings"][1]
    rows = {
        "A": "call 250000.00 capital -302827.06 interest -10295.47 pays 0.00 receives 63122.53",
        "B": "call 200000.00 capital 64603.13 interest 2196.37 pays 266799.50 receives 0.00",
        "C": "call 200000.00 capital -242261.65 interest -8236.38 pays 0.00 receives 50498.03",
        "D": "call 100000.00 capital 492598.68 interest 16747.29 pays 609345.97 receives 0.00",
        "GP": "call 10000.00 capital -12113.10 interest -411.81 pays 0.00 receives 2524.91",
    }
    has(closing["notices"], **rows)
    assert (closing["cash_in"], closing["cash_out"]) == ("876145.47", "116145.47")
    has(
        closing,
        unfunded_before="A 3,465,676.22 B 3,079,405.75 C 2,772,540.98 D 2,000,000.00 GP 138,627.05",
        unfunded_after="A 3,518,503.28 B 2,814,802.62 C 2,814,802.63 D 1,407,401.32 GP 140,740.15",
    )


def test_a_call_issued_before_the_closing_is_netted_as_it_was_called():
    """Its shares move like those of every earlier line, and count as unfunded once."""
    call = CALL_4 | {"issued_on": "2026-09-20"}
    closing = worked(SECOND, THIRD | {"net_with": ["Call 4"]}, lines=(call,))["closings"][1]
    has(closing["notices"], A="call 311475.41 capital -61475.41 pays 250000.00")
    has(closing["notices"], D="call 0.00 capital 100000.00 interest 0.00 pays 100000.00")
    has(closing, unfunded_after="A 4,750,000.00 D 1,900,000.00")


# ---------------------------------------------------------------- fees, deals, distributions, values


@pytest.mark.parametrize(
    ("terms", "interest"),
    [
        ({}, "0.00"),
        ({"fee_interest": "per_instalment"}, "1170.70"),
        ({"fee_interest": "per_instalment", "no_interest": ["C"]}, "0.00"),
        ({"fee_interest": "first_closing"}, "2319.20"),
    ],
)
def test_fees_of_the_past_go_to_the_manager(terms, interest):
    """Each instalment from its own due date (688.51 and 482.19), or all from the first closing: 186 days."""
    fees = [("16888.89", "2026-01-15"), ("20000.00", "2026-04-01"), ("20000.00", "2026-07-20")]
    owed = {"fees": {"C": [{"amount": amount, "due": due} for amount, due in fees]}}
    closing = worked(SECOND | owed, **terms)["closings"][0]
    has(closing["notices"], C=f"capital 827459.02 fee 56888.89 fee_interest {interest}")
    has(closing, unfunded_after="C 3,172,540.98")
    margin = Decimal(closing["cash_in"]) - Decimal(closing["cash_out"])
    assert margin == Decimal("56888.89") + Decimal(interest)


def test_a_distribution_of_before_is_shared_anew_with_the_sign_turned():
    paid_out = {"id": "out", "on": "2026-06-10", "amount": "300000.00", "deal": "D2"}
    found = worked(SECOND, lines=[D2], distributions=[paid_out])
    closing = found["closings"][0]
    assert closing["lines"]["out"]["days"] == 40
    has(
        closing["lines"]["out"],
        delta="C -98,360.66 A 59,976.01 B 35,985.61 GP 2,399.04",
        interest="C -862.34 A 525.82 B 315.49 GP 21.03",
    )
    has(
        closing["totals"],
        delta="C 196,721.31 A -119,952.02 B -71,971.21 GP -4,798.08",
        interest="C 3,406.24 A -2,076.97 B -1,246.19 GP -83.08",
    )
    has(found, held_total="C 295,081.97", distributed_total="C 98,360.66")
    has(found, unfunded="C 3,704,918.03")


def test_a_distribution_that_may_be_recalled_moves_what_is_unfunded():
    paid_out = {"id": "out", "on": "2026-06-10", "amount": "300000.00", "recallable": True}
    closing = worked(SECOND, lines=[D2], distributions=[paid_out])["closings"][0]
    has(closing, unfunded_before="C 4,000,000.00", unfunded_after="C 3,803,278.69")


@pytest.mark.parametrize("terms", [{"distributions_rule": "keep"}, {"exclude": ["D2"]}])
def test_a_distribution_is_kept_by_the_terms_or_with_its_deal(terms):
    paid_out = {"id": "out", "on": "2026-06-10", "amount": "300000.00", "deal": "D2"}
    closing = {"exclude": terms.get("exclude", [])}
    rule = {key: value for key, value in terms.items() if key != "exclude"}
    found = worked(SECOND | closing, distributions=[paid_out], **rule)
    assert "out" not in found["closings"][0]["lines"]
    has(found, distributed_total="C 0.00 A 182,926.83")


def test_a_premium_in_place_of_interest():
    found = worked(SECOND | {"at_value": {"D2": "1080000.00"}}, lines=[D2], no_interest=["C"])
    line = found["closings"][0]["lines"]["D2"]
    assert line["days"] == 0
    has(
        line,
        premium="C 59,016.39 A -35,985.60 B -21,591.36 GP -1,439.43",
        interest="C 0.00 A 0.00",
    )
    has(found["closings"][0]["notices"], C="capital 295081.97 premium 59016.39 pays 354098.36")
    cheaper = worked(SECOND | {"at_value": {"D2": "450000.00"}}, lines=[D2])["closings"][0]["lines"]["D2"]
    has(cheaper, premium="C -147,540.99", delta="C 295,081.97")


def test_a_fee_is_never_shared_anew():
    fee = {"id": "fee", "amount": "30000.00", "due": "2026-02-16", "kind": "fee"}
    found = worked(SECOND, lines=[fee])
    assert found["closings"][0]["lines"] == {}
    has(found["held"], fee="A 18292.68 B 10975.61 GP 731.71 C 0.00")


def test_who_bears_no_interest_still_pays_capital():
    line = worked(SECOND, no_interest=["C"])["closings"][0]["lines"]["D1"]
    has(line, delta="C 491,803.28", interest="C 0.00 A 0.00 B 0.00 GP 0.00")


# ---------------------------------------------------------------- lines set by hand


def test_newcomers_take_their_share_from_holders_by_what_each_holds():
    """Of A, B and C by commitments C has 4 of 12 millions: a third, half from each of two who hold half."""
    line = D1 | {"items": {"A": "750000.00", "B": "750000.00"}, "amount": "1500000.00"}
    found = worked(SECOND, THIRD, lines=[line])
    second, third = (closing["lines"]["D1"] for closing in found["closings"])
    has(second, delta="C 500,000.00 A -250,000.00 B -250,000.00 GP 0.00")
    has(third, delta="D 200,000.00 A -66,666.67 B -66,666.67 C -66,666.66 GP 0.00")
    has(found["held"], D1="A 433333.33 B 433333.33 C 433333.34 D 200000.00 GP 0.00")


def test_an_increase_moves_nothing_on_a_line_set_by_hand():
    line = D1 | {"items": {"A": "1000000.00", "B": "500000.00"}}
    change = worked(SECOND | {"admit": {"B": "9000000.00"}}, lines=[line])["closings"][0]["lines"]["D1"]
    has(change, delta="A 0.00 B 0.00 GP 0.00")


def test_the_inside_part_is_split_by_itself():
    line = {"id": "X", "amount": "100.00", "due": "2026-02-16", "outside": "0.01"}
    found = worked(SECOND, lines=[line])
    has(found["held"], X="A 40.98 B 24.59 GP 1.64 C 32.79")
    has(found, unfunded="A 4,999,959.02 B 2,999,975.41 GP 199,998.36 C 3,999,967.22")


# ---------------------------------------------------------------- rates and units


@pytest.mark.parametrize(
    ("terms", "interest"),
    [
        ({"compounding": "annual_exponent"}, "-11946.54"),
        ({"compounding": "annual"}, "-12200.91"),
        ({"interest_end": "closing"}, "-12200.91"),
        ({"day_count": "act/360"}, "-12370.37"),
        ({"rate": None, "rates": [{"from": "2026-02-15", "rate": "0.08"}]}, "-12200.91"),
        ({"rate": "0.03", "spread": "0.05"}, "-12200.91"),
    ],
)
def test_ways_to_charge_interest(terms, interest):
    first = {"on": "2026-01-01", "admit": {"A": "10.00"}}
    later = {"on": "2026-08-01", "pay_on": "2026-08-01", "admit": {"B": "5.00"}}
    line = {"id": "X", "amount": "1000000.00", "due": "2026-02-15"}
    given = {"closings": [first, later], "lines": [line], "rate": "0.08"} | terms
    if "interest_end" in terms:
        later["pay_on"] = "2026-09-01"
    found = computed("equalisation", {key: value for key, value in given.items() if value is not None})
    has(found["closings"][0]["lines"]["X"], interest=f"A {interest}")


@pytest.mark.parametrize(
    ("due", "pay_on", "terms", "days", "interest"),
    [
        ("2028-02-29", "2029-02-28", {}, 365, "80.00"),
        ("2028-02-29", "2029-03-28", {}, 393, "86.63"),  # 28 days after the anniversary
        ("2027-02-28", "2028-02-28", {"day_count": "act/360"}, 365, "80.00"),
        ("2027-02-28", "2028-02-27", {"day_count": "act/360"}, 364, "80.89"),
        ("2027-02-28", "2028-02-27", {"day_count": "act/360", "count_both_ends": True}, 365, "80.00"),
    ],
)
def test_interest_compounds_on_anniversaries(due, pay_on, terms, days, interest):
    """A leap day has its anniversary on the day before; a whole year bears the rate, whatever the day count."""
    first = {"on": "2027-01-01", "admit": {"A": "1.00"}}
    later = {"on": pay_on, "pay_on": pay_on, "admit": {"B": "1.00"}}
    line = {"id": "X", "amount": "2000.00", "due": due}
    given = {"closings": [first, later], "lines": [line], "rate": "0.08", "compounding": "annual"} | terms
    found = computed("equalisation", given)["closings"][0]["lines"]["X"]
    assert (found["days"], found["interest"]["B"]) == (days, interest)


@pytest.mark.parametrize(
    ("unit", "delta", "interest"),
    [
        ("1", "A -334.00 B 334.00", "B 11.00"),
        ("0.001", "A -333.667 B 333.667", "B 11.262"),
        ("0.01", "A -333.67 B 333.67", "B 11.26"),
    ],
)
def test_whole_yen_and_thousandths_of_a_dinar(unit, delta, interest):
    first = {"on": "2026-01-15", "admit": {"A": "200.00"}}
    later = {"on": "2026-07-01", "pay_on": "2026-07-20", "admit": {"B": "100.00"}}
    line = {"id": "X", "amount": "1001.00", "due": "2026-02-16"}
    terms = {"closings": [first, later], "lines": [line], "rate": "0.08", "unit": unit}
    has(computed("equalisation", terms)["closings"][0]["lines"]["X"], delta=delta, interest=interest)


def test_the_gp_comes_last_unless_the_partners_are_listed():
    """Who comes first takes the odd cent."""
    gp = {"gp": {"name": "GP", "percent": "1/2"}, "lines": [D1 | {"amount": "0.01"}]}
    closings = [{"on": "2026-01-15", "admit": {"A": "1.00", "B": "1.00"}}]
    found = computed("equalisation", {"closings": closings} | gp)
    has(found, commitments="A 1.00 B 1.00 GP 1.00")
    has(found["held"], D1="A 0.01 B 0.00 GP 0.00")
    listed = computed("equalisation", {"closings": closings, "partners": ["GP", "B", "A"]} | gp)
    has(listed["held"], D1="GP 0.01 A 0.00")


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("closings", "terms", "code"),
    [
        ([SECOND | {"on": "2026-01-15"}], {}, "closing_order"),
        ([SECOND | {"pay_on": None}], {}, "closing_order"),
        ([SECOND | {"pay_on": "2026-06-30"}], {}, "closing_order"),
        ([SECOND, THIRD | {"on": "2026-07-19"}], {}, "earlier_closing_unsettled"),
        ([SECOND | {"admit": {"C": "0.00"}}], {}, "amount_not_positive"),
        ([SECOND | {"admit": {"C": "-1.00"}}], {}, "amount_not_positive"),
        ([SECOND], {"lines": [D1 | {"amount": "0.00"}]}, "amount_not_positive"),
        ([SECOND], {"lines": [D1 | {"issued_on": "2026-01-14"}]}, "line_before_first_closing"),
        ([SECOND], {"lines": [D1 | {"items": {"A": "1.00"}}]}, "items_do_not_add_up"),
        ([SECOND], {"lines": [D1 | {"items": {"C": "1500000.00"}}]}, "unknown_partner"),
        ([SECOND], {"lines": [D1 | {"items": {"A": "1500000.01", "B": "-0.01"}}]}, "negative_amount"),
        ([SECOND], {"lines": [D1 | {"outside": "1500000.01"}]}, "outside_exceeds_line"),
        ([SECOND], {"lines": [D1 | {"outside": "-0.01"}]}, "negative_amount"),
        ([SECOND], {"lines": [D1 | {"excused": ["E"]}]}, "unknown_partner"),
        ([SECOND], {"lines": [D1 | {"excused": ["A", "B", "GP"]}]}, "zero_weights"),
        ([SECOND], {"lines": [D1 | {"amount": "1.005"}]}, "amount.max_decimal_places"),
        ([SECOND | {"at_value": {"D1": "-1.00"}}], {}, "negative_amount"),
        ([SECOND | {"fees": {"D": [{"amount": "1", "due": "2026-02-16"}]}}], {}, "unknown_partner"),
        ([SECOND | {"fees": {"C": [{"amount": "-1", "due": "2026-02-16"}]}}], {}, "negative_amount"),
        ([SECOND], {"no_interest": ["E"]}, "unknown_partner"),
        ([SECOND], {"partners": ["A", "B", "GP"]}, "unknown_partner"),
        ([SECOND], {"gp": {"name": "X", "percent": "1.01"}}, "share_out_of_range"),
        ([SECOND], {"rate": "1.01"}, "rate_out_of_range"),
        ([SECOND], {"rate": "-0.01"}, "rate_out_of_range"),
        ([SECOND], {"rate": "0.99", "spread": "0.02"}, "rate_out_of_range"),
        ([SECOND], {"rate": None}, "rate_missing"),
        ([SECOND], {"rate": None, "rates": [{"from": "2026-02-17", "rate": "0.08"}]}, "rate_missing"),
        (
            [SECOND],
            {
                "rate": None,
                "rates": [{"from": "2026-01-01", "rate": "0.08"}],
                "compounding": "annual",
            },
            "rate_table_needs_simple",
        ),
        (
            [SECOND],
            {"rate": None, "rates": [{"from": "2026-01-01", "rate": "0.08"}] * 2},
            "period_overlap",
        ),
        ([SECOND], {"day_count": "30E/360"}, "day_count_unsupported"),
        ([SECOND], {"pref": {"rate": "1.08", "on": "2026-07-20"}}, "rate_out_of_range"),
    ],
)
def test_what_is_refused(closings, terms, code):
    assert worked(*closings, **terms) == {"error": code}


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ({"closings": [FIRST | {"fee": {}}]}, "terms.closings[0].fee"),
        ({"lines": [D1 | {"on": "2026-01-01"}]}, "terms.lines[0].on"),
        ({"distributions": [{"due": "2026-01-01"}]}, "terms.distributions[0].due"),
        ({"gp": {"share": "1"}}, "terms.gp.share"),
        ({"interest": "0.08"}, "terms.interest"),
    ],
)
def test_names_a_key_that_it_does_not_know(terms, named):
    with pytest.raises(CommandError, match="unknown key") as refused:
        run(case("equalisation", {"closings": [FIRST]} | terms))
    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"closings": []}, "terms.closings"),
        ({"closings": [FIRST, SECOND | {"exclude": ["D9"]}]}, "D9"),
        ({"closings": [FIRST, SECOND | {"at_value": {"D9": "1"}}]}, "D9"),
        ({"closings": [FIRST, SECOND | {"fees": {"C": [{"amount": "1"}]}}]}, "closings[1].fees.C"),
        ({"closings": [FIRST | {"admit": ["A"]}]}, "closings[0].admit"),
        ({"lines": [D1, D1]}, "the same id"),
        ({"lines": [D1 | {"excused": "A"}]}, "lines[0].excused"),
        ({"lines": [{"amount": "1", "due": "2026-02-16"}]}, "lines[0].id"),
        ({"rates": "0.08"}, "terms.rates"),
        ({"gp": {"name": "A", "percent": "0.02"}}, "A has a share"),
        ({"gp": "GP"}, "terms.gp"),
        ({"distributions_rule": "some"}, "distributions_rule"),
    ],
)
def test_says_what_it_cannot_read(terms, message):
    with pytest.raises(CommandError) as refused:
        printed([case("equalisation", {"closings": [FIRST]} | terms)], "--json")
    assert message in str(refused.value)
