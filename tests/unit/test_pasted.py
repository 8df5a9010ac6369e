"""A table pasted from a spreadsheet: cells by column, whatever separates them, nothing lost."""

import pytest

from funds.calc.pasted import MOST_CHARACTERS, MOST_ROWS, read_pasted

ROW = {"name": "Acme, Ventures", "kind": "Company", "amount": "1,250,000.00", "closing_date": "2025-09-01"}


@pytest.mark.parametrize(
    "text",
    [
        "Acme, Ventures\tCompany\t1,250,000.00\t2025-09-01",
        'Commitment;Kind;Name;Closing date\r\n1,250,000.00;Company;"Acme, Ventures";2025-09-01\r\n',
        '"Acme, Ventures",Company,"1,250,000.00",2025-09-01\n\n',
        "LP\tType\tAmount\tClosing\nAcme, Ventures\tCompany\t1,250,000.00\t2025-09-01",
    ],
)
def test_cells_are_told_apart_by_what_separates_them_and_by_headings(text):
    pasted = read_pasted(text)
    assert pasted.problems == []
    assert [{name: cell for name, cell in row.items() if cell} for row in pasted.rows] == [ROW]


def test_a_cell_may_have_several_lines_and_a_column_that_is_not_taken_is_named():
    pasted = read_pasted('Name\tAmount\tAddress\tWe met\nAcme\t5\t"1 Main St\nBoston"\tin May\n')
    assert pasted.rows == [{"name": "Acme", "amount": "5", "address": "1 Main St\nBoston"}]
    assert pasted.left_out == ["We met"]


def test_what_cannot_be_read_is_said_and_not_guessed():
    assert "Row 1 has 8 cells" in read_pasted("Acme,company,1,250,000,2025-09-01,a,b").problems[0]
    assert "not closed" in read_pasted('"Acme,5').problems[0]
    assert "characters" in read_pasted("a" * (MOST_CHARACTERS + 1)).problems[0]
    assert "rows at a time" in read_pasted("a\t5\n" * (MOST_ROWS + 1)).problems[0]
    assert read_pasted("").rows == []
