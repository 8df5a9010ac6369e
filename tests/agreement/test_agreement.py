"""No two places say different things: over random lives, whatever page, file or answer shows a figure of a day."""

import os
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from tests.agreement.explained import unexplained
from tests.agreement.facts import NOW, Record, Said, identities
from tests.agreement.life import ENDS, Life
from tests.agreement.reader import Reader
from tests.agreement.surfaces import everything

OF_LIMITED = ("committed", "paid", "paid out", "nav")
OF_ALL = ("committed", "called", "paid", "outstanding", "unfunded", "declared", "paid out", "payable")
LIVES = [
    ("USD", "UTC", True),
    ("JPY", "Pacific/Auckland", False),
    ("KWD", "America/Los_Angeles", True),
]


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Workers are not woken here."""
    monkeypatch.setattr("funds.services.notices.wake_workers", lambda: None)


def read_everything(life: Life, days) -> Record:
    record = Record()
    record.add(everything(Reader(life), days))
    for day in [NOW, *days]:
        record.add(added_up(record, life, day))
    return record


def added_up(record, life, day):
    """What the partners' statements come to, all and limited ones, beside what is said of them together."""
    everybody = list(life.partners.values())
    limited = [one for one in everybody if one.kind == "lp"]
    for whole, partners, names in (("limited partners", limited, OF_LIMITED), ("fund", everybody, OF_ALL)):
        for name in names:
            parts = [record.value(("partner", one.pk), name, day) for one in partners]
            if None not in parts:
                yield Said((whole, life.fund.pk), name, day, sum(parts, Decimal(0)), "statements added up")


def assert_agrees(life: Life, *days: date) -> Record:
    record = read_everything(life, [*days, *life.eves[:2], ENDS])
    assert record.differences() == []
    assert list(identities(record)) == []
    assert list(unexplained(life)) == []
    return record


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("currency", "zone", "has_deals"), LIVES)
def test_no_two_places_differ(currency, zone, has_deals):
    life = Life(13, currency, zone, has_deals=has_deals).live(22)
    done = Counter({deed: times for (deed, went), times in life.tally.items() if went})
    for deed in ("call", "pay", "settle", "distribute", "pay_out", "value", "reverse"):
        assert done[deed], f"{deed} never happened in this life"
    record = assert_agrees(life, date(2024, 12, 31))
    assert len(record.said) > 200
    assert record.said_once() == set()
    assert {
        f"{kind} {name}" for kind in ("net", "gross") for name in ("rvpi", "tvpi", "irr")
    } <= record.names()


@pytest.mark.deep
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(int(os.environ.get("LIVES", "20"))))
def test_no_two_places_differ_in_many_lives(seed):
    currency, zone, _ = LIVES[seed % 3]
    life = Life(100 + seed, currency, zone, has_deals=seed % 2 == 0).live(40)
    assert_agrees(life, date(2024, 12, 31), date(2025, 6, 30), date(2026, 3, 31))
