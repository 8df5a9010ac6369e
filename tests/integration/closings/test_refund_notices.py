"""Refund notices: one to each who gets something back, about its own part alone, sent once, and paid."""

from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from django.urls import reverse

from blackgem.lib.errors import Conflict, Forbidden, NotFound
from blackgem.lib.invariants import to_resolve
from blackgem.lib.money import format_money
from capital.models import Payment
from capital.services.reversals import request_reversal
from closings.services import closings, letters
from funds.models import Notice, NoticeDelivery
from funds.queries.letter_states import with_letter_states
from funds.services.letters import compose
from funds.services.rendering import letter_html, render_next
from tests.factories import BankDetailsFactory, ContactFactory, MembershipFactory, UserFactory
from tests.integration.closings.story import ClosingStory, at
from tests.support.invariants import violations
from tests.support.pages import text_of
from tests.support.staging import staged

pytestmark = pytest.mark.django_db

SETTLED, PAID_ON = date(2026, 7, 1), date(2026, 7, 20)


@staged
def story():
    made = ClosingStory()
    made.first_two_calls()
    return made


def settled(**options):
    """The second closing of the published example, of a fund whose partners can be written to."""
    story = ClosingStory(**options)
    BankDetailsFactory(fund=story.fund, verified_by=story.manager)
    for number, partner in enumerate(story.partners, start=1):
        ContactFactory(investor=partner.investor, email=f"lp{number}@example.com")
    story.first_two_calls()
    return story, story.second_closing()


def letters_of(closing) -> dict[str, Notice]:
    newest = Notice.objects.newest(Notice.Kind.REFUND, closing.pk)
    found = with_letter_states(newest).select_related("commitment__investor", "fund")
    return {one.commitment.investor.name: one for one in found}


def position_of(notice) -> dict:
    return {row["label"]: (row["before"], row["this"], row["after"]) for row in notice.facts["position"]}


def test_whoever_gets_something_back_has_a_letter_about_its_own_part():
    story, closing = settled()
    found = letters_of(closing)
    assert found.keys() == {"A", "B", "GP"}
    facts = found["A"].facts
    assert (facts["capital"], facts["interest"], facts["amount"]) == ("504548.17", "13400.77", "517948.94")
    assert [(one["label"], one["capital"], one["interest"], one["days"]) for one in facts["lines"]] == [
        ("Organisational costs", "16493.39", "556.71", 154),
        ("Investment – D1", "299880.05", "10121.98", 154),
        ("Partnership expenses", "8246.70", "119.29", 66),
        ("Investment – D2", "179928.03", "2602.79", 66),
    ]
    account = story.account("A")
    position = position_of(found["A"])
    assert position["Called (cumulative)"] == ("1538871.95", "-504548.17", "1034323.78")
    assert position["To be refunded, without interest"] == ("0.00", "504548.17", "504548.17")
    assert position["Unfunded commitment"] == ("3461128.05", "504548.17", f"{account.unfunded:.2f}")
    assert found["A"].number == f"{story.fund.code}-RN2-{story.partners[0].reference}"
    assert violations() == []


def test_it_says_nothing_of_anybody_else():
    _, closing = settled()
    for name, notice in letters_of(closing).items():
        said = letter_html(notice)
        for other in {"B", "GP", "C", "A"} - {name}:
            assert f">{other}<" not in said
        for figure in ("4,000,000", "12,200,000", "827,459", "906,325", "21,977"):
            assert figure not in said, (name, figure)


def test_they_are_sent_once_to_who_takes_notices_and_by_a_manager(mail_server, quick):
    story, closing = settled()
    analyst = UserFactory()
    MembershipFactory(fund=story.fund, user=analyst, role="analyst")
    for by, refused in ((analyst, Forbidden), (UserFactory(), NotFound)):
        with pytest.raises(refused):
            letters.send_notices(closing_id=closing.pk, ctx=story.ctx(SETTLED, by))
    assert letters.send_notices(closing_id=closing.pk, ctx=story.ctx(SETTLED)) == 3
    assert letters.send_notices(closing_id=closing.pk, ctx=story.ctx(SETTLED)) == 0
    while render_next(at=at(SETTLED)):
        pass
    sent = NoticeDelivery.objects.filter(notice__kind="refund").select_related(
        "notice__document", "notice__fund"
    )
    assert sorted(one.recipients[0] for one in sent) == [f"lp{number}@example.com" for number in (1, 2, 3)]
    message = compose(sent.get(recipients=["lp1@example.com"]))
    assert message.subject == f"Refund notice {letters_of(closing)['A'].number} of {story.fund.legal_name}"
    assert "517,948" not in message.body + message.alternatives[0][0]
    assert mail.outbox == []


