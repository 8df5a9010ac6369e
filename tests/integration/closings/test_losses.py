"""What a partner in default loses by rows: the published example to the cent, what stays, and who decides."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.utils.html import strip_tags

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.knowledge import Knowledge
from capital.models import CallItemCapital, CommitmentCapital, HeldPart, Payment
from capital.services import reversals
from closings.models import Transfer
from closings.queries.defaults import accrued_of
from closings.services import defaults, forfeitures, remedies, transfers, withdrawals
from funds.models import CapitalTransaction, CommitmentEvent, Notice
from funds.services.rendering import letter_html
from tests.integration.capital.test_as_of import rows_of
from tests.integration.closings.default_story import CURE_BY, LATER, NOTICE, PAID, DefaultStory, money
from tests.integration.closings.test_transfers import by_fund, totals
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db


def with_history(**more) -> DefaultStory:
    """C paid 1,000,000.00 of another call, of which 40,000.00 came back to it, and owes 200,000.00."""
    rates = {"hurdle_rate": D("0.08"), "carry_rate": D("0.20"), "catch_up_rate": 1}
    story = DefaultStory(terms={"scope": "per_investor", **rates}, **more)
    story.call(date(2026, 4, 1), date(2026, 4, 15), ("D2", "3050000.00"))
    story.distribute("122000.00", date(2026, 5, 18), story.deals["D2"].deal_id)
    return story


def changes(story, before) -> dict:
    """How each partner's commitment and what it paid changed."""
    names = dict(zip((one.pk for one in story.partners), ("A", "B", "C", "GP"), strict=True))
    return {
        figure: {
            names[pk]: now - before[pk][figure]
            for pk, now in CommitmentCapital.objects.filter(fund=story.fund).values_list("pk", figure)
        }
        for figure in ("committed", "paid", "distributed", "outstanding")
    }


def letter_of(story, version: int) -> str:
    letter = Notice.objects.get(subject_id=story.asked.pk, item_id=story.item.pk, version=version)
    return " ".join(strip_tags(letter_html(letter)).replace("\xa0", " ").replace("$", "").split())


def test_half_of_the_interest_is_forfeited_to_the_cent():
    story = with_history()
    default = story.notice()
    before = rows_of(CommitmentCapital.objects.filter(fund=story.fund))
    fund_before, eve = (by_fund(), totals()), PAID - timedelta(days=1)
    as_of = rows_of(CommitmentCapital.on(eve, Knowledge(None)))
    with pytest.raises(Conflict, match="may still be cured"):
        forfeitures.request_forfeiture(default_id=default.pk, share="0.5", ctx=story.ctx(CURE_BY))
    with pytest.raises(InvalidInput, match="share"):
        forfeitures.request_forfeiture(default_id=default.pk, share="0", ctx=story.ctx(PAID))

    remedy = forfeitures.request_forfeiture(
        default_id=default.pk, share="0.5", reason="Clause 6.6.4.3", ctx=story.ctx(PAID)
    )

    assert remedy.amount == D("2000000.00")
    found = changes(story, before)
    assert found["committed"] == money(A="1219512.19", B="731707.32", C="-2000000.00", GP="48780.49")
    assert found["paid"] == money(A="304878.05", B="182926.83", C="-500000.00", GP="12195.12")
    assert found["distributed"] == money(A="12195.12", B="7317.07", C="-20000.00", GP="487.81")
    # What C owes is its own as before, and so is its interest.
    assert found["outstanding"] == money(A="0", B="0", C="0", GP="0")
    assert CallItemCapital.objects.get(item=story.item).outstanding == D("200000.00")
    assert accrued_of(default, PAID).total == D("1917.81")
    assert (by_fund(), totals()) == fund_before
    assert rows_of(CommitmentCapital.on(eve, Knowledge(None))) == as_of
    moved = CapitalTransaction.objects.filter(transfer_id__isnull=False)
    assert {row.value_date for row in moved} == {PAID}
    assert all(row.due_on == row.moves.due_on and row.deal_id == row.moves.deal_id for row in moved)
    told = letter_of(story, 3)
    assert "Notice of forfeiture" in told
    assert "You may cure it" not in told
    assert (
        "you forfeited 50% of your interest in the fund, and with it 2,000,000.00 of your commitment" in told
    )
    assert violations() == []

    # The others assume their part of what is owed by a shortfall call; C pays, the fund gives, and all adds up.
    story.more_for(story.deals["D1"], "100000.00")
    asked = story.shortfall(default, day=PAID, amount="100000.00")
    assert story.amounts(asked.parts.all()) == money(A="60975.61", B="36585.37", GP="2439.02")
    story.cure(PAID)
    given = story.distribute("244000.00", LATER, story.deals["D1"].deal_id)
    assert sum(given.items.values_list("gross_amount", flat=True)) == D("244000.00")
    with pytest.raises(Conflict, match="cured"):
        forfeitures.request_reduction(default_id=default.pk, ctx=story.ctx(LATER))
    assert violations() == []


