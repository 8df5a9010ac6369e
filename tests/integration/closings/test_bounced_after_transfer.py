"""A wire bounces after the interest that it paid for was transferred: worked by hand to the cent, and what stays."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from blackgem.lib.invariants import to_resolve
from blackgem.lib.knowledge import Knowledge
from capital.models import CallItemCapital, CommitmentCapital, HeldPart
from capital.services import calls, payments, reversals
from distributions.services.planning import DistributionPlan, work_out
from funds.models import Notice, NoticeDelivery
from portal.models import CommitmentDifferences
from tests.factories import BankDetailsFactory, ContactFactory, admit, rename
from tests.integration.capital.test_as_of import ROLL_UPS, rows_of
from tests.integration.closings.test_transfers import by_fund
from tests.integration.closings.transfer_story import MOVED_ON, TransferStory, at
from tests.integration.notices.letters import FUND
from tests.integration.portal.test_statement import agrees_with_the_views
from tests.support.invariants import violations
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
BOUNCED_ON = date(2026, 10, 20)
OPEN = "a_payment_came_back_after_its_interest_moved"


@staged
def story():
    """90,000.01 paid by the first partner in two lines, and 30,000.00 on a later call."""
    made = TransferStory()
    admit(FUND["contact_email"])
    rename(made.fund, **FUND)
    BankDetailsFactory(fund=made.fund, verified_by=made.manager)
    lines = ("investment", "60000.00", "D1"), ("management_fee", "30000.01")
    made.call = made.paid_call(date(2026, 2, 16), *lines)
    made.later = made.paid_call(date(2026, 5, 15), ("investment", "30000.00", "D2"))
    return made


def bounce(story, call=None, on=BOUNCED_ON):
    payment = (call or story.call).payments.filter(reverses=None, reversed_by_payment=None).first()
    ctx = WriteContext(story.manager, at(on))
    return reversals.request_reversal(
        payment_id=payment.pk, reason="Returned by the bank", cash_on=on, ctx=ctx
    )


def figures(partner):
    row = CommitmentCapital.objects.get(pk=partner.pk)
    return [row.committed, row.called, row.paid, row.outstanding, row.unfunded]


def shares(rolled_up):
    """Who holds what of which line, whether by an item or by transfer alone."""
    rows = rolled_up[HeldPart].values()
    return {
        (one["commitment_id"], one["line_id"]): (one["held"], one["weight"]) for one in rows if one["held"]
    }


def owing(partner, call):
    return CallItemCapital.objects.get(commitment=partner, call=call).outstanding


def pay(story, partner, call, amount, on=BOUNCED_ON):
    item = call.items.get(commitment=partner)
    return payments.record_payment(
        item_id=item.pk, amount=amount, value_date=on, method="wire", ctx=WriteContext(story.manager, at(on))
    )


def left_to_resolve():
    return {
        row["commitment"]: row["to_recover"]
        for one in to_resolve()
        if one.invariant.name == OPEN
        for row in one.rows
    }


def agree(story, *more, today=BOUNCED_ON):
    for partner in (*story.partners, story.newcomer, *more):
        own, between = (
            CommitmentCapital.objects.get(pk=partner.pk),
            CommitmentDifferences.objects.get(pk=partner.pk),
        )
        assert own.committed - own.called == between.uncalled
        assert own.called - own.paid == own.outstanding
        agrees_with_the_views(partner, today=today)
    assert violations() == []


def test_a_third_by_hand_to_the_cent(story):
    """A third of 60,000.00, 30,000.01 and 30,000.00 on one running sum: 20,000.00 and 10,000.00, and 10,000.00 of the
    later call. The first wire bounces: each owes what it holds of it, and what is paid then is its own."""
    story.transfer()
    moved = by_fund()
    assert figures(story.first) == list(map(D, ("2000000", "80000.01", "80000.01", "0", "1940000")))
    assert figures(story.newcomer) == list(map(D, ("1000000", "40000", "40000", "0", "970000")))
    held = {
        (one.commitment_id, one.line_id): (one.held, one.weight) for one in HeldPart.objects.all() if one.held
    }

    bounce(story)

    assert figures(story.first) == list(map(D, ("2000000", "80000.01", "20000", "60000.01", "1940000")))
    assert figures(story.newcomer) == list(map(D, ("1000000", "40000", "10000", "30000", "970000")))
    assert owing(story.first, story.call) == D("60000.01")
    assert owing(story.newcomer, story.call) == D("30000.00")
    assert shares({HeldPart: rows_of(HeldPart.objects.all())}) == held
    # Over the fund nothing changed but the money that came back, line by line.
    now = by_fund()
    assert {key: moved[key] - amount for key, amount in now.items() if moved[key] != amount} == {
        key: amount for key, amount in moved.items() if key[3] in {line.pk for line in story.call.lines.all()}
    }
    assert left_to_resolve() == {story.first.pk: D("60000.01"), story.newcomer.pk: D("30000.00")}
    agree(story)

    pay(story, story.newcomer, story.call, "30000.00")
    assert left_to_resolve() == {story.first.pk: D("60000.01")}
    pay(story, story.first, story.call, "60000.01")
    assert figures(story.first)[1:4] == [D("80000.01"), D("80000.01"), 0]
    assert figures(story.newcomer)[1:4] == [D("40000.00"), D("40000.00"), 0]
    assert by_fund() == moved
    assert left_to_resolve() == {}
    story.call.refresh_from_db()
    assert story.call.status == "fully_funded"
    agree(story)


def test_no_day_before_changes_but_by_the_money(story):
    """As it was known before, nothing changed at all; by an earlier day what the first partner paid did, and of
    the transferee nothing."""
    story.transfer()
    days = [date(2026, 2, 20), date(2026, 6, 1), MOVED_ON - timedelta(1)]
    known = Knowledge(at(MOVED_ON) + timedelta(hours=1))

    def said(knowledge):
        return {
            day: {model: rows_of(model.on(day, knowledge)) for model in ROLL_UPS} for day in [*days, MOVED_ON]
        }

    before, then = said(Knowledge(None)), said(known)
    bounce(story)
    after, again = said(Knowledge(None)), said(known)
    for day in then:
        for model in set(ROLL_UPS) - {HeldPart}:
            now = again[day][model]
            assert {pk: now[pk] for pk in then[day][model]} == then[day][model]
            # Who owes it has an item of nothing of the call by now.
            assert all(not now[pk]["called"] for pk in now.keys() - then[day][model].keys())
        assert shares(again[day]) == shares(then[day])
    for day in days:
        new, old = after[day][CommitmentCapital], before[day][CommitmentCapital]
        assert new[story.newcomer.pk] == old[story.newcomer.pk]
        changed = {name for name, value in new[story.first.pk].items() if value != old[story.first.pk][name]}
        assert changed == {"paid", "paid_in", "outstanding"}


def test_the_whole_interest_owes_the_whole(story):
    story.transfer(1, 1)
    bounce(story)
    assert figures(story.first) == [0, 0, 0, 0, 0]
    assert figures(story.newcomer)[1:4] == [D("120000.01"), D("30000.00"), D("90000.01")]
    agree(story)
    pay(story, story.newcomer, story.call, "90000.01")
    assert figures(story.newcomer)[1:4] == [D("120000.01"), D("120000.01"), 0]
    agree(story)


def test_two_transfers_in_a_row_and_one_back(story):
    """A third to the newcomer, a half of that to another, and a half of the newcomer's back."""
    last = story._partner(reference="LAST")
    story.transfer()
    story.transfer(1, 2, frm=story.newcomer, to=last)
    story.transfer(1, 2, frm=story.newcomer, to=story.first)
    held = {
        pk: CommitmentCapital.objects.get(pk=pk).called for pk in (story.first.pk, story.newcomer.pk, last.pk)
    }
    bounce(story)
    owed = {pk: CommitmentCapital.objects.get(pk=pk).outstanding for pk in held}
    assert {pk: CommitmentCapital.objects.get(pk=pk).called for pk in held} == held
    assert sum(owed.values()) == D("90000.01")
    assert (owed[last.pk], owed[story.newcomer.pk], owed[story.first.pk]) == (
        D("15000.00"),
        D("7500.00"),
        D("67500.01"),
    )
    agree(story, last)
    # Both go on: what is open is assumed with the next transfer, and what came back moves no more.
    story.transfer(
        1,
        1,
        frm=last,
        to=story.newcomer,
        on=BOUNCED_ON,
        open_items="assumed",
        ctx=WriteContext(story.manager, at(BOUNCED_ON)),
    )
    assert owing(story.newcomer, story.call) == D("22500.00")
    pay(story, story.newcomer, story.call, "22500.00")
    pay(story, story.first, story.call, "67500.01")
    agree(story, last)