def test_a_letter_is_paid_once_its_refund_went_out_and_live_again_once_that_came_back():
    story, closing = settled()
    assert {one.letter_state for one in letters_of(closing).values()} == {"live"}
    story.pay(closing.call, PAID_ON)
    story.refund(closing, PAID_ON, refund_ids=[closing.refunds.get(commitment=story.partners[0]).pk])
    assert {name: one.letter_state for name, one in letters_of(closing).items()} == {
        "A": "paid",
        "B": "live",
        "GP": "live",
    }


def test_a_wire_that_bounces_after_its_refund_is_owed_whole_and_to_be_resolved(story, client):
    """What the refund was worked out from stays: paid again, the part is held as before."""
    closing = story.second_closing()
    story.pay(closing.call, PAID_ON)
    story.refund(closing, PAID_ON)
    before = vars(story.account("A"))
    payment = Payment.objects.filter(commitment=story.partners[0]).order_by("pk").first()
    request_reversal(payment_id=payment.pk, reason="It bounced", ctx=story.ctx(PAID_ON))
    assert story.account("A").outstanding == payment.amount
    assert violations() == []
    [found] = to_resolve()
    assert found.invariant.name == "a_part_was_refunded_and_its_payment_came_back"
    [row] = found.rows
    assert (row["call"], row["paid"]) == (1, 0)
    client.force_login(story.manager)
    page = text_of(client.get(reverse("closings:closing_list", args=[story.fund.pk])))
    too_much = format_money(row["to_recover"])
    said = "too much, because its own payment of Capital Call #1 came back"
    assert f"A, refund after closing {closing.number}: {too_much} {said}" in page
    story.pay(payment.call, PAID_ON)
    assert (to_resolve(), violations()) == ([], [])
    assert {**vars(story.account("A")), "_state": None} == {**before, "_state": None}


def test_who_had_not_paid_owes_less_and_its_earlier_letter_says_so():
    story = ClosingStory(committed=("500.00", "500.00"))
    call = story.call(date(2026, 2, 1), date(2026, 2, 16), ("D1", "100.00"), paid=False)
    story.pay(call, date(2026, 2, 16), only=story.partners[0].pk)
    closing = story.close(story.plan(SETTLED, PAID_ON, story.newcomer("C", "1000.00")), SETTLED)
    assert letters_of(closing).keys() == {"A"}
    newest = Notice.objects.newest(Notice.Kind.CAPITAL_CALL, call.pk)
    assert {one.commitment_id: (one.version, one.facts.get("due")) for one in newest} == {
        story.partners[0].pk: (1, None),
        story.partners[1].pk: (2, "25.00"),
    }


@pytest.mark.parametrize(
    ("terms", "said", "not_said"),
    [
        ({}, "8% a year", "Premium"),
        ({"rate": Decimal("0.08125")}, "8.125% a year", "Premium"),
        ({"rate": Decimal(0)}, "Payable to you", "Interest"),
    ],
)
def test_it_says_by_which_terms_interest_came(terms, said, not_said, story):
    plan = story.plan(SETTLED, PAID_ON, story.newcomer("C", "4000000.00"), **terms)
    html = letter_html(letters_of(story.close(plan, SETTLED))["A"])
    assert said in html
    assert not_said not in html


def test_letters_wait_for_the_settlement(story):
    plan = story.plan(SETTLED, PAID_ON, story.newcomer("C", "4000000.00"))
    draft = closings.draft_closing(plan=plan, ctx=story.ctx(SETTLED))
    with pytest.raises(Conflict):
        letters.send_notices(closing_id=draft.pk, ctx=story.ctx(SETTLED))
