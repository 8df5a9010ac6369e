"""Every page, opened by somebody, and whether anything in the database changed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.http import HttpResponse
from django.test import Client

from tests.access.routes import Route, routes
from tests.access.world import World
from tests.integration.attacks.unchanged import BUT, OF_THE_OWNER

#: Who is signed in where and since when, and counts of attempts: written by looking, and about nothing else.
SEEN = {"django_session", "usersessions_usersession", "cache_entries", *OF_THE_OWNER}


def readings() -> list[Route]:
    """Every address of a page that can be looked at; signing out is no page."""
    return [one for one in routes() if one.verb == "GET" and "sign-out" not in one.path]


def browser_of(world: World, who: str, **headers) -> Client:
    """Signed in, which is written down, as this person."""
    assert world.ids
    browser = Client(headers=headers)
    if person := world.people[who]:
        browser.force_login(person)
    return browser


def open_all(
    world: World, browser: Client, query: str = "", *, named: str = ""
) -> Iterator[tuple[Route, HttpResponse, bytes]]:
    """Every page (with this in its address) with its whole content, as this browser gets it."""
    for route in readings():
        if named not in route.path:
            continue
        response = browser.get(route.address(world.ids) + query)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        yield route, response, content


def fingerprints() -> dict[str, tuple[int, int]]:
    """How many rows each table has, and a sum over all that stands in them, but for events of refusals."""
    names = sorted(set(connection.introspection.table_names()) - SEEN)
    probes = " UNION ALL ".join(
        f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {name} t{BUT.get(name, '')}"
        for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute(probes)
        return {name: (count, total) for name, count, total in cursor.fetchall()}


@contextmanager
def nothing_changed():
    """Not a row is added, taken away or changed."""
    before = fingerprints()
    yield
    changed = {name: before[name] for name, now in fingerprints().items() if now != before[name]}
    assert changed == {}, changed
