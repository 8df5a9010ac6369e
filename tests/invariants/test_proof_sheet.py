"""The proof sheet of a closing, recalculated by a spreadsheet engine that is not ours, says what the closing says."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from closings.calc.equalise import equalise
from closings.calc.interest import Compounding, InterestTerms, RateFrom
from closings.calc.terms import (
    Beside,
    ClosingDays,
    EqualisationTerms,
    FeeInstalment,
    FeeInterest,
    HeldLine,
    InterestEnd,
    Resplit,
)
from closings.proof_sheet.build import build_proof_sheet
from closings.proof_sheet.terms import ProofFacts
from devtools.worked_examples import compute, equalisations
from devtools.worked_examples.reading import load_cases
from tests.support.examples import examples
from tests.support.random_closings import CENT, DAYS, EIGHT, FIRST, ON, PAY_ON, closings
from tests.support.recalculated import Recalculated
from tests.worked_examples.test_closings import CASES

AT = datetime(2026, 7, 1, tzinfo=UTC)


def recalculated(facts: ProofFacts, folder) -> Recalculated:
    path = folder / "proof.xlsx"
    path.write_bytes(build_proof_sheet(facts, heading=("A fund: closing 2", "SHA-256"), at=AT))
    return Recalculated(path)


def agrees(book: Recalculated, facts: ProofFacts) -> None:
    """No error, OK in every check, and the same amounts read by ourselves."""
    unit, lines = facts.unit, {str(change.key): change for change in facts.found.lines}
    assert book.errors() == []
    for row in book.rows("Shares", 3):
        assert row["Check"] == "OK", row
        change, key = lines.get(row["Line"]), facts.partners[int(row["Partner no."]) - 1]
        if change is not None:
            assert amount(row["Held after"], unit) == change.held[key]
            assert amount(row["Change: pays (+), gets back (−)"], unit) == change.delta[key]
            assert amount(row["Interest"], unit) == change.interest[key]
            assert amount(row["Premium"], unit) == change.premium[key]
    for row in book.rows("Lines", 3):
        change = lines.get(row["Line"])
        assert row["Check"] == "OK", row
        assert change is None or row["Days"] == change.days
    for row, notice in zip(book.rows("Notices", 3), facts.found.notices.values(), strict=True):
        assert amount(row["Pays"], unit) == notice.pays
        assert amount(row["Receives"], unit) == notice.receives
        assert amount(row["Interest on fees"], unit) == notice.fee_interest
        assert amount(row["Unfunded after"], unit) == notice.unfunded_after
    assert book.verdict == "OK"
    assert amount(book.cell("Result", 7, 2), unit) == facts.found.cash_in
    assert amount(book.cell("Result", 8, 2), unit) == facts.found.cash_out


def amount(number, unit: Decimal) -> Decimal:
    """A number of the engine, which is binary, as the amount that it shows."""
    return Decimal(repr(number or 0)).quantize(unit)


def proved(lines, before, after, terms, days, *, beside, unit) -> ProofFacts:
    found = equalise(lines, before, after, terms, days, beside=beside, unit=unit)
    return ProofFacts(lines, before, after, terms, days, found, beside, unit)


@pytest.mark.parametrize(
    "name",
    [
        "E1-published",
        "E1-exponent",
        "E1-count-both-ends",
        "E2-second-closing",
        "E5-floating-rate",
        "L07-equalisation-excused-pool",
        "L09-equalisation-anniversary",
        "L10-equalisation-due-after-closing",
    ],
)
def test_worked_examples_are_proved(name, tmp_path, monkeypatch):
    [case] = load_cases(json.dumps([case for case in CASES if case["id"] == name]))
    seen = []

    def watched(*given, **rest):
        seen.append(proved(*given, **rest))
        return seen[-1].found

    monkeypatch.setattr(equalisations, "equalise", watched)
    compute(case)
    for facts in seen:
        agrees(recalculated(facts, tmp_path), facts)


@st.composite
def terms(draw) -> EqualisationTerms:
    interest = draw(
        st.sampled_from(
            [
                *(
                    InterestTerms(Decimal("0.08"), compounding=one, count_both_ends=True)
                    for one in Compounding
                ),
                InterestTerms(Decimal("0.0725"), day_count="act/360"),
                InterestTerms(
                    rates=(
                        RateFrom(date(2024, 1, 1), Decimal("0.0675")),
                        RateFrom(date(2026, 5, 7), Decimal("0.065")),
                    ),
                    spread=Decimal("0.02"),
                ),
            ]
        )
    )
    return EqualisationTerms(
        interest,
        draw(st.sampled_from(InterestEnd)),
        draw(st.sampled_from([frozenset(), frozenset({"P0"})])),
        draw(st.sampled_from(FeeInterest)),
    )


@settings(
    examples(15),
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(closing=closings(), agreed=terms(), years=st.integers(0, 2), data=st.data())
def test_every_cent_is_the_same(closing, agreed, years, data, tmp_path):
    lines, before, after, _, unit = closing
    # A quarter of each line of a call is outside the commitments on some.
    lines = [
        replace(line, inside={key: part // (4 * unit) * unit for key, part in line.held.items()})
        if data.draw(st.booleans())
        else line
        for line in lines
    ]
    owed = FeeInstalment(1001 * unit, FIRST + timedelta(40))
    beside = {
        key: Beside((owed, owed), 7 * unit, 5 * unit, 10**6 * unit) for key in after if key not in before
    }
    later = timedelta(365 * years + 3)
    days = ClosingDays(ON + later, PAY_ON + later, FIRST)
    facts = proved(lines, before, after, agreed, days, beside=beside, unit=unit)
    agrees(recalculated(facts, tmp_path), facts)


def test_a_changed_figure_of_the_application_is_found(tmp_path):
    before = {"A": Decimal(5), "B": Decimal(3)}
    line = HeldLine("X", Decimal("80.00"), FIRST, {"A": Decimal("50.00"), "B": Decimal("30.00")})
    after, agreed = before | {"C": Decimal(4)}, EqualisationTerms(EIGHT)
    facts = proved([line], before, after, agreed, DAYS, beside={}, unit=CENT)
    [change] = facts.found.lines
    moved = change.interest | {"A": change.interest["A"] + CENT, "B": change.interest["B"] - CENT}
    wrong = replace(facts, found=replace(facts.found, lines=(replace(change, interest=moved),)))
    book = recalculated(wrong, tmp_path)
    assert (book.verdict, book.cell("Result", 6, 2)) == ("DIFFERS", 2)
    assert [row["Check"] for row in book.rows("Shares", 3)] == ["DIFFERS", "DIFFERS", "OK"]


def test_names_never_become_formulas(tmp_path):
    after = {"=1+1": Decimal(1), "B": Decimal(1)}
    line = HeldLine("=SUM(A1)", Decimal("2.00"), FIRST, {"=1+1": Decimal("2.00")})
    facts = proved([line], {"=1+1": Decimal(1)}, after, EqualisationTerms(EIGHT), DAYS, beside={}, unit=CENT)
    book = recalculated(facts, tmp_path)
    cells = [book.book["Notices"]["B4"], book.book["Lines"]["B4"], book.book["Shares"]["D4"]]
    assert {cell.data_type for cell in cells} == {"s"}
    agrees(book, facts)


def test_no_formula_is_longer_than_a_spreadsheet_takes(tmp_path):
    """Many newcomers, lines and rates: a formula names columns, never one cell after the other."""
    before = {f"P{number}": Decimal(number) for number in range(1, 4)}
    after = before | {f"N{number}": Decimal(number) for number in range(1, 61)}
    held = {"P1": Decimal("60.00"), "P3": Decimal("40.00")}
    lines = [HeldLine(number, Decimal("100.00"), FIRST, held, resplit=Resplit.FIXED) for number in range(4)]
    rates = tuple(
        RateFrom(date(2020, 1, 1) + timedelta(20 * step), step * Decimal("0.0001")) for step in range(200)
    )
    agreed = EqualisationTerms(InterestTerms(rates=rates))
    facts = proved(lines, before, after, agreed, DAYS, beside={}, unit=CENT)
    book = recalculated(facts, tmp_path)
    agrees(book, facts)
    cells = [cell.value for sheet in book.book for row in sheet.iter_rows() for cell in row]
    assert max(len(value) for value in cells if isinstance(value, str)) < 700
