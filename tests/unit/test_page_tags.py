"""How figures, dates and states are written on pages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template

from blackgem.shapes import SHAPES, STATUSES, status_of
from blackgem.templatetags.blackgem import (
    day_text,
    moment,
    money,
    money_text,
    percent,
    plain,
    progress_bar,
    rate,
    share_of,
)
from capital.states import AllocationState, CallStatus
from distributions.states import DistributionStatus
from funds.models import NoticeDelivery
from funds.templatetags.notices import isolated


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1250000", "USD", "$1,250,000.00"),
        ("-22000.5", "USD", "($22,000.50)"),
        ("0", "EUR", "€0.00"),
        ("1000", "CHF", "CHF\N{NO-BREAK SPACE}1,000.00"),
        ("1500.00", "JPY", "¥1,500"),
        ("9999999999999.99", "GBP", "£9,999,999,999,999.99"),
    ],
)
def test_money_shows_its_currency_and_every_cent(amount, currency, text):
    assert money_text(Decimal(amount), currency) == text


def test_money_on_a_page_names_its_currency_and_reads_as_the_plain_text():
    html = money(Decimal("-5"), "USD")
    assert html == (
        '<span class="money money-negative" title="USD">($5<span class="cents">.00</span>)</span>'
    )
    assert '(KWD 4<span class="cents">.125</span>)' in money(Decimal("-4.125"), "KWD").replace("\xa0", " ")
    assert "cents" not in money(Decimal(15), "JPY")
    assert money(None, "USD") == "–"


def test_an_amount_goes_back_into_a_form_as_digits():
    assert plain(Decimal("1250000.00"), "USD") == "1250000.00"
    assert plain(Decimal("1250.00"), "JPY") == "1250"
    assert plain(Decimal("1250.50"), "KWD") == "1250.500"
    assert plain(None, "USD") == ""


@pytest.mark.parametrize(
    ("fraction", "places", "text"),
    [
        ("0.75", 0, "75%"),
        ("0.0800", 1, "8.0%"),
        ("0.9999", 0, "99%"),
        ("1", 0, "100%"),
        ("0", 0, "0%"),
        ("0.001", 0, "<1%"),
        ("0.925", 0, "93%"),
    ],
)
def test_a_share_that_falls_short_never_reads_as_whole(fraction, places, text):
    assert percent(Decimal(fraction), places) == text


def test_a_rate_keeps_its_decimals():
    assert rate(Decimal("0.08000000")) == "8%"
    assert rate(Decimal("0.08250000")) == "8.25%"
    assert rate(Decimal("1.00000000")) == "100%"


def test_nothing_of_nothing_is_nothing():
    assert share_of(Decimal(0), Decimal(0)) == 0


def test_dates_are_written_out():
    assert day_text(date(2026, 2, 5)) == "Feb 5, 2026"
    assert "Feb 15, 2026, 14:05 UTC" in moment(datetime(2026, 2, 15, 14, 5, tzinfo=UTC))


def test_a_bar_never_leaves_its_frame():
    assert 'width="100.00%"' in progress_bar(Decimal(150), Decimal(100))
    assert 'width="33.33%"' in progress_bar(Decimal(1), Decimal(3))
    assert "style=" not in progress_bar(Decimal(1), Decimal(3))


@pytest.mark.parametrize(
    ("kind", "choices"),
    [
        ("call", CallStatus),
        ("distribution", DistributionStatus),
        ("allocation", AllocationState),
        ("notice", NoticeDelivery.State),
    ],
)
def test_every_state_has_a_shape_and_the_word_of_its_model(kind, choices):
    for value, label in choices.choices:
        assert STATUSES[kind][value].word == label
        assert STATUSES[kind][value].shape in SHAPES


def test_within_a_kind_no_two_states_look_alike_without_colour():
    for kind, looks in STATUSES.items():
        words = [look.word for look in looks.values()]
        assert len(set(words)) == len(words), kind


def test_an_unknown_status_is_shown_and_escaped():
    assert status_of("call", "on_hold").word == "On hold"
    page = Template('{% load blackgem %}{% status "call" value %}').render(Context({"value": "<b>x"}))
    assert "<b>" not in page


def test_each_line_of_a_letter_runs_in_the_direction_of_its_script():
    """Around Arabic stand the marks that keep its full stop and its numbers in their places; around others none."""
    assert isolated("Acme Ventures\nสมชาย ใจดี") == "Acme Ventures\nสมชาย ใจดี"
    assert isolated("شارع ١٢.\nRiyadh") == "\u2068شارع ١٢.\u2069\nRiyadh"
