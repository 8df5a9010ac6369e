"""Closing the books: in order, by two, after a check list. What a person types into a closed period is refused, what
the bank or a reversal brings keeps its day and is listed as late, and printed figures stay."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from banking.models import BankEntry
from banking.services.accounts import add_bank_account
from banking.services.files import upload_statement
from banking.services.posting import post_matches
from banking.services.reading import read_next
from banking.services.settling import apply_entry
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from capital.services import reversals
from dashboard.queries.positions import position_of
from funds.calc.quarters import quarter_of
from funds.models import PeriodAccount, PeriodClose
from funds.queries.periods import periods_of, reported_at
from funds.services import periods
from portal.queries.statement import state_commitment
from tests.factories import UserFactory
from tests.integration.capital.story import NOW, TODAY
from tests.integration.funds.period_story import CLOSED, Q1, PeriodStory
from tests.support import bank_files
from tests.support.bank_files import Booking
from tests.support.opened import written
from tests.support.race import together

pytestmark = pytest.mark.django_db


def code_of(refused) -> str:
    return refused.value.code


def test_quarters_of_the_calendar():
    assert quarter_of(date(2026, 12, 31)) == (date(2026, 10, 1), date(2026, 12, 31))
    assert quarter_of(date(2028, 2, 29)) == (date(2028, 1, 1), date(2028, 3, 31))


def test_a_quarter_is_closed_by_two_and_keeps_what_was_known():
    story = PeriodStory()
    with pytest.raises(Conflict) as refused:
        story.ask()
    assert code_of(refused) == "period.check"
    assert "Net asset value is entered: No value is entered as of the last day." in refused.value.message
    assert story.states() == {
        "approvals": "done", "nav": "missing", "fees": "not_needed", "bank": "not_needed",
        "bank_entries": "not_needed", "cash": "done",
    }  # fmt: skip
    story.value()
    with pytest.raises(Conflict) as refused:
        story.ask(last_day=date(2026, 6, 30))
    assert code_of(refused) == "period.not_over"
    asked = story.ask()
    with pytest.raises(Conflict) as refused:
        story.ask()
    assert code_of(refused) == "period.waits"
    with pytest.raises(Forbidden):
        periods.approve_close(close_id=asked.pk, ctx=story.at())
    closed = periods.approve_close(close_id=asked.pk, ctx=story.at(by=story.second))
    assert (closed.status, closed.known_at, closed.last_day) == ("closed", CLOSED, Q1)
    assert {one["key"]: one["state"] for one in closed.checks}["nav"] == "done"
    kept = PeriodAccount.objects.filter(close=closed).order_by("commitment__reference")
    before = [(row.paid, row.outstanding, row.unfunded) for row in kept]
    assert before == story.position()
    assert before[0][0] == Decimal("60000.00")

    # What a person types into it is refused, with the next day that is open.
    later = CLOSED + timedelta(days=3)
    with pytest.raises(Conflict) as refused:
        story.pay_item(story.items[1], "1000.00", later)
    assert code_of(refused) == "period.locked"
    assert refused.value.problems[0].field == "value_date"
    assert "the next open day is Apr 1, 2026" in refused.value.message
    for attempt in (
        lambda: story.value(when=later),
        lambda: story.draft("10.00"),
        lambda: story.receive("5.00"),
    ):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert code_of(refused) == "period.locked"
    story.pay_item(story.items[1], "1000.00", later, value_date=date(2026, 4, 1))

    # A reversal keeps its day, is posted in the open period, and changes no figure of the closed one.
    reversals.request_reversal(
        payment_id=story.paid.pk, reason="Wrong partner", money_left=False, ctx=story.at(later)
    )
    assert story.position() == before
    shown = position_of(story.fund, Q1, at=later, known_at=later)
    assert shown.partners[0][1].paid == 0
    newest, first = periods_of(story.fund, date(2026, 4, 8))[0], periods_of(story.fund, date(2026, 4, 8))[-1]
    assert (newest.state, newest.total, len(newest.late)) == ("current", Decimal("-60000.00"), 1)
    assert (first.state, first.late) == ("closed", [])
    statement = state_commitment(
        [story.partners[0].investor], story.partners[0], as_of=Q1, at=later + timedelta(days=1)
    )
    assert statement.known_at == CLOSED


def test_what_the_bank_brings_late_keeps_its_day():
    story = PeriodStory()
    add_bank_account(fund_id=story.fund.pk, number=bank_files.NUMBER, ctx=story.at(NOW))
    story.value()

    def upload(bookings, opening, name, when):
        content = bank_files.camt(bookings, Decimal(opening), statement_id=name)
        upload_statement(fund_id=story.fund.pk, name=name, content=content, ctx=story.at(when))
        assert read_next(at=when)

    assert story.states()["bank"] == "missing"
    upload([Booking(Q1, Decimal("1.00"), "I1", "interest")], "0.00", "S1", CLOSED)
    assert story.states()["bank"] == "done"
    assert story.states()["bank_entries"] == "missing"
    story.close()
    before, later = story.position(), CLOSED + timedelta(days=2)
    text = f"{story.fund.code} CC{story.called.number}-{story.items[1].commitment.reference}"
    payer = story.items[1].commitment.investor.name
    wire = Booking(TODAY, story.items[1].amount, "W7", text, payer)
    upload([wire], "1.00", "S2", later)
    statement = BankEntry.objects.get(reference="W7").statement
    posted, left = post_matches(statement_id=statement.pk, ctx=story.at(later))
    assert (len(posted), left) == (1, [])
    assert posted[0].receipt.bank_entry_id == posted[0].entry_id
    assert posted[0].receipt.value_date == TODAY
    assert story.position() == before
    current = periods_of(story.fund, date(2026, 4, 8))[0]
    assert [(row.value_date, row.amount) for row in current.late] == [(TODAY, story.items[1].amount)]
    # So does what a person says that an entry is.
    interest = BankEntry.objects.get(reference="I1")
    receipt = apply_entry(entry_id=interest.pk, ctx=story.at(later)).receipt
    assert (receipt.value_date, receipt.bank_entry_id) == (Q1, interest.pk)
    assert story.position() == before

    # The next close takes it in: there it stays listed.
    when = datetime(2026, 7, 5, tzinfo=UTC)
    story.value(date(2026, 6, 30), when)
    upload([Booking(date(2026, 6, 30), Decimal("1.00"), "I2", "interest")], "30001.00", "S3", when)
    second = story.close(when, date(2026, 6, 30))
    found = {one.last_day: one for one in periods_of(story.fund, date(2026, 7, 8))}
    assert [len(found[day].late) for day in sorted(found)] == [0, 1, 0]
    assert (reported_at(story.fund.pk, TODAY), reported_at(story.fund.pk, second.last_day)) == (CLOSED, when)
    assert reported_at(story.fund.pk, date(2026, 7, 1)) is None


def test_only_the_last_is_reopened_by_an_administrator():
    story = PeriodStory()
    story.value()
    closed, later = story.close(), CLOSED + timedelta(days=1)
    with pytest.raises(Forbidden):
        periods.reopen_period(close_id=closed.pk, reason="Late papers", ctx=story.at(later))
    root = UserFactory(is_superuser=True, is_staff=True)
    with pytest.raises(InvalidInput):
        periods.reopen_period(close_id=closed.pk, reason=" ", ctx=story.at(later, root))
    periods.reopen_period(close_id=closed.pk, reason="Late papers", ctx=story.at(later, root))
    with pytest.raises(Conflict):
        periods.reopen_period(close_id=closed.pk, reason="Again", ctx=story.at(later, root))
    story.pay_item(story.items[1], "1000.00", later)
    again = story.close(later + timedelta(days=1))
    assert story.position()[1][0] == Decimal("1000.00")
    rows = PeriodClose.objects.order_by("pk")
    assert [row.status for row in rows] == ["reopened", "closed"]
    assert [one.late for one in periods_of(story.fund, date(2026, 4, 8))][-1] == []
    assert again.accounts.count() == len(story.partners)


#: Columns of days that no rail of periods watches, and why.
UNGUARDED = {
    r"(anchors_told|reconciliations)\.\w+": "of the whole site",
    r"bank_(entries|statements)\.\w+": "what the bank says",
    r"capital_transactions\.\w+": "posted by the database, with the day of what posts it",
    r"\w+\.due_on|defaults\.cure_by|(closings|payment_files)\.pay_on|refunds\.until": "by when something is paid or"
    " mended: money counts on the day on which it moves",
    r"closing_rates\.starts_on|fee_runs\.(starts_on|ends_on)|fund_terms\.recall_until": "a term",
    r"commitments\.closing_date|funds\.\w+": "of the set-up; the admission of a partner has a day of its own",
    r"(equalised_rows|fee_catch_ups)\.effective_on": "written with a closing, whose day is watched",
    r"notices\.dated_on": "when a letter was written",
    r"fee_statements\.effective_on": "written with a run or a call, whose days are watched",
    r"(\w+_reversals|fee_payments)\.cash_on": "the bank’s own day",
    r"period_closes\.\w+": "the periods themselves",
}


def test_no_day_that_a_person_types_is_forgotten():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname || '.' || a.attname, EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid"
            " AND t.tgfoid = 'guard_periods'::regproc AND encode(t.tgargs, 'escape') ~ ('n\\.' || a.attname || '\\M'))"
            " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.atttypid = 'date'::regtype"
            " AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped"
        )
        found = dict(cursor.fetchall())
    exempt = {name for name in found if any(re.fullmatch(pattern, name) for pattern in UNGUARDED)}
    assert {name for name, watched in found.items() if not watched} == exempt
    assert all(any(re.fullmatch(pattern, name) for name in found) for pattern in UNGUARDED)


def test_a_quarter_ends_where_the_fund_is_and_in_its_currency():
    story = PeriodStory(currency="JPY", called="100000", paid="60000")
    with written():
        type(story.fund).objects.filter(pk=story.fund.pk).update(time_zone="Pacific/Auckland")
    story.fund.refresh_from_db()
    over = datetime(2026, 3, 31, 12, tzinfo=UTC)  # already April there
    story.value(when=over, amount="90000")
    closed = story.close(over)
    kept = closed.accounts.get(commitment=story.partners[0])
    assert (closed.last_day, kept.paid) == (Q1, Decimal("60000"))


@pytest.mark.django_db(transaction=True)
def test_closing_and_writing_take_turns():
    story = PeriodStory()
    story.value()
    asked, by = story.ask(), story.second
    when = CLOSED + timedelta(seconds=1)
    answers = together(
        [
            lambda: periods.approve_close(close_id=asked.pk, ctx=story.at(when, by)),
            lambda: story.pay_item(story.items[1], "10.00", CLOSED),
            lambda: periods.approve_close(close_id=asked.pk, ctx=story.at(when, by)),
        ]
    )
    assert sum(isinstance(one, PeriodClose) for one in answers) == 1
    paid = story.position()[1][0]
    kept = PeriodAccount.objects.get(close=asked, commitment=story.partners[1]).paid
    assert kept == paid
    assert (paid == Decimal("10.00")) != isinstance(answers[1], Conflict)
