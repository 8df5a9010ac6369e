"""A fund with a fee schedule, for stories about fees."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from blackgem.lib.context import WriteContext
from capital.services import calls
from capital.services.plans import ItemPlan, LinePlan
from fees.services import asked, happened, runs, waivers
from funds.models import CommitmentEvent
from tests.factories import CommitmentFactory
from tests.integration.capital.story import Story

BEGAN = date(2026, 1, 1)


class FeeStory(Story):
    """A of 10.0m, B of 5.0m, C of 2.5m and a general partner of 0.5m; 2 % every quarter in advance from 2026 on."""

    def __init__(
        self,
        *,
        committed=("10000000.00", "5000000.00", "2500000.00"),
        gp="500000.00",
        schedule=None,
        **more,
    ):
        super().__init__(committed=committed, **more)
        self.gp = CommitmentFactory(
            fund=self.fund, amount=Decimal(gp), kind="gp", reference="GP", created_by=self.manager
        )
        fields = {"effective_on": BEGAN, "rate": "0.02", "inside": False, **(schedule or {})}
        self.schedule = self.set_schedule(**fields)

    def on(self, day: date, by=None) -> WriteContext:
        return WriteContext(by or self.manager, datetime(day.year, day.month, day.day, 15, tzinfo=UTC))

    def set_schedule(self, on=BEGAN, **fields):
        row = asked.set_fee_schedule(fund_id=self.fund.pk, fields=fields, ctx=self.on(on))
        return self.decided(asked.approve_fee_schedule, row, on, "schedule_id")

    def letter(self, partner, on=BEGAN, **fields):
        row = asked.set_fee_letter(
            commitment_id=partner.pk, **{"effective_on": on, **fields}, ctx=self.on(on)
        )
        return self.decided(asked.approve_fee_letter, row, on, "letter_id")

    def income(self, on, amount, category="transaction", offset_rate="1"):
        row = asked.record_fee_income(
            fund_id=self.fund.pk,
            received_on=on,
            category=category,
            amount=amount,
            offset_rate=offset_rate,
            ctx=self.on(on),
        )
        return self.decided(asked.approve_fee_income, row, on, "income_id")

    def increase(self, partner, on, amount):
        """What a partner promises more from a day on."""
        people = {"recorded_by": self.manager, "approved_by": self.manager}
        times = dict.fromkeys(("recorded_at", "approved_at"), self.on(on).at)
        return CommitmentEvent.objects.create(
            fund=self.fund,
            commitment=partner,
            kind="increased",
            changes_commitment=True,
            amount=Decimal(amount),
            effective_on=on,
            reason="Later closing",
            four_eyes=False,
            **people,
            **times,
        )

    def event(self, kind, on, told=None):
        """What happened on a day, said on another."""
        said = told or on
        row = happened.record_fee_event(fund_id=self.fund.pk, kind=kind, happened_on=on, ctx=self.on(said))
        return self.decided(happened.approve_fee_event, row, said, "event_id")

    def sold(self, deal, on, amount, told=None, **more):
        """The cost of what was sold of a deal."""
        said = told or on
        row = happened.record_fee_realisation(
            fund_id=self.fund.pk, deal_id=deal, sold_on=on, amount=amount, ctx=self.on(said), **more
        )
        return self.decided(happened.approve_fee_realisation, row, said, "realisation_id")

    def invested(self, on, *amounts, into=None):
        """The allocation to a deal for which each partner, the general partner last, paid its amount on a day."""
        paid = [Decimal(amount) for amount in amounts]
        allocation = into or self.allocate(amount="50000000.00")
        line = LinePlan("investment", sum(paid), allocation_id=allocation.pk, split_by="fixed")
        parts = zip([*self.partners, self.gp], paid, strict=True)
        plan = self.plan(
            sum(paid),
            lines=(line,),
            items=[ItemPlan(one.pk, line_amounts=(amount,)) for one, amount in parts],
            call_date=on - timedelta(12),
            due_date=on,
        )
        self.pay_all(self.issued_on(plan, on - timedelta(12)), on)
        return allocation

    def issued_on(self, plan, day):
        """The call of a plan, issued on a day: by two where the fund demands it."""
        call = calls.draft_call(plan=plan, ctx=self.on(day))
        if not self.four_eyes:
            return calls.issue_call(call_id=call.pk, ctx=self.on(day))
        calls.submit_call(call_id=call.pk, ctx=self.on(day))
        return calls.approve_call(call_id=call.pk, ctx=self.on(day, self.second))

    def pay_all(self, call, on):
        """Every partner pays its part of a call on a day."""
        for item in call.items.filter(amount__gt=0):
            self.pay_item(item, item.amount, self.on(on).at, value_date=on)

    def uses_what_was_waived(self, on, amount="1.00"):
        """The general partner owes its part of a call on a day, and is deemed to have paid so much of it out of a fee
        that was waived: of that, ten times as much."""
        self.run(on, waived=Decimal(amount) * 10)
        total = Decimal("17501000.00") / 1000
        plan = self.plan(total, lines=(LinePlan("other", total),), call_date=on, due_date=on + timedelta(14))
        item = self.issued_on(plan, on).items.get(commitment=self.gp)
        asked = {"item_id": item.pk, "due_on": on + timedelta(14), "amount": amount}
        row = waivers.use_waived_fees(fund_id=self.fund.pk, **asked, ctx=self.on(on))
        return self.decided(waivers.approve_waiver_use, row, on, "use_id")

    def decided(self, approve, row, on, name):
        if row.approved_at is None:
            approve(**{name: row.pk}, ctx=self.on(on, self.second))
        row.refresh_from_db()
        return row

    def ask(self, on, **more):
        return runs.request_fee_run(fund_id=self.fund.pk, due_on=on + timedelta(14), ctx=self.on(on), **more)

    def run(self, on, **more):
        return self.decided(runs.approve_fee_run, self.ask(on, **more), on, "run_id")


def figures(run, *names) -> dict[str, list[str]]:
    """What a run says of each partner, by reference."""
    return {
        line.commitment.reference: [f"{getattr(line, name):f}" for name in names]
        for line in run.lines.select_related("commitment").order_by("commitment")
    }


def owed(call) -> dict[str, str]:
    """What a call asks of each partner, by reference."""
    items = call.items.select_related("commitment").order_by("commitment")
    return {item.commitment.reference: f"{item.amount:f}" for item in items}
