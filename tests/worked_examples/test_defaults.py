"""Cases of kind default: C owes 200,000.00 of a call; A, B and the GP are the others."""

import pytest
from django.core.management import CommandError

from tests.worked_examples.test_cases import case, computed, printed

OTHERS = {
    "A": {"commitment": "5000000.00", "item": "250000.00"},
    "B": {"commitment": "3000000.00", "item": "150000.00"},
    "GP": {"commitment": "200000.00", "item": "10000.00"},
}
ITEM = {"amount": "200000.00", "due": "2026-05-15"}
PAID = [{"on": "2026-06-19", "amount": "200000.00"}]


def default(**terms) -> dict:
    return computed("default", {"item": ITEM, "rate": "0.10", "others": OTHERS} | terms)


def money(table: str) -> dict[str, str]:
    words = table.replace(",", "").split()
    return dict(zip(words[::2], words[1::2], strict=True))


def test_interest_for_35_days_goes_to_the_others():
    found = default(payments=PAID)
    assert found["payments"] == [{"days": 35, "interest": "1917.81"}]
    assert found["interest_to_others"] == money("A 1,169.40 B 701.64 GP 46.77")
    assert (found["unpaid"], found["accrued"], found["costs_covered"]) == ("0.00", "0.00", "0.00")


def test_each_payment_bears_its_own_interest_and_costs_come_first():
    """14 days on 30,000.00, 45 on 20,000.01, 75 on the rest, from a due date in a leap year."""
    found = default(
        item={"amount": "100000.00", "due": "2028-02-15"},
        payments=[{"on": "2028-02-29", "amount": "30000.00"}, {"on": "2028-03-31", "amount": "20000.01"}],
        as_of="2028-04-30",
        costs="200.00",
    )
    assert found["payments"] == [{"days": 14, "interest": "115.07"}, {"days": 45, "interest": "246.58"}]
    assert (found["unpaid"], found["accrued"], found["interest"]) == ("49999.99", "1027.40", "361.65")
    assert found["costs_covered"] == "200.00"
    assert found["interest_to_others"] == money("A 98.57 B 59.14 GP 3.94")
    assert default(payments=PAID, costs="2000.00")["interest_to_others"] == money("A 0.00 B 0.00 GP 0.00")


@pytest.mark.parametrize(
    ("terms", "days", "interest"),
    [
        ({"day_count": "act/360"}, 35, "1944.44"),
        ({"day_count": "30E/360"}, 34, "1888.89"),
        ({"item": ITEM | {"due": "2026-06-20"}}, 0, "0.00"),
        ({"unit": "1"}, 35, "1918.00"),
        ({"unit": "0.001"}, 35, "1917.808"),
    ],
)
def test_ways_to_count_days(terms, days, interest):
    assert default(payments=PAID, **terms)["payments"] == [{"days": days, "interest": interest}]


def test_the_shortfall_is_called_from_the_others_up_to_half_of_their_items():
    found = default(payments=PAID, shortfall={})["shortfall"]
    assert found["caps"] == money("A 125,000.00 B 75,000.00 GP 5,000.00")
    assert found["extra"] == money("A 121,951.22 B 73,170.73 GP 4,878.05")
    assert found["left_under_cap"] == money("A 3,048.78 B 1,829.27 GP 121.95")
    assert (found["called"], found["uncovered"]) == ("200000.00", "0.00")


def test_what_nobody_can_be_asked_for_stays_uncovered():
    others = OTHERS | {"B": OTHERS["B"] | {"remaining": "60000.00"}}
    found = default(others=others, shortfall={})["shortfall"]
    assert found["extra"] == found["caps"] == money("A 125,000.00 B 60,000.00 GP 5,000.00")
    assert (found["called"], found["uncovered"]) == ("190000.00", "10000.00")


def test_the_cap_may_be_a_part_of_all_that_was_contributed():
    """40 % of 500,000.00, 300,000.00 and 20,000.00. Where only 1.00 remains of the GP, it weighs 1.00."""
    contributed = {"A": "500000.00", "B": "300000.00", "GP": "20000.00"}
    others = {name: own | {"contributed": contributed[name]} for name, own in OTHERS.items()}
    terms = {"cap": "0.40", "cap_base": "contributed"}
    found = default(others=others, shortfall=terms)["shortfall"]
    assert found["caps"] == money("A 200,000.00 B 120,000.00 GP 8,000.00")
    assert found["extra"] == money("A 121,951.22 B 73,170.73 GP 4,878.05")
    others["GP"] |= {"remaining": "1.00"}
    little = default(others=others, shortfall=terms)["shortfall"]
    assert little["extra"] == money("A 124,999.98 B 74,999.99 GP 0.03")


