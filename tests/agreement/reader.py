"""One life as its manager and its investors read it, and what the labels on a page mean."""

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from django.test import Client

from tests.agreement.facts import NOW, Said
from tests.agreement.life import Life
from tests.agreement.reading import Figure, amount, page_figures
from tests.support.api import token_of

#: What a label means, wherever it stands. A label that is not here is looked for under its place, in `PLACES`.
WORDS = {
    "committed": ("Commitment", "Commitments", "Committed"),
    "called": ("Called", "Total called", "Called from you"),
    "paid": ("Paid", "Funded", "Total funded", "Paid in"),
    "outstanding": ("Outstanding", "Due", "Still due"),
    "unfunded": ("Unfunded", "Unfunded commitment", "Unfunded commitments"),
    "paid out": ("Distributed", "Paid out", "Distributions", "Paid out to you"),
    "nav": ("Their net asset value, net", "Net asset value, net", "Your net asset value, net"),
    "declared": ("Declared", "Total declared", "Declared to you"),
    "payable": ("Payable", "Payable to you"),
    "gross": ("Gross", "Gross amount"),
    "withheld": ("Withheld", "Tax withheld"),
    "net": ("Net", "Net amount"),
}
NAMES = {label: name for name, labels in WORDS.items() for label in labels}


class Reader:
    """One life, read by its manager and by each of its investors."""

    def __init__(self, life: Life):
        self.life, self.fund = life, life.fund
        self.manager = Client()
        self.manager.force_login(life.manager)
        self.token = token_of(life.manager)
        self.investors = {}
        for name, partner in life.partners.items():
            client = Client()
            client.force_login(partner.investor.contacts.get().user)
            self.investors[name] = client

    def page(self, client, url) -> list[Figure]:
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        return page_figures(answer.content.decode())

    def api(self, path) -> dict:
        answer = Client().get(f"/api{path}", HTTP_AUTHORIZATION=f"Bearer {self.token}")
        assert answer.status_code == 200, (path, answer.content)
        return json.loads(answer.content, parse_float=Decimal, parse_int=Decimal)

    # ------------------------------------------------------------ what a row is about

    def partner(self, row: str) -> tuple | None:
        """A row of partners: each by its name, or the sum over all."""
        named = next((one for name, one in self.life.partners.items() if row.startswith(name)), None)
        if named:
            return ("partner", named.pk)
        return ("fund", self.fund.pk) if row in ("Total", "All partners") else None

    def call(self, row: str) -> tuple | None:
        found = re.match(r"(?:Capital call|Call) (\d+)", row)
        return ("call", int(found[1])) if found else None

    def distribution(self, row: str) -> tuple | None:
        found = re.match(r"Distribution (\d+)", row)
        return ("distribution", int(found[1])) if found else None

    def deal(self, row: str) -> tuple | None:
        found = re.match(r"Deal (Alpha|Beta)", row)
        return ("deal", found[1]) if found else None

    def part_of(self, about: Callable, partner) -> Callable:
        """Rows of calls or distributions, of which the figures are one partner's part."""

        def part(row):
            whole = about(row)
            return (f"part of {whole[0]}", whole[1], partner.pk) if whole else None

        return part

    # ------------------------------------------------------------ figures of a page

    def listed(self, figures, about, where, *, place=None, day=NOW) -> Iterator[Said]:
        """The lists of terms: each term is a figure of `about`."""
        for one in figures:
            if not one.column and (place is None or one.place == place) and one.row in NAMES:
                yield from self.said(about, NAMES[one.row], day, one.text, where)

    def tabled(self, figures, about: Callable, where, *, place, day=NOW) -> Iterator[Said]:
        """A table: each row is about something, each column a figure of it."""
        for one in figures:
            if one.place == place and one.column in NAMES and (subject := about(one.row)):
                yield from self.said(subject, NAMES[one.column], day, one.text, where)

    def said(self, about, name, day, text, where) -> Iterator[Said]:
        try:
            value = amount(text)
        except ValueError:
            return
        if value is not None:
            yield Said(about, name, day, value, where)


def answered(answer: dict, about, fields: dict[str, str], where, day=NOW) -> Iterator[Said]:
    for field, name in fields.items():
        if answer.get(field) is not None:
            yield Said(about, name, day, answer[field], where)