def test_what_was_moved_back_is_taken_back_alone(story):
    story.transfer()
    story.transfer(1, 1, frm=story.newcomer, to=story.first)
    bounce(story)
    assert figures(story.first)[3] == D("90000.01")
    assert not story.call.items.filter(commitment=story.newcomer).exists()
    agree(story)


def test_two_payments_of_one_item_and_a_bounce_of_each(story):
    """33,333.33 and 56,666.68 of 90,000.01: what bounces first is 33,333.33, of which 11,111.11 had moved."""
    call = story.paid_call(date(2026, 6, 1), ("investment", "90000.01", "D1"), paid=False)
    for amount, day in (("33333.33", date(2026, 6, 2)), ("56666.68", date(2026, 6, 3))):
        pay(story, story.first, call, amount, day)
    story.transfer()
    bounce(story, call)
    first = {one.pk: owing(one, call) for one in (story.first, story.newcomer)}
    assert sum(first.values()) == D("33333.33")
    agree(story)
    bounce(story, call)
    assert owing(story.first, call) + owing(story.newcomer, call) == D("90000.01")
    assert abs(owing(story.newcomer, call) - D("30000.00")) <= D("0.01")
    agree(story)


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_in_whole_units_of_the_currency(currency):
    amount = {"JPY": "1000001", "KWD": "1000000.001"}[currency]
    story = TransferStory(currency=currency)
    call = story.paid_call(date(2026, 2, 16), ("investment", amount, "D1"))
    story.transfer()
    bounce(story, call)
    owed = {"JPY": D(333334), "KWD": D("333333.334")}[currency]
    assert owing(story.newcomer, call) == owed
    assert owing(story.first, call) == D(amount) - owed
    agree(story)