def test_the_whole_interest_is_forfeited_but_for_what_is_owed():
    """By two persons; what was worked out when it was asked for is not made smaller silently."""
    story = with_history(four_eyes=True)
    second = story.ctx(PAID, story.second)
    default = story.notice()
    defaults.approve_default(default_id=default.pk, ctx=story.ctx(NOTICE, story.second))
    asked = forfeitures.request_forfeiture(default_id=default.pk, share="1", ctx=story.ctx(PAID))
    assert (asked.approved_at, Transfer.objects.count()) == (None, 0)
    with pytest.raises(Forbidden):
        remedies.approve_remedy(remedy_id=asked.pk, ctx=story.ctx(PAID))
    remedies.approve_remedy(remedy_id=asked.pk, ctx=second)
    c = CommitmentCapital.objects.get(pk=story.c.pk)
    assert (c.committed, c.called, c.paid, c.distributed) == (D("200000.00"), D("200000.00"), 0, 0)
    assert (c.unfunded, c.outstanding) == (0, D("200000.00"))
    assert violations() == []
    with pytest.raises(Conflict):
        withdrawals.request_withdrawal(default_id=default.pk, reason="Wrong", ctx=story.ctx(PAID))


def test_a_forced_sale():
    story = with_history()
    default = story.notice()
    sale = forfeitures.request_sale(
        default_id=default.pk, buyer_id=story.a.pk, value="1150000.00", ctx=story.ctx(PAID)
    )
    assert (sale.amount, sale.interest, sale.net) == (D("500000.00"), D("1917.81"), D("498082.19"))
    assert sale.transfers.get().price == D("498082.19")
    a, c = (CommitmentCapital.objects.get(pk=one.pk) for one in (story.a, story.c))
    assert (a.committed, c.committed, a.paid, c.paid) == (D("8800000.00"), D("200000.00"), D("2500000.00"), 0)
    told = letter_of(story, 3)
    assert "498,082.19 is yours" in told
    # What was kept of the price is asked for no more.
    assert accrued_of(default, PAID).due == 0
    with pytest.raises(Conflict, match="No interest"):
        story.interest(default)
    later = story.interest(default, day=PAID + timedelta(days=1))
    assert later.amount == D("54.79")
    assert violations() == []


def test_a_reduction_is_not_weighed_by_a_later_closing():
    """Had C's commitment been weighed as it was cut, others would have taken over what it paid since."""
    story = DefaultStory()
    default = story.notice()
    cut = forfeitures.request_reduction(default_id=default.pk, ctx=story.ctx(PAID))
    # To the 200,000.00 that is drawn: of it, C paid nothing.
    assert cut.amount == D("3800000.00")
    c = CommitmentCapital.objects.get(pk=story.c.pk)
    assert (c.committed, c.unfunded) == (D("200000.00"), 0)
    event = CommitmentEvent.objects.get(commitment=story.c, kind="default_reduction")
    assert (event.amount, event.effective_on) == (D("-3800000.00"), PAID)
    assert "your commitment was cut by 3,800,000.00" in letter_of(story, 3)
    with pytest.raises(Conflict, match="Nothing of the commitment"):
        forfeitures.request_reduction(default_id=default.pk, ctx=story.ctx(PAID))
    story.cure(PAID)
    third = {"numerator": 1, "denominator": 3, "effective_on": PAID, "reason": "A sale"}
    sides = {"transferor_id": story.c.pk, "transferee_id": story.partners[1].pk}
    transfers.request_transfer(fund_id=story.fund.pk, **sides, **third, ctx=story.ctx(PAID))
    story.close(story.plan(LATER, date(2026, 8, 10), story.newcomer("N", "1220000.00")), LATER)
    # A third of what was cut went with a third of the rest: two thirds of 4,000,000.00 are weighed, each part rounded.
    held = HeldPart.objects.get(commitment=story.c)
    assert (held.held, held.weight) == (D("121212.12"), D("2666666.66"))
    assert violations() == []


