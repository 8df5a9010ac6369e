"""What is owed of calls as an interest is transferred, and is assumed by who takes over: the worked example to the
cent, what both are told, what stays, and what is refused."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError
from blackgem.lib.knowledge import Knowledge
from capital.models import CallItemCapital, CapitalCallItem, CommitmentCapital, HeldPart
from capital.services import calls, excuses, payments, reversals, settlements
from capital.services.plans import ItemPlan, LinePlan
from closings.models import AssumedPart, Transfer
from closings.queries.defaults import accrued_of, other_partners
from closings.services import defaults, remedies
from closings.services.defaults import DefaultTerms
from funds.models import Notice, NoticeDelivery, NoticeDocument
from funds.queries.letter_states import with_letter_states
from funds.services.rendering import letter_html
from portal.models import CommitmentDifferences
from tests.factories import BankDetailsFactory, ContactFactory, UserFactory, admit, rename, set_by_two
from tests.integration.capital.test_as_of import ROLL_UPS, rows_of
from tests.integration.closings.test_transfers import by_fund, totals
from tests.integration.closings.transfer_story import MOVED_ON, TransferStory
from tests.integration.notices.letters import FUND, deliver_all, render_all, text_of
from tests.integration.portal.test_statement import agrees_with_the_views
from tests.support.api import Api
from tests.support.invariants import violations
from tests.support.pages import text_of as text_of_page
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
ASSUMED = {"open_items": Transfer.OpenItems.ASSUMED}
DUE = date(2026, 10, 15)


@staged
def story():
    """The worked example, with the call of 150,000.00 that is issued and not paid."""
    made = TransferStory()
    admit(FUND["contact_email"])
    rename(made.fund, **FUND)
    BankDetailsFactory(fund=made.fund, verified_by=made.manager)
    made.history()
    made.open = made.paid_call(
        date(2026, 9, 15), ("investment", "100000.01", "D2"), ("other", "49999.99"), due=DUE, paid=False
    )
    return made


def of_all():
    """The roll-ups that are about no one partner, nor one partner's part of a call."""
    return {model: rows for model, rows in totals().items() if model is not CallItemCapital}


def owed(commitment):
    return CommitmentCapital.objects.get(pk=commitment.pk)


def said_of(day):
    return {model: rows_of(model.on(day, Knowledge(None))) for model in ROLL_UPS}


def test_a_third_with_what_is_owed_to_the_cent(story):
    before = by_fund(), of_all()
    days = [date(2026, 9, 14), date(2026, 9, 15), MOVED_ON - timedelta(1)]
    past = {day: said_of(day) for day in days}

    story.transfer(**ASSUMED)

    took, kept = owed(story.newcomer), owed(story.first)
    assert (took.outstanding, kept.outstanding) == (D("50000.00"), D("100000.00"))
    assert (took.unfunded, kept.unfunded) == (D("703201.22"), D("1406402.44"))
    assert (took.called, kept.called) == (D("362774.39"), D("725548.78"))
    assert [(one.owed, one.amount) for one in AssumedPart.objects.order_by("line")] == [
        (D("100000.01"), D("33333.34")),
        (D("49999.99"), D("16666.66")),
    ]
    assert by_fund() == before[0]
    assert of_all() == before[1]
    for day, rows in past.items():
        now = said_of(day)
        for model in ROLL_UPS:
            new = now[model].keys() - rows[model].keys()
            assert all(not now[model][pk].get("held", now[model][pk].get("called")) for pk in new)
            assert {pk: row for pk, row in now[model].items() if pk not in new} == rows[model]
    # Both hold of the line what they hold of the interest, and what moved of its key.
    parts = HeldPart.objects.filter(call=story.open).order_by("line", "-held")
    assert [(one.held, one.weight) for one in parts if one.held] == [
        (D("66666.67"), D("2000000.00")),
        (D("33333.34"), D("1000000.00")),
        (D("33333.33"), D("2000000.00")),
        (D("16666.66"), D("1000000.00")),
    ]
    for partner in (story.first, story.newcomer):
        own, between = owed(partner), CommitmentDifferences.objects.get(pk=partner.pk)
        assert own.committed - own.called == between.uncalled
        statement = agrees_with_the_views(partner, today=MOVED_ON)
        assert sum(one.assumed for one in statement.transfers) == D("50000.00")
    assert violations() == []


def letters(story, partner, call=None):
    own = Notice.objects.filter(kind="capital_call", subject_id=(call or story.open).pk, commitment=partner)
    return list(own.order_by("version"))


def item_of(story, partner, call=None):
    return CapitalCallItem.objects.get(call=call or story.open, commitment=partner)


def words_of(letter):
    render_all(at=timezone.now())
    return text_of(bytes(NoticeDocument.objects.get(notice=letter).content))


