"""Every address, asked by everybody, answers what `table.txt` declares. An address without a row fails."""

import re
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

from .routes import Route, Visitor, asked, is_file, nowhere, routes, told
from .world import PEOPLE

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("table.txt")
#: The administrators' pages have tests of their own; the manual is everybody's.
#: How many addresses answer each with a file, at the least.
FILES = dict(zip(PEOPLE, (0, 8, 10, 25, 20, 10, 30, 30), strict=True))
NOT_OF_A_FUND = ("admin/", "help/")


@cache
def read_table() -> dict[str, tuple[str, ...]]:
    """Route → what each of PEOPLE is told. A `*` in a route stands for anything; `ok` for whatever is no error."""
    rows = {}
    for line in TABLE.read_text().splitlines():
        words = line.split()
        if words and not line.startswith("#"):
            route, answers = " ".join(words[:2]), tuple(words[2:])
            assert len(answers) == len(PEOPLE), line
            assert route not in rows, line
            rows[route] = answers
    return rows


def row_of(table, route: Route) -> tuple[str, ...] | None:
    if str(route) in table:
        return table[str(route)]
    wide = (
        answers for pattern, answers in table.items() if "*" in pattern and fnmatchcase(str(route), pattern)
    )
    return next(wide, None)


def agrees(answer: str, declared: str) -> bool:
    """Whether an answer is the declared one. What `any` may answer depends on what else runs."""
    return answer == declared or declared == "any" or (declared == "ok" and answer < "5")


@pytest.fixture
def world(two_investors):
    return two_investors


def test_every_address_has_a_row_and_every_row_an_address():
    table, every = read_table(), routes()
    assert [str(route) for route in every if row_of(table, route) is None] == []
    known = [str(route) for route in every]
    assert [row for row in table if not any(fnmatchcase(route, row) or route == row for route in known)] == []


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_is_answered_as_declared(world, who):
    table, ids, visitor = read_table(), world.ids, Visitor(world, who)
    wrong, taken = {}, []
    for route in routes():
        declared = (row_of(table, route) or ["no row"] * len(PEOPLE))[PEOPLE.index(who)]
        response = visitor.ask(route, ids)
        answer = told(response)
        if is_file(response):
            taken.append(str(route))
            check_recorded(response, route, world, who)
        if not agrees(answer, declared):
            wrong[str(route)] = f"{answer}, declared {declared}"
    assert wrong == {}
    assert len(taken) >= FILES[who], taken


def check_recorded(response, route: Route, world, who: str) -> None:
    """A file is on the trail: by whom, from where, under which name, and where it is of one fund, of that fund."""
    [event] = response.taken
    assert (event.actor, event.address) == (world.people[who], "127.0.0.1"), route
    assert event.object_label in response["Content-Disposition"], route
    assert (event.verb == "open_document") == (response["Content-Type"] == "application/pdf"), route
    if who != "admin" and route.arguments and route.arguments != ["form"]:
        assert event.fund_id == world.story.fund.pk, route
    is_of_nobody = who == "admin" or route.path.startswith("portal/")
    assert event.fund_id or event.subjects or is_of_nobody, route


@pytest.mark.parametrize("who", ["anonymous", "lp_a", "other"])
def test_what_is_there_is_told_apart_from_nothing_by_nobody_else(world, who):
    """Investor B's ids are answered to others like ids that nobody has: the same status, headers and body. To investors
    with the same work: the database is asked the same."""
    ids, visitor = world.ids, Visitor(world, who)
    nothing = nowhere(ids)
    for route in routes():
        if not route.arguments or route.arguments == ["form"] or route.path.startswith(NOT_OF_A_FUND):
            continue
        there, nobody = visitor.ask(route, ids), visitor.ask(route, nothing)
        assert seen(there) == seen(nobody), route
        assert who == "other" or asked(there) == asked(nobody), route
        assert there.status_code != 200, route


def seen(response):
    """All that a client gets to see, but for the id that it asked for itself, where it is to come back to that."""
    headers = dict(response.headers)
    headers["Location"] = re.sub(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+", "N", headers.get("Location", "")
    )
    return response.status_code, headers, bytes(response.content)
