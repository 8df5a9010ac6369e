"""On which days a partner is reminded of what is due."""

from datetime import date, timedelta

import pytest

from blackgem.lib.errors import InvalidInput
from funds.calc.reminders import as_text, step_due, steps_of

DUE = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("written", "steps"),
    [("", ()), (" 3,-7 , -1 ", (-7, -1, 3)), ("−2, 0, 0", (-2, 0)), ("-60, 90", (-60, 90))],
)
def test_days_are_kept_in_order(written, steps):
    assert steps_of(written) == steps
    assert steps_of(as_text(steps)) == steps


@pytest.mark.parametrize("written", ["weekly", "-61", "91", "1,2,3,4,5,6,7,8,9", "1;2", "1,,2", "--1", "１"])
def test_other_words_are_refused(written):
    with pytest.raises(InvalidInput):
        steps_of(written)


@pytest.mark.parametrize(
    ("day", "step"),
    [(-8, None), (-7, -7), (-5, -7), (-4, None), (-1, -1), (0, 0), (1, 0), (3, 3), (5, 3), (6, None)],
)
def test_a_step_is_due_on_its_day_and_two_days_after_unless_another_came(day, step):
    assert step_due((-7, -1, 0, 3), due_on=DUE, today=DUE + timedelta(days=day)) == step
