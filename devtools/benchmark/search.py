"""The search over 50 funds of 500 partners each, from the address to the list, beside its statement alone."""

from collections.abc import Iterator

import psycopg
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blackgem.models import User

from .figures import Figure, milliseconds, p95
from .population import Shape
from .scratch import Scratch, url_of, use

HEADINGS = ("search (50 funds × 500 partners)", "p95", "its SQL alone, p95", "ratio", "goal", "")
SHAPE, QUICK = Shape(50, 40, 500), Shape(5, 4, 50)
GOAL = 0.1
#: What somebody types, by what it is.
TEXTS = {
    "one letter": "i",
    "the word of every name": "investor",
    "a name": "investor 4",
    "a name with a slip": "invsetor 4711",
    "nothing that is there": "zephyr holdings",
    "a fund": "fund 7",
    "a call": "call 12",
    "a reference": "0417",
    "an amount": "$1,234.50",
    "a payment by name": "record payment investor 41",
}


def measure(scratch: Scratch, *, quick: bool) -> Iterator[Figure]:
    database = scratch.populated("search", QUICK if quick else SHAPE, paid=False)
    use(database)
    client = Client(headers={"HX-Request": "true"})
    client.force_login(User.objects.get(pk=1))
    with psycopg.connect(url_of("default", database), autocommit=True) as bare:
        for name, text in TEXTS.items():
            yield _figure(client, bare, name, text, rounds=10 if quick else 60)
    use(scratch.template)
    scratch.drop(database)


def _figure(client: Client, bare: psycopg.Connection, name: str, text: str, *, rounds: int) -> Figure:
    def ask():
        return client.get(reverse("dashboard:search"), {"q": text})

    with CaptureQueriesContext(connection) as captured:
        ask()
    statements = [one["sql"] for one in captured.captured_queries if "search_pattern" in one["sql"]]
    page = p95(ask, rounds)
    alone = p95(lambda: [bare.execute(statement).fetchall() for statement in statements], rounds)
    return Figure(
        name,
        milliseconds(page),
        milliseconds(alone),
        ratio=page / alone if statements else None,
        goal=f"≤ {milliseconds(GOAL)}",
        met=page <= GOAL,
    )