def pay(story, partner, amount, day=MOVED_ON):
    item = item_of(story, partner)
    return payments.record_payment(
        item_id=item.pk, amount=amount, value_date=day, method="wire", ctx=story._ctx(day)
    )


def test_both_are_told_by_letters_and_each_pays_what_it_owes(story):
    for partner in (story.first, story.newcomer):
        ContactFactory(investor=partner.investor)
    calls.send_notices(call_id=story.open.pk, ctx=story._ctx(MOVED_ON))
    pay(story, story.first, "30000.00")
    story.transfer(1, 1, on=DUE, **ASSUMED)

    given, taken = letters(story, story.first), letters(story, story.newcomer)
    assert [one.version for one in given] == [1, 2]
    assert (given[1].facts["due"], given[1].facts["taken_on"]) == ("30000.00", "-120000.00")
    assert given[1].facts["revised"] is None
    (first,) = taken
    assert (first.facts["amount"], first.facts["due"], first.facts["taken_on"]) == (
        "0.00",
        "120000.00",
        "120000.00",
    )
    assert [line["partner"] for line in first.facts["assumed"]["lines"]] == ["70000.01", "49999.99"]
    assert first.facts["bank"]["account_number"]
    assert first.facts["payment_reference"] == f"CC{story.open.number}-NEW"
    # The one was sent its letter: so is the other.
    assert NoticeDelivery.objects.filter(notice=first, state="queued").exists()
    words = words_of(first)
    assert "assumed what was open of this call" in words
    assert "$120,000.00" in words
    assert "$30,000.00" not in words
    assert "Use of the money Your part" in words
    words = words_of(given[1])
    assert "no longer due from you" in words
    assert "Outstanding from you $0.00" in words, "what it paid is asked for no more"
    assert "Please pay nothing" in words

    # Each pays by its own item; the other's demand is met by nobody else.
    with pytest.raises(DomainError):
        pay(story, story.first, "0.01", DUE)
    pay(story, story.newcomer, "120000.00", DUE)
    open_call = CallItemCapital.objects.filter(call=story.open)
    assert not open_call.exclude(outstanding=0).exists()
    story.open.refresh_from_db()
    assert story.open.status == "fully_funded"
    assert violations() == []

    # Taken back by a transfer in the other direction, with nothing owed by then.
    story.transfer(1, 1, frm=story.newcomer, to=story.first, on=DUE)
    assert owed(story.newcomer).called == 0
    assert owed(story.first).paid == D("1088323.17")
    assert violations() == []


def test_in_auckland_it_takes_effect_on_the_day_of_the_fund(story, client):
    """Half past one there, the day before in UTC: register, letters, portal and API agree on the day."""
    rename(story.fund, time_zone="Pacific/Auckland")
    story.fund.refresh_from_db()
    moment = WriteContext(story.manager, datetime(2026, 9, 30, 12, 30, tzinfo=UTC))
    moved = story.transfer(**ASSUMED, effective_on=None, ctx=moment)
    day, eve = date(2026, 10, 1), date(2026, 9, 30)
    assert moved.effective_on == day
    told = letters(story, story.newcomer)[-1]
    assert (told.dated_on, told.facts["assumed"]["on"]) == (day, day.isoformat())
    register = [
        {row.pk: row.committed for row in CommitmentCapital.on(one)}.get(story.newcomer.pk, D(0))
        for one in (eve, day)
    ]
    assert register == [0, D("1000000.00")]
    reader = ContactFactory(investor=story.newcomer.investor, user=UserFactory()).user
    client.force_login(reader)
    pages = [text_of_page(client.get(reverse("portal:statement"), {"as_of": one})) for one in (eve, day)]
    assert ["Acquired by transfer" in one for one in pages] == [False, True]
    api, path = Api.of(reader), f"/investors/{story.newcomer.investor.public_id}/statement"
    answers = [api.read(f"{path}?fundId={story.fund.public_id}&asOf={one}") for one in (eve, day)]
    assert [one["committed"] for one in answers] == [0, D("1000000.00")]