def test_each_is_told_by_its_own_letter(story):
    for partner in (story.first, story.newcomer):
        ContactFactory(investor=partner.investor)
    calls.send_notices(call_id=story.call.pk, ctx=WriteContext(story.manager, at(date(2026, 2, 17))))
    story.transfer()
    bounce(story)
    given = Notice.objects.newest("capital_call", story.call.pk).get(commitment=story.first)
    taken = Notice.objects.newest("capital_call", story.call.pk).get(commitment=story.newcomer)
    assert (given.version, taken.version) == (2, 1)
    assert (given.facts["due"], given.facts["taken_on"]) == ("60000.01", "-30000.00")
    assert given.facts["undone"]["outstanding"] == "60000.01"
    assert (taken.facts["due"], taken.facts["ask"]) == ("30000.00", "30000.00")
    assert [one["partner"] for one in taken.facts["assumed"]["lines"]] == ["10000.00", "20000.00"]
    assert taken.facts["payment_reference"] == f"CC{story.call.number}-NEW"
    assert NoticeDelivery.objects.filter(notice=taken, state="queued").exists()
    names = {story.first: story.newcomer, story.newcomer: story.first}
    for letter, partner in ((given, story.first), (taken, story.newcomer)):
        assert names[partner].investor.name not in str(letter.facts)


def test_a_distribution_is_worked_out_from_what_is_paid(story):
    """What came back earns nothing and is returned to nobody, of whoever held it."""
    story.transfer()
    bounce(story)
    found = work_out(DistributionPlan(story.fund.pk, D("200000.00"), BOUNCED_ON))
    returned = {row.commitment_id: row.return_of_capital for row in found.rows if row.return_of_capital}
    assert returned == {story.first.pk: D("20000.00"), story.newcomer.pk: D("10000.00")}
    story.paid_out(BOUNCED_ON, "6000.00", "D2")
    agree(story)


def test_a_call_whose_wire_came_back_is_cancelled(story):
    """Of which two owe parts by then: neither owes it any more, and what is left is what they paid of the other."""
    story.transfer()
    bounce(story)
    ctx = WriteContext(story.manager, at(BOUNCED_ON))
    calls.cancel_call(call_id=story.call.pk, reason="The deal is off", ctx=ctx)
    assert figures(story.first) == list(map(D, ("2000000", "20000", "20000", "0", "1980000")))
    assert figures(story.newcomer) == list(map(D, ("1000000", "10000", "10000", "0", "990000")))
    assert left_to_resolve() == {}
    agree(story)


def test_a_wire_that_bounced_while_four_eyes_decide(story):
    story.transfer()
    story.fund.four_eyes = True
    story.fund.save()
    asked = bounce(story)
    assert figures(story.newcomer)[3] == 0
    # Nothing moves meanwhile.
    with pytest.raises(Conflict, match="waits"):
        story.transfer(1, 7)
    reversals.approve_reversal(reversal_id=asked.pk, ctx=WriteContext(story.second, at(BOUNCED_ON)))
    assert figures(story.newcomer)[3] == D("30000.00")
    agree(story)
