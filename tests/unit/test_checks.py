"""What should be looked at before letters go out, and on which days banks are open."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from blackgem.lib.business_days import closed_because, is_calendar, next_open_day
from blackgem.lib.errors import Conflict
from funds.calc.checks import Bank, PartOf, Severity, ToCheck, blocking, check_acknowledged, checks

TODAY = date(2026, 3, 2)
OPEN_DAY = date(2026, 3, 18)
ACME = PartOf("Acme", Decimal("100.00"))


def codes(**changed):
    about = {"currency": "USD", "calendar": "", "today": TODAY, "due_on": OPEN_DAY, "parts": [ACME]}
    about |= {"notice_days": 10, "bank": Bank.VERIFIED}
    return [
        (one.code.removeprefix("check."), one.severity.value) for one in checks(ToCheck(**about | changed))
    ]


@pytest.mark.parametrize(
    ("due_on", "calendar", "currency", "expected"),
    [
        (OPEN_DAY, "", "USD", []),
        (date(2019, 3, 4), "", "USD", ["due_date_past"]),
        (TODAY, "", "USD", ["due_date_today"]),
        (date(2026, 3, 3), "", "USD", ["due_date_next_day"]),
        (date(2026, 3, 11), "", "USD", ["due_date_short_notice"]),
        (date(2026, 3, 12), "", "USD", []),
        (date(2026, 3, 21), "", "USD", ["due_date_closed"]),
        (date(2026, 7, 3), "", "USD", ["due_date_closed"]),
        (date(2026, 7, 3), "GB", "USD", []),
        (date(2026, 4, 3), "", "EUR", ["due_date_closed"]),
        (date(2026, 3, 31), "US-CA", "USD", ["due_date_closed"]),
        (date(2026, 3, 20), "", "JPY", ["due_date_closed"]),
        (date(2026, 3, 20), "", "KWD", ["due_date_closed"]),
        (date(2026, 3, 29), "", "KWD", []),
        (date(2026, 3, 29), "", "XOF", ["due_date_closed"]),
    ],
)
def test_the_due_date(due_on, calendar, currency, expected):
    found = codes(due_on=due_on, calendar=calendar, currency=currency)
    assert found == [(code, "warning") for code in expected]


def test_what_blocks_stands_first_and_everything_else_only_warns():
    parts = [
        PartOf("Zero", Decimal(0)),
        PartOf("Excused", Decimal(0), excused=True),
        PartOf("Alone", Decimal(5), has_contact=False),
        PartOf("Small", Decimal("0.125"), by_hand=True),
    ]
    found = codes(currency="KWD", parts=parts, bank=Bank.MISSING, unprintable=["“🙂” cannot be printed"])
    assert found == [
        ("letter.unprintable", Severity.BLOCKING),
        ("bank_missing", "warning"),
        ("no_contact", "warning"),
        ("amount_zero", "warning"),
        ("amount_below_one", "warning"),
        ("amount_by_hand", "warning"),
    ]
    assert codes(bank=Bank.UNVERIFIED) == [("bank_unverified", "warning")]


def test_amounts_unlike_what_is_usual_are_warnings():
    """Within a tenth of what its commitment has, or a unit, a part is as it should be."""
    parts = [
        PartOf("Acme", Decimal(889), promised=Decimal(90)),
        PartOf("Bo", Decimal(111), promised=Decimal(10)),
    ]
    by_commitment = {"parts": parts, "total": Decimal(1000), "is_by_commitment": True}
    assert codes(**by_commitment) == [("share_unusual", "warning")]
    assert codes(**by_commitment | {"is_by_commitment": False}) == []
    assert (
        codes(
            **by_commitment
            | {
                "parts": [replace(parts[0], amount=Decimal(1000)), replace(parts[1], excused=True)],
                "total": None,
            }
        )
        == []
    )
    about = {"parts": parts, "total": Decimal(1000)}
    assert codes(**about, largest_before=Decimal("333.34"), looked_at_above=Decimal(1000)) == []
    assert codes(**about, largest_before=Decimal("333.33")) == [("amount_unusual", "warning")]
    assert codes(**about, looked_at_above=Decimal("999.99")) == [("amount_over_limit", "warning")]
    assert codes(**about, fees=(Decimal(20), Decimal(20))) == []
    assert codes(**about, fees=(Decimal("20.01"), Decimal(20))) == [("fees_over_terms", "warning")]
    asked_again = [replace(parts[0], excused_before=True), replace(parts[1], has_account=False)]
    assert codes(parts=asked_again) == [("excused_before", "warning"), ("no_account", "warning")]


def test_what_does_not_add_up_and_letters_of_another_script_block():
    parts = [PartOf("Acme", Decimal(90), lines=Decimal(89)), PartOf("Bo", Decimal(10), lines=Decimal(10))]
    assert codes(parts=parts, total=Decimal(101)) == [
        ("total_differs", "blocking"),
        ("lines_differ", "blocking"),
    ]
    mails = ("a@gr\N{CYRILLIC SMALL LETTER A}nite.example", "b@granit.example")
    written = [PartOf("Acme", Decimal(90), mails=mails, investor_id=7)]
    assert codes(parts=written, own_mails=["ir@granite.example"]) == [
        ("contact_homograph", "blocking"),
        ("contact_look_alike", "warning"),
    ]
    assert (
        codes(parts=[replace(written[0], amount=Decimal(0), excused=True)], own_mails=["ir@granite.example"])
        == []
    )


def test_each_warning_is_acknowledged_by_what_it_says():
    """A key of another sentence is none, and what blocks is not acknowledged."""
    about = ToCheck(
        currency="USD", calendar="", today=TODAY, due_on=OPEN_DAY, parts=[ACME], bank=Bank.MISSING
    )
    found = [*checks(replace(about, notice_days=99)), *blocking(["“🙂” cannot be printed"])]
    keys = [one.key for one in found]
    assert check_acknowledged(found, keys) == [one.message for one in found[:2]]
    shorter = checks(replace(about, notice_days=98))
    with pytest.raises(Conflict) as refused:
        check_acknowledged(shorter, keys)
    assert [one["key"] for one in refused.value.extra["checks"]] == [shorter[1].key]


@pytest.mark.parametrize(("in_totals", "found"), [((), 0), ({1}, 0), ({2, 40}, 1), ({3}, 0)])
def test_a_total_of_two_tells_each_what_the_other_has(in_totals, found):
    assert codes(in_totals=in_totals) == [("totals_of_two", "warning")] * found


def test_who_is_paid_needs_no_notice_but_an_open_day():
    """A distribution: nobody owes anything, so that today and tomorrow are as good as any day."""
    paid = {"bank": None, "notice_days": None, "date_field": "date"}
    for due_on in (TODAY, date(2026, 3, 3), date(2026, 3, 5)):
        assert codes(due_on=due_on, **paid) == []
    assert codes(due_on=date(2026, 2, 28), **paid) == [
        ("due_date_past", "warning"),
        ("due_date_closed", "warning"),
    ]
    by_hand = [PartOf("Acme", Decimal("100.00"), withheld_by_hand=True)]
    assert codes(parts=by_hand, **paid) == [("withheld_by_hand", "warning")]


def test_the_next_open_day_is_after_the_weekend_and_the_holiday():
    assert next_open_day(date(2026, 4, 3), calendar="", currency="EUR") == date(2026, 4, 7)
    assert closed_because(date(2026, 3, 27), calendar="", currency="KWD") == "a Friday"


def test_calendars_are_countries_and_their_parts():
    named = ["US", "US-NY", "GB-SCT", "", "us", "USA", "US-XX", "ZZ", "US-"]
    assert [name for name in named if is_calendar(name)] == ["US", "US-NY", "GB-SCT"]
