"""Cases of kind transfer: what moves, row by row, and what the transferor keeps."""

import pytest
from django.core.management import CommandError

from tests.worked_examples.test_cases import case, computed, printed

ROWS = [
    {"due": "2026-02-16", "kind": "contribution", "amount": "548780.49", "deal": "D1"},
    {"due": "2026-02-16", "kind": "contribution", "amount": "30182.93"},
    {"due": "2026-05-15", "kind": "contribution", "amount": "329268.29", "deal": "D2"},
    {"due": "2026-05-15", "kind": "contribution", "amount": "15091.46"},
    {"due": "2026-06-30", "kind": "contribution", "amount": "15000.00", "outside": True},
    {"due": "2026-06-10", "kind": "distribution", "amount": "109756.10", "deal": "D2"},
    {"due": "2026-08-31", "kind": "recallable", "amount": "182926.83", "deal": "D1"},
    {"due": "2026-10-05", "kind": "open_call", "amount": "150000.00"},
]
THIRD = {"share": "1/3", "effective_on": "2026-09-30"}


def transferred(*transfers: dict, rows=(), commitment="3000000.00", **terms) -> dict:
    given = {"commitment": commitment, "rows": list(rows), "transfers": list(transfers)}
    return computed("transfer", given | terms)


def moved(found: dict, number: int = 0) -> list[str]:
    return [row["moved"] for row in found["transfers"][number]["rows"]]


def kept(found: dict, number: int = 0) -> list[str]:
    return [row["kept"] for row in found["transfers"][number]["rows"]]


def totals(found: dict, name: str, number: int = 0) -> tuple[str, str, str]:
    total = found["transfers"][number]["totals"][name]
    return total["before"], total["moved"], total["kept"]


def row(due: str, amount: str, kind: str = "contribution", **rest) -> dict:
    return {"due": due, "kind": kind, "amount": amount, **rest}


def test_a_third_of_an_interest_with_a_call_still_open():
    found = transferred(THIRD, rows=ROWS, open_items="assume", capital_account="1523456.78")
    assert moved(found) == [
        *("182926.83", "10060.98", "109756.09", "5030.49", "5000.00"),
        *("36585.37", "60975.61", "50000.00"),
    ]
    assert kept(found)[:3] == ["365853.66", "20121.95", "219512.20"]
    expected = {
        "commitment": ("3000000.00", "1000000.00", "2000000.00"),
        "contributed": ("938323.17", "312774.39", "625548.78"),
        "contributed_outside": ("15000.00", "5000.00", "10000.00"),
        "distributed": ("292682.93", "97560.98", "195121.95"),
        "recallable": ("182926.83", "60975.61", "121951.22"),
        "open_call": ("150000.00", "50000.00", "100000.00"),
        "unfunded": ("2109603.66", "703201.22", "1406402.44"),
        "capital_account": ("1523456.78", "507818.93", "1015637.85"),
    }
    assert {name: totals(found, name) for name in expected} == expected


def test_rounding_does_not_drift():
    """Seven thirds of 100.10 are 233.57, and not seven times 33.37; in any order of the file."""
    rows = [row(f"2026-0{month}-01", "100.10") for month in (7, 1, 2, 3, 4, 5, 6)]
    found = transferred(THIRD, rows=rows)
    assert moved(found) == ["33.37", "33.37", "33.36", "33.37", "33.37", "33.36", "33.37"]
    assert totals(found, "contributed") == ("700.70", "233.57", "467.13")


def test_one_transfer_after_the_other_on_what_is_kept():
    """A third, then 500.00 of the 2,000.00 that are left, then all: nothing is left, and nothing is lost."""
    rows = [row("2026-01-10", "100.01"), row("2026-02-10", "0.02"), row("2026-03-10", "50.00", "recallable")]
    second = {"amount": "500.00", "effective_on": "2026-10-01"}
    rest = {"share": "1", "effective_on": "2026-10-01"}
    found = transferred(THIRD, second, rest, rows=rows, commitment="3000.00", offset_balance="10.00")
    assert [moved(found, number) for number in range(3)] == [
        ["33.34", "0.00", "16.67"],
        ["16.67", "0.00", "8.33"],
        ["50.00", "0.02", "25.00"],
    ]
    assert kept(found, 1) == ["50.00", "0.02", "25.00"]
    assert [totals(found, "commitment", number)[1] for number in range(3)] == ["1000.00", "500.00", "1500.00"]
    assert [totals(found, "offset_balance", number)[1] for number in range(3)] == ["3.33", "1.67", "5.00"]
    for name in found["transfers"][2]["totals"]:
        assert totals(found, name, 2)[2] == "0.00"


