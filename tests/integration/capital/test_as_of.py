"""Roll-ups as of a day, as known at a time: what the views said then is what the functions say ever after."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection

from blackgem.lib.context import WriteContext
from blackgem.lib.fields import MoneyField
from blackgem.lib.knowledge import Knowledge
from blackgem.lib.rollups import RollUp
from capital.models import CommitmentCapital, FundCommitmentCapital, HeldPart
from capital.services import allocations, calls, excuses, payments, receipts, returns, reversals, settlements
from capital.services.plans import LinePlan
from distributions.models import DistributionCapital
from funds.services.register import change_register
from tests.integration.capital.story import Story
from tests.integration.distributions.story import EXIT, ExitStory
from tests.support.opened import written
from tests.support.statements import statement_of

pytestmark = pytest.mark.django_db
ROLL_UPS = [
    model
    for model in RollUp.__subclasses__()
    if model._meta.db_table
    not in (
        "call_notice_states",
        "cash_return_notice_states",
        "distribution_notice_states",
        "refund_notice_states",
    )
]


def rows_of(found) -> dict:
    return {
        row.pk: {field.attname: getattr(row, field.attname) for field in row._meta.fields} for row in found
    }


def views() -> dict:
    return {model: rows_of(model.objects.all()) for model in ROLL_UPS}


def functions(day: date, known: datetime | None) -> dict:
    return {model: rows_of(model.on(day, Knowledge(known))) for model in ROLL_UPS}


def counts_something(model, row) -> bool:
    """Whether a row counts anything; what was declared of a draft is said on any day."""
    counted = {"paid_out"} if model is DistributionCapital else set(row)
    money = {one.attname for one in model._meta.fields if isinstance(one, MoneyField)}
    return any(
        row[name] for name in money & counted - {"weight"} if not (model is HeldPart and name == "called")
    )


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


class Life(Story):
    """Calls, payments, reversals, waivers, cancellations and changes of what was promised, a week from one another;
    what the views said after each step is kept."""

    def live(self):
        self.day, self.said = date(2026, 3, 1), []
        self.fund.residual_limit = D(5)
        with written():
            self.fund.save(update_fields=["residual_limit"])
        for step in (
            self.allot,
            self.ask,
            self.pay_some,
            self.promise,
            self.bounce,
            self.withdraw,
            self.waive,
            self.release_back_in_time,
            self.lower,
            self.excuse_one,
            self.take_in,
            self.return_some,
        ):
            step()
            self.said.append((step.__name__, self.day, views()))
            self.day += timedelta(days=7)
        return self

    @property
    def ctx(self):
        return WriteContext(self.manager, at(self.day))

    def on(self, **fields):
        return {"ctx": self.ctx, **fields}

    def asked(self, amount, **changes):
        lines = (LinePlan("investment", D(amount), self.deal.pk), LinePlan("other", D(10), None, False))
        dates = {"call_date": self.day, "due_date": self.day + timedelta(days=14)}
        plan = self.plan(str(D(amount) + 10), lines=lines, **{**dates, **changes})
        return calls.issue_call(call_id=calls.draft_call(plan=plan, ctx=self.ctx).pk, ctx=self.ctx)

    def allot(self):
        self.deal = self.allocate("400000")

    def ask(self):
        self.call = self.asked("60000", call_date=self.day + timedelta(days=30), due_date=date(2026, 6, 1))
        self.mistaken = self.asked("1000")

    def pay_some(self):
        items = list(self.call.items.order_by("commitment__reference"))
        self.paid = [
            payments.record_payment(
                item_id=item.pk, amount=item.amount - left, value_date=self.day, method="wire", ctx=self.ctx
            )
            for item, left in zip(items, (0, D(1), 0), strict=True)
        ]
        self.short = items[1]

    def promise(self):
        change_register(
            commitment_id=self.partners[2].pk,
            **self.on(kind="increased", amount="50000", effective_on=self.day, reason="Second closing"),
        )

    def bounce(self):
        reversals.request_reversal(payment_id=self.paid[0].pk, reason="Bounced", ctx=self.ctx)

    def withdraw(self):
        calls.cancel_call(call_id=self.mistaken.pk, reason="Not needed", ctx=self.ctx)

    def waive(self):
        settlements.settle_residual(item_id=self.short.pk, **self.on(kind="waived", reason="Charges"))

    def release_back_in_time(self):
        change_register(
            commitment_id=self.partners[0].pk,
            **self.on(kind="released", amount="1000", effective_on=date(2026, 3, 10), reason="Agreed"),
        )

    def lower(self):
        allocations.amend_allocation(
            allocation_id=self.deal.pk, **self.on(change="-1000", effective_on=self.day, reason="Price")
        )

    def excuse_one(self):
        line = self.call.lines.get(allocation=self.deal)
        excuses.excuse_partner(line_id=line.pk, commitment_id=self.partners[2].pk, **self.on(reason="Policy"))

    def take_in(self):
        self.cash = receipts.record_receipt(
            fund_id=self.fund.pk, amount="500", value_date=self.day, ctx=self.ctx
        )

    def return_some(self):
        returns.return_receipt(
            receipt_id=self.cash.pk, amount="200", **self.on(value_date=self.day, reason="Not ours")
        )


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_every_past_day_as_known_then_says_what_the_views_said(currency):
    life = Life(currency=currency, committed=("600000", "300000", "100000")).live()
    for name, day, said in life.said:
        for model, rows in functions(day, at(day)).items():
            before = {key: row for key, row in rows.items() if key in said[model]}
            assert before == said[model], (name, model)
            later = [row for key, row in rows.items() if key not in said[model]]
            assert not any(counts_something(model, row) for row in later), (name, model, "what came later")
    assert functions(life.day, None) == views()


def test_what_is_learnt_later_of_a_past_day_is_known_now_and_was_not_then():
    life = Life().live()
    partner, day = life.partners[0].pk, date(2026, 3, 14)

    def unfunded(known):
        [row] = CommitmentCapital.on(day, Knowledge(known), commitment=partner)
        return row.released, row.unfunded

    assert unfunded(at(day)) == (0, D(563400)), "60,000 and 1,000 are asked, 600 of each 1,000"
    assert unfunded(None) == (D(1000), D(563000)), "the second call never counted, and 1,000 was released"


def test_every_roll_up_has_its_function():
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname FROM pg_proc WHERE proname LIKE '%\\_at' AND proretset")
        functions = {name for (name,) in cursor.fetchall()}
    assert functions == {f"{model._meta.db_table}_at" for model in ROLL_UPS}


def test_distributions_count_from_their_value_date():
    story = ExitStory()
    before_issue = views()
    story.pay_out(story.issue_exit("50000.00", recallable=True))
    assert functions(EXIT, None) == views()
    for model, rows in functions(EXIT - timedelta(days=1), None).items():
        assert {key: row for key, row in rows.items() if key in before_issue[model]} == before_issue[model]
    before = FundCommitmentCapital.on(EXIT - timedelta(days=1), fund=story.fund.pk)[0]
    after = FundCommitmentCapital.on(EXIT, fund=story.fund.pk)[0]
    assert (before.distributed, after.distributed) == (0, D(50000))
    assert after.unfunded - before.unfunded == D(50000)


def test_the_planner_takes_the_functions_apart():
    with connection.cursor() as cursor:
        for model in ROLL_UPS:
            name = model._meta.db_table
            cursor.execute(f"EXPLAIN SELECT * FROM {name}_at('2026-03-01', now())")
            assert f"Function Scan on {name}_at" not in str(cursor.fetchall())


def test_a_statement_of_a_day_says_what_the_roll_ups_say():
    life = Life().live()
    said = (
        "committed",
        "released",
        "called",
        "called_within",
        "paid",
        "outstanding",
        "distributed",
        "unfunded",
    )
    for _, day, _ in life.said:
        for known in (at(day), None):
            for partner in life.partners:
                shown = statement_of(
                    partner.investor, life.fund.pk, as_of=day, at=at(life.day), known_at=known
                ).statement
                [row] = CommitmentCapital.on(day, Knowledge(known), commitment=partner.pk)
                assert {name: getattr(shown, name) for name in said} == {
                    name: getattr(row, name) for name in said
                }