def test_a_call_of_which_a_part_was_assumed_is_reworded_and_cancelled(story):
    """Both letters say when it is due, and at last what is no longer: what each owed by then, not what was called."""
    at_first = owed(story.first)
    for partner, name in ((story.first, "สมชาย ใจดี"), (story.newcomer, "شركة النخيل للاستثمار")):
        ContactFactory(investor=partner.investor)
        rename(partner.investor, name=name)
    ctx = story._ctx(MOVED_ON)
    calls.send_notices(call_id=story.open.pk, ctx=ctx)
    story.transfer(**ASSUMED)
    render_all(at=timezone.now())
    deliver_all(at=timezone.now())
    later = {"due_date": DUE + timedelta(30), "purpose": "Acquisition", "purpose_detail": ""}
    calls.reword_call(call_id=story.open.pk, **later, ctx=ctx)
    assert violations() == []
    known = Knowledge(story._ctx(DUE).at - timedelta(1))
    was = {model: rows_of(model.on(MOVED_ON, known)) for model in ROLL_UPS}
    calls.cancel_call(call_id=story.open.pk, reason="The deal is off", ctx=story._ctx(DUE))
    told = [letters(story, partner)[-1] for partner in (story.first, story.newcomer)]
    assert [one.facts["no_longer_due"] for one in told] == ["100000.00", "50000.00"]
    for letter, amount in zip(told, ("$100,000.00", "$50,000.00"), strict=True):
        assert f"No longer due from you{amount}" in strip_tags(letter_html(letter))
        assert letter.facts["call"]["due_on"] == later["due_date"].isoformat()
    called = D("150000.00")
    took, kept = owed(story.newcomer), owed(story.first)
    assert (took.outstanding, kept.outstanding) == (0, 0)
    assert took.called + kept.called == at_first.called - called
    assert took.unfunded + kept.unfunded == at_first.unfunded + called
    assert {model: rows_of(model.on(MOVED_ON, known)) for model in ROLL_UPS} == was
    assert violations() == []


def test_what_is_assumed_goes_on_to_a_third_and_back():
    """To a partner that owes a part of the same call itself, on from there, and back to where it came from."""
    story = TransferStory(committed=("3000000.00", "1000000.00"))
    story.paid_call(date(2026, 2, 16), ("investment", "548780.49", "D1"), ("management_fee", "30182.93"))
    lines = ("investment", "100000.01", "D2"), ("management_fee", "49999.99")
    story.open = story.paid_call(date(2026, 9, 15), *lines, due=date(2026, 9, 25), paid=False)
    pay(story, story.first, "7777.77", date(2026, 9, 20))
    other = story.partners[1]
    story.transfer(1, 3, to=other, **ASSUMED)
    story.transfer(1, 7, frm=other, to=story.newcomer, on=date(2026, 10, 1), **ASSUMED)
    story.transfer(1, 1, frm=story.newcomer, to=story.first, on=date(2026, 10, 2), **ASSUMED)
    story.transfer(1, 1, frm=other, to=story.newcomer, on=date(2026, 10, 3), **ASSUMED)
    sums = [owed(one).outstanding for one in (story.first, other, story.newcomer)]
    assert sum(sums) == D("142222.23")
    assert sums[1] == 0
    assert owed(other).called == owed(other).committed == 0
    told = with_letter_states(Notice.objects.filter(commitment=other, subject_id=story.open.pk))
    assert told.latest("version").letter_state == "nothing"
    for partner in (story.first, other, story.newcomer):
        agrees_with_the_views(partner, today=date(2026, 10, 3))
    assert violations() == []


def notice(story, partner, day):
    item = item_of(story, partner)
    terms = DefaultTerms(rate="0.1")
    more = {"cure_by": day, "terms": terms, "reason": "Clause 6.6", "ctx": story._ctx(day)}
    return defaults.request_default(item_id=item.pk, notice_on=day, **more)


def test_who_assumed_is_in_default_by_itself_and_owes_interest_from_the_due_date(story):
    story.transfer(**ASSUMED)
    late = DUE + timedelta(73)
    pay(story, story.newcomer, "10000.00", DUE)
    given = notice(story, story.newcomer, late)
    assert accrued_of(given, late).total == D("800.00")
    words = strip_tags(letter_html(letters(story, story.newcomer)[-1]))
    assert "$40,000.00 is not paid" in words
    assert "Outstanding from you$40,000.00" in words
    assert "$50,000.00" not in words.split("Where the money goes")[0]
    short = {"default_id": given.pk, "due_on": late + timedelta(30), "amount": "100.00"}
    asked = remedies.request_shortfall(**short, ctx=story._ctx(late)).asked.call
    assert {line.kind for line in asked.lines.all()} == {"investment", "other"}
    story.first.refresh_from_db()
    with pytest.raises(DomainError) as refused:
        story.transfer(frm=story.newcomer, to=story.first, on=late, **ASSUMED)
    assert refused.value.code == "transfer.in_default"
    assert violations() == []


REFUSED = {
    "transfer.rows_after_it": {"on": date(2026, 9, 14)},
    "open_item_unpaid": {"open_items": "settled"},
}


def test_what_is_refused(story):
    for code, values in REFUSED.items():
        with pytest.raises(DomainError) as refused:
            story.transfer(**{**ASSUMED, **values})
        assert refused.value.code == code
    assert not Transfer.objects.exists()