def test_the_part_for_the_fee_is_never_called_from_the_others():
    found = default(item=ITEM | {"fee_part": "20000.00"}, shortfall={})["shortfall"]
    assert (found["amount"], found["called"]) == ("180000.00", "180000.00")


def test_half_of_the_interest_is_forfeited():
    figures = {"capital_account": "1150000.00", "commitment": "4000000.00", "item": "200000.00"}
    found = default(forfeit={"share": "1/2"} | figures)["forfeit"]
    assert found["capital_account"] == {
        "moved": "575000.00",
        "others": money("A 350,609.76 B 210,365.85 GP 14,024.39"),
    }
    assert found["commitment"]["others"] == money("A 1,219,512.19 B 731,707.32 GP 48,780.49")
    assert found["item"]["others"] == money("A 60,975.61 B 36,585.37 GP 2,439.02")


def test_an_account_below_zero_is_forfeited_like_one_above():
    lost = default(forfeit={"share": "1", "capital_account": "-0.05"})["forfeit"]["capital_account"]
    assert lost == {"moved": "-0.05", "others": money("A -0.03 B -0.02 GP 0.00")}


def test_a_forced_sale_pays_half_of_the_lesser_less_what_is_owed():
    sale = {"contributions": "1000000.00", "value": "1150000.00"}
    assert default(payments=PAID, sale=sale)["sale"] == {"gross": "500000.00", "net": "498082.19"}
    found = default(as_of="2026-06-19", costs="1000.00", sale=sale | {"value": "3000.01", "share": "1"})
    assert found["sale"] == {"gross": "3000.01", "net": "82.20"}
    assert default(costs="500000.01", sale=sale)["sale"]["net"] == "0.00"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"payments": [*PAID, {"on": "2026-06-20", "amount": "0.01"}]}, "payment_exceeds_item"),
        ({"item": ITEM | {"fee_part": "200000.01"}}, "fee_part_exceeds_item"),
        (
            {"item": ITEM | {"fee_part": "0.01"}, "shortfall": {"amount": "200000.00"}},
            "shortfall_exceeds_item",
        ),
        ({"rate": "1.01"}, "rate_out_of_range"),
        ({"rate": "-0.01"}, "rate_out_of_range"),
        ({"shortfall": {"cap": "1.5"}}, "rate_out_of_range"),
        ({"forfeit": {"share": "0", "item": "1.00"}}, "share_out_of_range"),
        ({"forfeit": {"share": "1", "commitment": "-1.00"}}, "negative_amount"),
        ({"sale": {"contributions": "1", "value": "1", "share": "2"}}, "share_out_of_range"),
        ({"sale": {"contributions": "1", "value": "-1"}}, "negative_amount"),
        ({"costs": "-1"}, "negative_amount"),
        ({"item": ITEM | {"amount": "-1"}}, "negative_amount"),
        ({"payments": [{"on": "2026-06-19", "amount": "-1"}]}, "negative_amount"),
        ({"others": {"A": {"commitment": "1", "remaining": "-1"}}}, "negative_amount"),
        ({"others": {}}, "zero_weights"),
        ({"others": {"A": {"commitment": "1", "remaining": "0"}}, "shortfall": {}}, "zero_weights"),
        ({"payments": PAID, "as_of": "2026-06-18"}, "date_order"),
    ],
)
def test_what_is_refused(terms, code):
    assert default(**terms) == {"error": code}


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"others": {"A": 1}}, "terms.others.A has to be an object"),
        ({"others": {"A": {"commitment": "1", "units": "1"}}}, "terms.others.A.units"),
        ({"item": {"due": "2026-05-15"}}, "terms.item.amount is missing"),
        ({"shortfall": {"caps": "1"}}, "terms.shortfall.caps"),
        ({"rate": None}, "terms.rate"),
    ],
)
def test_says_what_it_cannot_read(terms, message):
    with pytest.raises(CommandError) as refused:
        printed([case("default", {"item": ITEM, "rate": "0.10", "others": OTHERS} | terms)], "--json")
    assert message in str(refused.value)
