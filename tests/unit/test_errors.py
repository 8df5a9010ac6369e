"""Domain errors carry their reasons."""

import pytest

from blackgem.lib.errors import Busy, Conflict, DomainError, Forbidden, InvalidInput, NotFound
from blackgem.lib.problems import Kind, Problem, raise_if


@pytest.mark.parametrize(
    ("error", "status"),
    [(InvalidInput, 422), (Conflict, 409), (Forbidden, 403), (NotFound, 404), (Busy, 503)],
)
def test_each_kind_has_its_status(error, status):
    raised = error("thing.wrong", "That is wrong.", field="amount", extra={"owed": 5})
    assert raised.status == status
    assert str(raised) == raised.message == "That is wrong."
    assert raised.extra == {"owed": 5}
    kind = Kind.CONFLICT if status in (403, 404, 409, 503) else Kind.INVALID
    assert raised.problems == (Problem("thing.wrong", "That is wrong.", "amount", kind),)


def test_busy_says_when_to_come_back():
    assert Busy("busy", "Try again.", retry_after=7).retry_after == 7


def test_invalid_input_is_a_value_error():
    assert issubclass(InvalidInput, ValueError)


def test_several_problems_are_raised_together():
    problems = [Problem("a", "First.", "amount", Kind.CONFLICT), Problem("b", "Second.", kind=Kind.CONFLICT)]
    with pytest.raises(Conflict) as caught:
        raise_if(problems)
    assert caught.value.problems == tuple(problems)
    assert (caught.value.code, caught.value.field) == ("a", "amount")
    assert caught.value.message == "First. Second."


def test_what_could_never_be_right_decides():
    with pytest.raises(InvalidInput):
        raise_if([Problem("a", "Not now.", kind=Kind.CONFLICT), Problem("b", "Never.")])


def test_no_problem_raises_nothing():
    raise_if([])
    assert issubclass(Conflict, DomainError)
