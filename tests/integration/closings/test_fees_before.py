"""The fees of who comes in later, for the time before: worked out from what was billed, charged once, and not trued up."""

from datetime import date, timedelta

import pytest

from capital.models import CapitalCallItemLine
from closings.queries.figures import figures_of
from fees.models import FeeCatchUp, FeeRun, FeeSchedule
from fees.queries.working import work_out
from fees.services import asked, runs
from tests.integration.closings.story import BEGAN, ClosingStory

pytestmark = pytest.mark.django_db
HELD_ON, PAY_ON = date(2026, 7, 10), date(2026, 7, 20)


class FeeClosings(ClosingStory):
    """The fund of the published closings, with 2 % of commitments every quarter in advance from its first day on."""

    def schedule(self, **fields) -> FeeSchedule:
        fields = {"effective_on": BEGAN, "rate": "0.02", **fields}
        row = asked.set_fee_schedule(fund_id=self.fund.pk, fields=fields, ctx=self.ctx(BEGAN))
        if self.four_eyes:
            asked.approve_fee_schedule(schedule_id=row.pk, ctx=self.ctx(BEGAN, self.second))
        return row

    def bill(self, *days: date) -> FeeRun:
        """The next run on each of these days."""
        for day in days:
            due = day + timedelta(14)
            run = runs.request_fee_run(fund_id=self.fund.pk, due_on=due, ctx=self.ctx(day))
            if self.four_eyes:
                runs.approve_fee_run(run_id=run.pk, ctx=self.ctx(day, self.second))
        return run

    def lines(self, call, name: str) -> dict[str, str]:
        """What a call asks of a partner, by kind."""
        rows = CapitalCallItemLine.objects.filter(call=call, commitment__investor__name=name)
        return {kind: f"{amount:f}" for kind, amount in rows.values_list("line__kind", "amount")}

    def due_next(self, name: str) -> dict[str, str]:
        """What the next run says of a partner."""
        found = work_out(self.fund)
        key = self.fund.commitments.get(investor__name=name).pk
        line = found.instalment.lines[key]
        return {one: f"{getattr(line, one):f}" for one in ("gross", "discount", "true_up", "net", "tax")}


def test_smoke():
    story = FeeClosings(four_eyes=True)
    story.schedule(vat_rate="0.1")
    story.bill(date(2026, 1, 16), date(2026, 4, 1), date(2026, 7, 1))
    story.first_two_calls()
    closing = story.close(
        story.plan(HELD_ON, PAY_ON, story.newcomer("C", "4000000.00"), fee_interest="per_instalment"), HELD_ON
    )
    print(
        story.lines(closing.call, "C"),
        [[str(c) for c in (r.charged, r.net, r.tax)] for r in FeeCatchUp.objects.all()],
    )
    print(story.due_next("C"), story.due_next("A"))
    print(figures_of(closing))
    assert 0