@pytest.mark.parametrize("currency", ["JPY", pytest.param("KWD", marks=pytest.mark.deep)])
def test_in_another_currency_and_a_day_ahead(currency):
    """Yen have no decimals and dinars three; in Auckland it is the day after."""
    story = DefaultStory(currency=currency, time_zone="Pacific/Auckland")
    story.call(date(2026, 4, 1), date(2026, 4, 15), ("D2", "3050000.00"))
    default = story.notice()
    done = {"default_id": default.pk, "ctx": story.ctx(PAID)}
    half = forfeitures.request_forfeiture(share="0.3333", **done)
    assert (half.amount, half.effective_on) == (D("1333200"), PAID + timedelta(days=1))
    sale = forfeitures.request_sale(buyer_id=story.a.pk, value="987654", costs="1000", **done)
    assert sale.net == {"JPY": D("330377"), "KWD": D("330377.397")}[currency]
    assert violations() == []


def test_a_notice_is_withdrawn_and_given_anew():
    story = DefaultStory(four_eyes=True)
    second = story.ctx(NOTICE, story.second)
    default = story.notice()
    with pytest.raises(Conflict, match="not given"):
        withdrawals.request_withdrawal(default_id=default.pk, reason="Sent in error", ctx=story.ctx(NOTICE))
    defaults.approve_default(default_id=default.pk, ctx=second)
    waits = story.interest(default)
    with pytest.raises(Conflict, match="waits"):
        withdrawals.request_withdrawal(default_id=default.pk, reason="Sent in error", ctx=story.ctx(PAID))
    remedies.reject_remedy(remedy_id=waits.pk, ctx=story.ctx(PAID))
    asked = withdrawals.request_withdrawal(
        default_id=default.pk, reason="The wire came to another account", ctx=story.ctx(PAID)
    )
    with pytest.raises(Conflict, match="withdrawn"):
        story.interest(default)
    with pytest.raises(Forbidden):
        withdrawals.approve_withdrawal(withdrawal_id=asked.pk, ctx=story.ctx(PAID))
    withdrawals.approve_withdrawal(withdrawal_id=asked.pk, ctx=story.ctx(PAID, story.second))
    told = letter_of(story, 3)
    assert "is withdrawn as of June 19, 2026: The wire came to another account" in told
    assert told.startswith("Capital call notice") or "Capital call notice" in told
    assert "You are in default" not in told
    again = story.notice(day=LATER, cure_by=LATER)
    assert (again.number, again.pk != default.pk) == (2, True)
    assert violations() == []


@pytest.mark.parametrize("checks", ["the service", "the database"])
def test_what_was_returned_of_a_debt_stays_with_it(checks, monkeypatch):
    """C's wire of the other call comes back: what it was given of that is not taken before it is paid again."""
    story = with_history()
    default = story.notice()
    paid = Payment.objects.filter(commitment=story.c, reverses=None).earliest("pk")
    said = {"reason": "Returned", "cash_on": NOTICE, "ctx": story.ctx(NOTICE)}
    reversals.request_reversal(payment_id=paid.pk, **said)
    code = "default.to_recover"
    if checks == "the database":
        monkeypatch.setattr("closings.services.losses.returned_of", lambda *_: False)
        code = "transfer.returned"
    with pytest.raises(Conflict) as refused:
        forfeitures.request_forfeiture(default_id=default.pk, share="0.5", ctx=story.ctx(PAID))
    assert refused.value.code == code
