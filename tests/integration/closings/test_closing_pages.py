"""A later closing on the pages: drafted, submitted, settled by a second person, collected, and paid back."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from closings.models import Closing
from tests.factories import InvestorFactory
from tests.integration.closings.story import ClosingStory
from tests.support.invariants import violations
from tests.support.pages import text_of
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
PAID_ON = date(2026, 7, 20)

ROWS = {
    "tranche-TOTAL_FORMS": "1",
    "tranche-INITIAL_FORMS": "0",
    "fee-TOTAL_FORMS": "1",
    "fee-INITIAL_FORMS": "0",
    "rate-TOTAL_FORMS": "0",
    "rate-INITIAL_FORMS": "0",
}


@staged
def story():
    made = ClosingStory()
    made.first_two_calls()
    return made


def to(name: str, *ids, **query) -> str:
    return reverse(f"closings:{name}", args=ids, query=query or None)


def typed(story, **more) -> dict:
    """The form of the second closing of the published example, with one fee."""
    return {
        **ROWS,
        "fund": story.fund.pk,
        "held_on": "2026-07-01",
        "pay_on": "2026-07-20",
        "rate": "8",
        "spread": "",
        "compounding": "simple",
        "day_count": "act/365",
        "interest_end": "due_date",
        "fee_interest": "none",
        "fees_inside": "on",
        "tranche-0-investor": "C",
        "tranche-0-amount": "4,000,000",
        "tranche-0-kind": "lp",
        "tranche-0-reference": "",
        "fee-0-investor": "C",
        "fee-0-amount": "16,888.89",
        "fee-0-due_on": "2026-01-15",
    } | more


def drafted(client, story) -> Closing:
    InvestorFactory(name="C", created_by=story.manager)
    client.force_login(story.manager)
    answer = client.post(to("closing_new", fund=story.fund.pk), typed(story))
    assert answer.status_code == 302, text_of(answer)
    return Closing.objects.get()


def settled(client, story) -> Closing:
    closing = drafted(client, story)
    client.post(to("closing_settle", closing.pk))
    closing.refresh_from_db()
    assert closing.status == "settled"
    return closing


def test_two_people_settle_a_closing_and_pay_it_back(client):
    story = ClosingStory(four_eyes=True)
    story.first_two_calls()
    closing = drafted(client, story)
    page, figures = to("closing", closing.pk), to("closing_figures", closing.pk)
    for words in ("Closing 2", "$4,000,000.00 promised by 1 partner", "8% a year", "$16,888.89", "A draft"):
        assert words in text_of(client.get(page)), words
    preview = text_of(client.get(figures, HTTP_HX_REQUEST="true"))
    for words in (
        "As it would be now",
        "D1",
        "154",
        "$491,803.28",
        "$16,600.04",
        "$827,459.02",
        "$21,977.26",
    ):
        assert words in preview, words

    client.post(to("closing_submit", closing.pk), {"revision": "1"})
    waits = client.get(page)
    assert "Another manager of the fund has to approve this closing" in text_of(waits)
    client.force_login(story.second)
    assert "Closing 2" in text_of(client.get(reverse("dashboard:approvals")))
    sent = client.post(to("closing_send_back", closing.pk), {"reason": "Another rate"}, follow=True)
    assert "Another rate" in text_of(sent)
    client.force_login(story.manager)
    client.post(to("closing_submit", closing.pk), {"revision": "1"})

    client.force_login(story.second)
    asked = text_of(client.get(to("closing_settle", closing.pk)))
    for words in ("1 partner with $4,000,000.00", "$866,325.17", "by Jul 20, 2026", "It stays settled"):
        assert words in asked, words
    done = client.post(to("closing_settle", closing.pk), {"revision": "1"}, follow=True)
    assert "is settled" in text_of(done)
    closing.refresh_from_db()
    posted = text_of(client.get(figures, HTTP_HX_REQUEST="true"))
    before = preview.replace("As it would be now", "As settled").replace("Preview letter", "")
    assert posted == before

    nothing = client.post(to("refunds_pay", closing.pk), {"value_date": "2026-07-20", "method_field": "wire"})
    assert nothing.status_code == 409
    assert "before later partners have paid more" in text_of(nothing)
    story.pay(closing.call, date(2026, 7, 20))
    assert "$849,436.28" in text_of(client.get(to("refunds_pay", closing.pk)))
    one = closing.refunds.get(commitment=story.partners[0])
    how = {"value_date": "2026-07-21", "method_field": "wire", "reference": "CLOSING2"}
    paid = client.post(to("refunds_pay", closing.pk), how | {"refund": one.pk}, follow=True)
    assert "to 1 partner are recorded" in text_of(paid)
    paid = client.post(to("refunds_pay", closing.pk), how, follow=True)
    assert "to 2 partners are recorded" in text_of(paid)
    assert "Record refunds paid" not in text_of(client.get(page))
    assert sum(row.progress.outstanding for row in closing.refunds.select_related("progress")) == 0


def test_the_proof_sheet_says_the_same_before_and_after(client, story):
    closing = drafted(client, story)
    before = _sheets(client.get(to("closing_proof", closing.pk)))
    client.post(to("closing_settle", closing.pk))
    after = _sheets(client.get(to("closing_proof", closing.pk)))
    assert {name: rows for name, rows in before.items() if name != "Result"} == {
        name: rows for name, rows in after.items() if name != "Result"
    }


def test_a_fund_in_yen_shows_whole_yen(client):
    story = ClosingStory(committed=("500000", "300000"), currency="JPY")
    story.call(date(2026, 2, 1), date(2026, 2, 16), ("D1", "100001"), ("organisational_costs", "777"))
    closing = story.close(
        story.plan(date(2026, 7, 1), date(2026, 7, 20), story.newcomer("C", "400000")), date(2026, 7, 1)
    )
    client.force_login(story.manager)
    shown = text_of(client.get(to("closing_figures", closing.pk)))
    assert "¥400,000 promised by 1 partner" in shown
    assert "¥33,334" in shown
    assert not re.search(r"¥[\d,]+\.", shown)
    assert client.get(to("closing_proof", closing.pk)).status_code == 200


def _sheets(answer) -> dict[str, list]:
    assert answer.status_code == 200
    book = load_workbook(BytesIO(answer.content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in book}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"fee_interest": ""}, "This field is required"),
        ({"pay_on": "2026-07-01"}, "Later partners pay after the day of the closing"),
        ({"rate": ""}, "Say one rate of interest, or a table of rates"),
        ({"tranche-0-investor": "Nobody"}, "No investor has this name"),
        ({"fee-0-investor": "A"}, "Only who comes in or promises more owes such a fee"),
        ({"tranche-0-amount": "1.005"}, "decimal"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_lost(client, wrong, said):
    story = ClosingStory()
    InvestorFactory(name="C", created_by=story.manager)
    client.force_login(story.manager)
    answer = client.post(to("closing_new", fund=story.fund.pk), typed(story, **wrong))
    assert answer.status_code in (409, 422)
    assert said in text_of(answer)
    assert 'value="4,000,000"' in answer.text or "tranche-0-amount" in wrong
    assert not Closing.objects.exists()


def test_rows_are_added_and_a_draft_is_opened_as_it_was_typed(client):
    story = ClosingStory()
    closing = drafted(client, story)
    more = client.post(to("closing_new", fund=story.fund.pk), typed(story, do="add_tranche"))
    assert "Partner 2" in more.text
    assert "This field is required" not in more.text
    opened = client.get(to("closing_edit", closing.pk))
    for text in ('value="C"', 'value="4000000.00"', 'value="16888.89"', 'value="8"', 'value="2026-07-20"'):
        assert text in opened.text, text
    deal = story.allocation("D1", "1500000.00").deal_id
    row = {"excuse-0-deal": deal, "excuse-0-reason": "Side letter", "excuse-TOTAL_FORMS": 1}
    excused = {**row, "excuse-INITIAL_FORMS": 0, "rate": "9", "revision": "1"}
    stranger = client.post(
        to("closing_edit", closing.pk), typed(story, **excused, **{"excuse-0-investor": "A"})
    )
    assert "Only who comes in or promises more is excused here" in text_of(stranger)
    changed = client.post(
        to("closing_edit", closing.pk), typed(story, **excused, **{"excuse-0-investor": "C"})
    )
    assert changed.status_code == 302
    assert Closing.objects.get().rate == Decimal("0.09")
    assert 'value="Side letter"' in client.get(to("closing_edit", closing.pk)).text
    assert "Excused from D1" in text_of(client.get(to("closing", closing.pk)))
    stale = client.post(to("closing_edit", closing.pk), typed(story, rate="7", revision="1"))
    assert stale.status_code == 409


def test_a_closing_opens_within_ten_queries(client, django_assert_max_num_queries, story):
    closing = settled(client, story)
    for address in (
        to("closing", closing.pk),
        to("closing_list", story.fund.pk),
        to("closing_new", fund=story.fund.pk),
        to("refunds_pay", closing.pk),
        to("closing_cancel", closing.pk),
    ):
        with django_assert_max_num_queries(10):
            client.get(address)
    with django_assert_max_num_queries(12):
        client.get(to("closing_figures", closing.pk), HTTP_HX_REQUEST="true")


def test_a_payout_of_a_refund_is_taken_back_by_two(client, django_assert_max_num_queries):
    story = ClosingStory(four_eyes=True)
    story.first_two_calls()
    closing = story.second_closing()
    story.pay(closing.call, PAID_ON)
    payout = next(one for one in story.refund(closing, PAID_ON) if one.commitment.investor.name == "A")
    refund = payout.refund
    client.force_login(story.manager)
    client.get(to("refund", closing.pk, refund.pk))
    with django_assert_max_num_queries(10):
        page = text_of(client.get(to("refund", closing.pk, refund.pk)))
    for words in (
        "version 1",
        "Gets back $517,948.94 by Closing #2",
        "Capital $504,548.17",
        "Paid out: now $517,948.94",
    ):
        assert words in page
    asked = {"reason": "The bank returned the wire", "bounced": "yes", "cash_on": "2026-07-22"}
    answer = client.post(to("refund_payout_reverse", closing.pk, payout.pk), asked)
    assert answer.headers["Location"] == to("refund", closing.pk, refund.pk)
    assert "Awaiting approval" in text_of(client.get(to("refund", closing.pk, refund.pk)))
    assert client.get(to("refund_payout_reverse", closing.pk, payout.pk)).status_code == 200
    again = client.post(to("refund_payout_reverse", closing.pk, payout.pk), asked)
    assert again.status_code == 409
    [reversal] = payout.reversal_requests.all()
    assert "The bank returned the wire" in text_of(client.get(reverse("dashboard:approvals")))
    client.post(to("refund_reversal_approve", reversal.pk))
    refund.progress.refresh_from_db()
    assert refund.progress.paid_out == payout.amount, "who asked does not decide"
    client.force_login(story.second)
    client.post(to("refund_reversal_approve", reversal.pk))
    refund.progress.refresh_from_db()
    assert (refund.progress.paid_out, refund.progress.payable) == (0, payout.amount)
    page = text_of(client.get(to("refund", closing.pk, refund.pk)))
    assert "Reversed" in page
    assert "Record refund paid" in page
    assert violations() == []


def test_the_call_that_collects_leads_to_its_closing(client, story):
    closing = story.second_closing()
    client.force_login(story.manager)
    page = client.get(reverse("capital:call", args=[closing.call_id]))
    assert to("closing_of_call", closing.call_id) in page.content.decode()
    assert "A part of Capital Call #1" in text_of(page)
    assert client.get(to("closing_of_call", closing.call_id)).headers["Location"] == to("closing", closing.pk)
    first = story.fund.capital_calls.get(number=1)
    assert client.get(to("closing_of_call", first.pk)).status_code == 404


def test_closings_and_refunds_are_taken_away_as_files(client, story):
    closing = settled(client, story)
    closings = client.get(to("closing_export", story.fund.pk, "csv")).getvalue().decode()
    assert (
        f'"{story.fund.name}",2,"2026-07-01","2026-07-20","Settled",1,"USD",4000000.00,849436.28' in closings
    )
    refunds = client.get(to("refund_export", closing.pk, "csv")).getvalue().decode().splitlines()
    assert len(refunds) == 4
    assert refunds[1].endswith(',"USD",504548.17,13400.77,517948.94,0.00,0.00,0.00,517948.94,""')
    assert client.get(to("refund_export", closing.pk, "xlsx")).status_code == 200


def test_the_notices_are_sent_from_the_page(client, story):
    closing = settled(client, story)
    assert "3 notices ready" not in text_of(client.get(to("closing", closing.pk)))
    assert "Making the PDFs: 0 of 3" in text_of(client.get(to("closing", closing.pk)))
    sent = client.post(to("closing_send_notices", closing.pk), follow=True)
    assert "No notice was waiting" in text_of(sent)  # nobody of them has a contact that takes notices
    assert "Failed" in text_of(sent)
