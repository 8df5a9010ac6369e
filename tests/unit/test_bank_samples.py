"""The files of `tests/files/bank`: what is read out of each, and whom its credits are from, as `expected.json` says."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from banking.calc.matching import Book, Item, is_proved, match
from banking.readers import Account, Refused, read_statements

FILES = Path(__file__).parents[1] / "files" / "bank"
EXPECTED = json.loads((FILES / "expected.json").read_text(encoding="utf-8"))
ACCOUNTS = [
    Account(id=row["id"], currency=row["currency"], bank=row.get("bank", "")) for row in EXPECTED["accounts"]
]


def read(case):
    data = (FILES / case["file"]).read_bytes()
    return read_statements(data, accounts=ACCOUNTS, account=case.get("account"), mapping=case.get("mapping"))


def plain(value, key=""):
    """Without nulls, and without the white space of names and texts."""
    if isinstance(value, dict):
        return {name: plain(one, name) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return "".join(value.split()) if key in ("name", "text") else value


@pytest.mark.parametrize("case", EXPECTED["files"], ids=lambda case: case["file"])
def test_a_file_gives_its_statements_or_its_refusal(case):
    if case["outcome"] == "read":
        found = read(case)
        assert found.format == case["format"]
        assert not found.refusals
        assert plain([statement.as_json() for statement in found.statements]) == plain(case["statements"])
        return
    try:
        found = read(case)
        assert not found.statements
        refusal = found.refusals[0]
    except Refused as error:
        refusal = error
    said = case["refusal"]
    assert {name: refusal.as_json()[name] for name in said if name != "gist"} == {
        name: value for name, value in said.items() if name != "gist"
    }


def book(payer_accounts):
    fund = EXPECTED["fund"]
    due = date.fromisoformat(fund["due_date"])
    items = [(row["item"], row["investor"], Decimal(row["outstanding"])) for row in fund["open_items"]] + [
        ("CC3-0001", "John Anderson", Decimal(0))
    ]
    return Book(
        items=tuple(
            Item(key=name, reference=name, partner=who, investor=who, outstanding=owed, due_date=due)
            for name, who, owed in items
        ),
        partner_references=tuple(name.partition("-")[2] for name, _, _ in items),
        calls=frozenset({1, 2, 3}),
        payer_accounts=payer_accounts,
        charge_limit=Decimal(fund["bank_charge_limit"]),
    )


@pytest.mark.parametrize(
    "case", [case for case in EXPECTED["files"] if "matches" in case], ids=lambda case: case["file"]
)
def test_credits_are_matched_with_score_and_reasons(case):
    (statement,) = read(case).statements
    known = case.get("given", {}).get("payer_accounts", {})
    proved = is_proved(statement.balance, statement.reversal_reading)
    found = [one.as_json(proved=proved) for one in match(statement.entries, book(known))]
    for row in [*found, *case["matches"]]:
        row.pop("note", None)
    for one, said in zip(found, case["matches"], strict=True):
        assert one == said