def test_what_falls_due_later_stays_and_counts_in_the_next_transfer():
    rows = [row("2026-09-30", "90.00"), row("2026-10-01", "30.00")]
    later = THIRD | {"effective_on": "2026-10-31"}
    found = transferred(THIRD, later, rows=rows)
    assert (moved(found), kept(found)) == (["30.00", "0.00"], ["60.00", "30.00"])
    assert totals(found, "contributed") == ("90.00", "30.00", "60.00")
    assert moved(found, 1) == ["20.00", "10.00"]


def test_a_reversal_takes_back_what_moved_of_its_row():
    rows = [row("2026-01-10", "100.01"), row("2026-01-20", "-100.01"), row("2026-01-30", "100.01")]
    assert moved(transferred(THIRD, rows=rows)) == ["33.34", "-33.34", "33.34"]


@pytest.mark.parametrize(
    ("unit", "parts"),
    [("1", ["33.00", "34.00", "33.00"]), ("0.001", ["33.333", "33.334", "33.333"])],
)
def test_whole_yen_and_thousandths_of_a_dinar(unit, parts):
    rows = [row(f"2026-0{month}-01", "100.00") for month in (1, 2, 3)]
    found = transferred(THIRD, rows=rows, commitment="400.00", unit=unit)
    assert moved(found) == parts
    assert totals(found, "commitment")[1] == {"1": "133.00", "0.001": "133.333"}[unit]


def test_income_of_the_quarter_by_days():
    own = {"share": "0.375", "effective_on": "2026-02-16"}
    income = {"amount": "90000.00", "from": "2026-01-01", "to": "2026-04-01"}
    found = transferred(own, THIRD, income=income)["income"]
    assert found == {"share": "33750.00", "transferor": "17250.00", "transferee": "16500.00"}
    loss = transferred(own | {"effective_on": "2026-01-01"}, income=income | {"amount": "-0.04"})["income"]
    assert loss == {"share": "-0.02", "transferor": "0.00", "transferee": "-0.02"}


JANUARY = {"amount": "1.00", "from": "2026-01-01", "to": "2026-02-01"}


@pytest.mark.parametrize(
    ("transfers", "terms", "code"),
    [
        ([THIRD | {"share": "0"}], {}, "share_out_of_range"),
        ([THIRD | {"share": "1.01"}], {}, "share_out_of_range"),
        ([{"amount": "0", "effective_on": "2026-09-30"}], {}, "share_out_of_range"),
        ([{"amount": "-1", "effective_on": "2026-09-30"}], {}, "negative_amount"),
        ([{"amount": "3000000.01", "effective_on": "2026-09-30"}], {}, "amount_exceeds_commitment"),
        ([THIRD, {"amount": "2000000.01", "effective_on": "2026-09-30"}], {}, "amount_exceeds_commitment"),
        ([THIRD], {"rows": ROWS}, "open_item_unpaid"),
        ([THIRD], {"commitment": "-1.00"}, "negative_amount"),
        ([THIRD], {"offset_balance": "-1.00"}, "negative_amount"),
        ([THIRD, THIRD | {"effective_on": "2026-09-29"}], {}, "date_order"),
        ([THIRD], {"income": JANUARY}, "date_order"),
        ([THIRD | {"effective_on": "2026-02-01"}], {"income": JANUARY}, "date_order"),
        ([THIRD], {"rows": [row("2026-01-01", "0.01")], "unit": "1"}, "amount.max_decimal_places"),
    ],
)
def test_what_is_refused(transfers, terms, code):
    assert transferred(*transfers, **terms) == {"error": code}


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"transfers": [{"effective_on": "2026-09-30"}]}, "a share or an amount"),
        ({"transfers": [THIRD | {"amount": "1"}]}, "a share or an amount"),
        ({"rows": [row("2026-01-01", "1", "gift")]}, "terms.rows[0].kind"),
        ({"rows": [row("2026-01-01", "1", sign=1)]}, "terms.rows[0].sign"),
        ({"income": JANUARY}, "terms.income"),
        ({"open_items": "keep"}, "terms.open_items"),
    ],
)
def test_says_what_it_cannot_read(terms, message):
    with pytest.raises(CommandError) as refused:
        printed([case("transfer", {"commitment": "1.00"} | terms)], "--json")
    assert message in str(refused.value)
