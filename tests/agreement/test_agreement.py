"""No two places say different things: over random lives, whatever page, file or answer shows a figure of a day."""

from datetime import date
from decimal import Decimal

import pytest

from tests.agreement.facts import NOW, Record, Said, identities
from tests.agreement.life import Life
from tests.agreement.surfaces import Reader, everything

DAYS = [date(2024, 12, 31), date(2025, 6, 30), date(2026, 3, 31)]
ADDED = ("committed", "paid", "paid out", "nav")


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Workers are not woken here."""
    monkeypatch.setattr("funds.services.notices.wake_workers", lambda: None)


def read_everything(life: Life) -> Record:
    record = Record()
    record.add(everything(Reader(life), DAYS))
    for day in [NOW, *DAYS]:
        record.add(added_up(record, life, day))
    return record


def added_up(record, life, day):
    """What the limited partners' statements come to, beside what is said of all of them."""
    partners = [one for one in life.partners.values() if one.kind == "lp"]
    for name in ADDED:
        parts = [record.value(("partner", one.pk), name, day) for one in partners]
        if None not in parts:
            yield Said(
                ("limited partners", life.fund.pk), name, day, sum(parts, Decimal(0)), "statements added up"
            )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("currency", "zone"), [("USD", None), ("JPY", None), ("KWD", None)][:1])
def test_no_two_places_differ(currency, zone):
    life = Life(7, currency, zone).live(25)
    print(sorted(life.tally.items()))
    record = read_everything(life)
    print(len(record.said), sorted(record.places()), record.said_once())
    print("\n".join(record.differences()))
    assert record.differences() == []
    assert list(identities(record)) == []