def test_a_debt_of_ones_own_and_a_deal_from_which_one_is_excused_pass_to_nobody():
    story = TransferStory(committed=("3000000.00", "1000000.00"))
    set_by_two(story.fund, residual_limit=D("50.00"))
    story.fund.refresh_from_db()
    call = story.paid_call(date(2026, 2, 16), ("investment", "40000.00", "D1"), paid=False)
    story.open = call
    other, day = story.partners[1], date(2026, 2, 17)
    excuses.excuse_partner(
        line_id=call.lines.get().pk, commitment_id=other.pk, reason="Policy", ctx=story._ctx(day)
    )
    refused = []

    def tried(**values):
        with pytest.raises(DomainError) as error:
            story.transfer(**{**ASSUMED, **values})
        refused.append(error.value.code)

    tried(to=other)
    owed_now = CallItemCapital.objects.get(call=call, commitment=story.first).outstanding
    pay(story, story.first, owed_now - 1, date(2026, 2, 18))
    tried(to=other)
    settled = {"kind": "carried", "reason": "Bank charges", "effective_on": date(2026, 2, 18)}
    item = item_of(story, story.first)
    settlements.settle_residual(item_id=item.pk, ctx=story._ctx(date(2026, 2, 18)), **settled)
    tried()
    assert refused == ["transfer.excused", "transfer.excused", "transfer.own_debts"]
    assert not Transfer.objects.exists()


def test_who_takes_part_after_all_may_take_over_what_was_asked_before():
    """Of a deal the last word counts: who was excused from its first call, and takes part in the second with a reason,
    may acquire both; who is excused again may not. So it is with what another did not pay."""
    story = TransferStory(committed=("3000000.00", "1000000.00", "1000000.00"))
    other, payer = story.partners[1:]
    call = story.paid_call(date(2026, 2, 16), ("investment", "40000.00", "D1"), paid=False)
    excused = {"commitment_id": other.pk, "reason": "Policy", "ctx": story._ctx(date(2026, 2, 17))}
    excuses.excuse_partner(line_id=call.lines.get().pk, **excused)

    def follow_on(day, **of_other):
        line = LinePlan("investment", D("12000.00"), story.deal("D1").pk)
        more = {"call_date": day, "due_date": day + timedelta(1), "lines": (line,)}
        plan = story.plan("12000.00", **more, items=(ItemPlan(other.pk, **of_other),))
        asked = calls.issue_call(
            call_id=calls.draft_call(plan=plan, ctx=story._ctx(day)).pk, ctx=story._ctx(day)
        )
        story.open = asked
        return asked

    def is_asked_for(partner) -> bool:
        given = notice(story, partner, story.open.due_date + timedelta(20))
        found = {one.pk: one.is_excused for one in other_partners(given)}
        return not found[other.pk]

    def left_out() -> None:
        with pytest.raises(DomainError, match=f"Excused .* would move: {other.investor.name}"):
            story.transfer(to=other, **ASSUMED)

    follow_on(date(2026, 3, 2))
    left_out()
    follow_on(date(2026, 4, 1), called_amount=D("1000.00"), included={0: "Its policy changed"})
    assert is_asked_for(payer)
    moved = story.transfer(to=other, **ASSUMED)
    held = HeldPart.objects.filter(commitment=other, held__gt=0).values_list("call__number", flat=True)
    assert sorted(held) == [1, 2, 3]
    assert moved.approved_at
    assert violations() == []
    follow_on(date(2026, 10, 1), excused={0: "Policy again"})
    with pytest.raises(DomainError, match="Excused from an investment"):
        story.transfer(to=other, **ASSUMED | {"on": date(2026, 10, 2)})
    assert not is_asked_for(story.first)
    assert violations() == []


def test_a_line_in_fixed_parts_is_assumed_and_open_again():
    """As a management fee is called that was worked out partner by partner: of who had no part of it, too."""
    story = TransferStory()
    line = LinePlan("management_fee", D("90.00"), reduces_unfunded=False, split_by="fixed")
    parts = ((story.first, "90.00"), (story.gp, "0.00"))
    items = tuple(ItemPlan(one.pk, called_amount=D(amount)) for one, amount in parts)
    plan = story.plan("90.00", lines=(line,), items=items, call_date=date(2026, 9, 1), due_date=MOVED_ON)
    ctx = story._ctx(date(2026, 9, 1))
    call = calls.issue_call(call_id=calls.draft_call(plan=plan, ctx=ctx).pk, ctx=ctx)
    item = call.items.get(commitment=story.first)
    paid = payments.record_payment(
        item_id=item.pk, amount="60.00", value_date=MOVED_ON, method="wire", ctx=story._ctx(MOVED_ON)
    )
    story.transfer(**ASSUMED)
    assert owed(story.newcomer).outstanding == D("10.00")
    reversals.request_reversal(payment_id=paid.pk, reason="Returned", ctx=story._ctx(MOVED_ON))
    assert (owed(story.newcomer).outstanding, owed(story.first).outstanding) == (D("30.00"), D("60.00"))
    assert violations() == []
