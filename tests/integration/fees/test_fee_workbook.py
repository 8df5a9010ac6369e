"""The fee workbook, recalculated by a spreadsheet engine that is not ours, says what the runs say."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from fees.queries.workbook import facts_of, workbook_of
from fees.workbook import build_fee_workbook
from tests.integration.fees.story import FeeStory
from tests.support.recalculated import Recalculated, cents

pytestmark = pytest.mark.django_db
AT = datetime(2027, 1, 1, tzinfo=UTC)
APRIL, JULY, OCTOBER = date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)


def recalculated(content, folder) -> Recalculated:
    path = folder / "fees.xlsx"
    path.write_bytes(content)
    return Recalculated(path)


def test_every_run_is_proved(tmp_path):
    """A stub, an offset that is carried, a side letter, a step down that is trued up, a waiver, tax."""
    story = FeeStory(schedule={"effective_on": date(2026, 2, 10), "vat_rate": "0.19"})
    story.letter(story.partners[1], own_rate="0.0175")
    story.letter(story.partners[2], discount="0.1", waived="2000.00")
    story.income(date(2026, 2, 12), "60000.00", offset_rate="0.8")
    story.run(date(2026, 2, 12))
    story.run(APRIL, waived="1000.00")
    story.set_schedule(date(2026, 8, 20), effective_on=date(2026, 5, 16), rate="0.015")
    story.run(JULY)
    story.run(OCTOBER)
    story.set_schedule(OCTOBER, effective_on=date(2027, 1, 1), time_rule="30E/360", rate="0.0185")
    story.run(date(2027, 1, 1))
    story.set_schedule(date(2027, 4, 1), effective_on=date(2027, 4, 1), time_rule="act/365")
    story.run(date(2027, 4, 1))
    facts = facts_of(story.fund)
    book = recalculated(workbook_of(story.fund, at=AT), tmp_path)
    assert book.errors() == []
    assert (book.verdict, book.cell("Result", 6, 2)) == ("OK", 0)
    assert cents(book.cell("Result", 7, 2)) == sum(run.net for run in facts)
    lines = [line for run in facts for line in run.lines]
    for row, line in zip(book.rows("Partners", 3), lines, strict=True):
        for title, name in (("Net fee", "net"), ("Tax", "tax"), ("Offset carried forward", "offset_carried")):
            assert cents(row[title]) == line.amounts[name]
    assert any(line.amounts["true_up"] for line in lines)

    wrong = replace(lines[0], amounts=lines[0].amounts | {"net": lines[0].amounts["net"] + Decimal("0.01")})
    first = replace(facts[0], lines=[wrong, *facts[0].lines[1:]])
    changed = build_fee_workbook([first, *facts[1:]], unit=Decimal("0.01"), heading=("=1+1", ""), at=AT)
    book = recalculated(changed, tmp_path)
    assert (book.verdict, book.cell("Result", 6, 2)) == ("DIFFERS", 1)
    assert book.book["Result"]["A1"].data_type == "s"


def test_discounts_of_what_the_offset_left_are_proved(tmp_path):
    story = FeeStory(schedule={"effective_on": APRIL, "discount_order": "offset_first"})
    story.letter(story.partners[1], own_rate="0.0175")
    story.income(date(2026, 3, 20), "222000.00")
    for day in (APRIL, JULY, OCTOBER):
        story.run(day)
    book = recalculated(workbook_of(story.fund, at=AT), tmp_path)
    assert (book.errors(), book.verdict) == ([], "OK")
    paid = [cents(row["Net fee"]) for row in book.rows("Partners", 3) if row["Run"] == 3]
    assert Decimal("11666.66") in paid
