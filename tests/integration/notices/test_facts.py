"""What a capital call notice says: the facts that are frozen when the call is issued."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from blackgem.lib.opened import opened
from capital.models import CapitalCall
from capital.notices import write_call_notices
from capital.services import calls
from capital.services.plans import LinePlan
from funds.models import Notice, NoticeRendering
from tests.integration.capital.story import NOW

from .letters import notices, story

pytestmark = pytest.mark.django_db


def rows(facts, table="position"):
    return {row["label"]: (row["before"], row["this"], row["after"]) for row in facts[table]}


def test_every_partner_gets_one_letter_with_its_number_and_the_reference_to_quote():
    told = story()
    written = notices(told.issued("100000.00"))
    code = written[0].fund.code
    assert [notice.number for notice in written] == [f"{code}-CC1-000{n}" for n in (1, 2, 3)]
    assert [notice.facts["payment_reference"] for notice in written] == ["CC1-0001", "CC1-0002", "CC1-0003"]
    assert [notice.facts["amount"] for notice in written] == ["60000.00", "30000.00", "10000.00"]
    assert NoticeRendering.objects.count() == 3


def test_a_name_that_no_font_prints_is_refused_before_the_call_binds():
    told = story()
    investor = told.partners[1].investor
    investor.name = "Acme 🙂 Ventures"
    investor.save()
    with pytest.raises(Conflict, match=r"Acme 🙂 Ventures.*U\+1F642"):
        told.issued("100000.00")
    assert not CapitalCall.objects.exclude(status="draft").exists()
    investor.name = "한국투자증권"
    investor.save()
    assert len(notices(told.issued("100000.00"))) == 3


def test_the_position_shows_before_this_call_and_after():
    told = story()
    first = told.issued("200000.00")
    told.pay(first, "200000.00")
    second = told.issued("100000.00")
    told.pay_item(second.items.get(commitment=told.partners[0]), "20000.00")
    third = told.issued("50000.00")
    facts = notices(third)[0].facts
    assert rows(facts) == {
        "Commitment": ("600000.00", None, "600000.00"),
        "Called (cumulative)": ("180000.00", "30000.00", "210000.00"),
        "Paid (cumulative)": ("140000.00", None, "140000.00"),
        "Outstanding from earlier calls": ("40000.00", None, "40000.00"),
        "Due on this call": (None, "30000.00", "30000.00"),
        "Recallable distributions": ("0.00", None, "0.00"),
        "Unfunded commitment": ("420000.00", "-30000.00", "390000.00"),
    }
    assert rows(facts, "position_shares") == {
        "Commitment, % of the fund": ("0.60000000", None, "0.60000000"),
        "Called, % of your commitment": ("0.30000000", "0.05000000", "0.35000000"),
    }
    assert rows(facts, "fund_position")["Called (cumulative)"] == ("300000.00", "50000.00", "350000.00")
    assert rows(facts, "fund_position")["Unfunded commitment"] == ("700000.00", "-50000.00", "650000.00")


def test_the_columns_of_a_position_add_up_also_with_a_line_outside_the_commitment():
    told = story()
    told.issued("100000.00")
    lines = (
        LinePlan("investment", Decimal("40000.00")),
        LinePlan("subsequent_close_interest", Decimal("1000.00"), reduces_unfunded=False),
    )
    facts = notices(told.issued("41000.00", lines=lines))[0].facts
    for table in (rows(facts), rows(facts, "fund_position")):
        zero = "0.00"
        for column in range(3):
            value = {label: Decimal(cells[column] or zero) for label, cells in table.items()}
            owed = value["Outstanding from earlier calls"] + value["Due on this call"]
            assert value["Called (cumulative)"] == value["Paid (cumulative)"] + owed
            within = value["Called (cumulative)"] - value["of which outside the commitment"]
            assert (
                value["Unfunded commitment"]
                == value["Commitment"] - within + value["Recallable distributions"]
            )


def test_the_lines_are_shown_for_the_fund_and_for_the_partner_with_their_effect():
    told = story()
    allocation = told.allocate("400000.00")
    lines = (
        LinePlan("investment", Decimal("90000.00"), allocation_id=allocation.pk),
        LinePlan("management_fee", Decimal("10000.00"), reduces_unfunded=False, split_by="remaining"),
    )
    facts = notices(told.issued("100000.00", lines=lines))[1].facts
    assert facts["lines"] == [
        {
            "label": "Management fee",
            "reduces_unfunded": False,
            "split": "Split by remaining commitment",
            "fund": "10000.00",
            "partner": "3000.00",
            "excuse_reason": "",
        },
        {
            "label": f"Investment – {allocation.deal.name}",
            "reduces_unfunded": True,
            "split": "Split by commitment",
            "fund": "90000.00",
            "partner": "27000.00",
            "excuse_reason": "",
        },
    ]


def test_nobody_is_written_to_about_nothing():
    told = story(("600000.00", "300000.00", "0.00"))
    call = told.issued("100000.00", items=[told.excuse(told.partners[1])])
    assert [notice.commitment for notice in notices(call)] == [told.partners[0]]


def test_bank_details_carry_their_version_and_the_day_they_were_verified():
    told = story()
    facts = notices(told.issued())[0].facts
    assert (facts["bank"]["version"], facts["bank"]["verified_on"]) == (1, "2025-09-02")
    assert facts["bank"]["account_number"] == "000123456789"


def test_a_reworded_call_has_a_second_version_in_which_no_amount_moved():
    told = story()
    call = told.issued("100000.00")
    told.pay(call, "100000.00")
    told.issued("50000.00")
    calls.reword_call(
        call_id=call.pk,
        purpose="Acquisition, second tranche",
        purpose_detail="",
        due_date=date(2026, 4, 1),
        ctx=WriteContext(told.manager, NOW + timedelta(days=4)),
    )
    first, second = Notice.objects.filter(subject_id=call.pk, commitment=told.partners[0]).order_by("version")
    assert (second.version, second.number, second.dated_on) == (2, first.number, date(2026, 3, 5))
    assert "due date" in second.change_note
    assert (second.facts["call"]["purpose"], second.facts["call"]["due_on"]) == (
        "Acquisition, second tranche",
        "2026-04-01",
    )
    for name in ("amount", "lines", "position", "fund_position", "bank"):
        assert second.facts[name] == first.facts[name]


def test_the_number_of_queries_does_not_grow_with_the_partners(django_assert_max_num_queries):
    told = story(("1000.00",) * 40)
    call = CapitalCall.objects.get(pk=told.issued("400.00").pk)
    ctx = WriteContext(told.manager, NOW)
    with opened(ctx), django_assert_max_num_queries(14):
        written = write_call_notices(call=call, ctx=ctx)
    assert len(written) == 40
