"""Audit events in words: the kernel tells them, with what each app registered of its own."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from blackgem.lib.timeline import Change, entries_of


def told(verb, **changes):
    event = SimpleNamespace(
        verb=verb,
        changes=changes,
        object_label="Call #1",
        actor=None,
        happened_at=datetime(2026, 3, 1, tzinfo=UTC),
        reason="",
    )
    (one,) = entries_of([event], "JPY", naming="Call #")
    return one.what, one.changes


@pytest.mark.parametrize(
    ("verb", "changes", "what", "left"),
    [
        (
            "record_payment",
            {"paid": [None, "Yes"], "investor": [None, "Ōsaka {LP}"], "status": ["sent", "fully_funded"]},
            "recorded Yes from Ōsaka {LP}: Call #1",
            (Change("Status", "Issued", "Funded"),),
        ),
        (
            "record_payment",
            {"paid": [None, "Yes"]},
            "recorded a payment: Call #1",
            (Change("Paid", "", "Yes"),),
        ),
        (
            "record_payment",
            {"paid": [None, "59985"], "investor": [None, "Ōsaka"], "max_unfunded": [None, "1.20"]},
            "recorded ¥59,985 from Ōsaka: Call #1",
            (Change("Max unfunded", "", "1.20"),),
        ),
        ("sign_in", {"kind": [None, "totp"]}, "signed in: Call #1", (Change("Kind", "", "Totp"),)),
        ("set_standing", {"standing": ["good", None]}, "changed the standing: Call #1", None),
        (
            "weigh_anchor",
            {"sent_to": [None, "sent"]},
            "weigh anchor: Call #1",
            (Change("Sent to", "", "sent"),),
        ),
    ],
)
def test_an_event_is_told_in_the_words_of_its_app(verb, changes, what, left):
    assert told(verb, **changes) == (what, left or (Change("Standing", "Good", "removed"),))
