"""A small fund with three partners, for stories about calls and payments."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from blackgem.lib.context import WriteContext
from capital.models import CapitalCall, FundAllocation
from capital.services import allocations, calls, payments, receipts, reversals
from capital.services.plans import CallPlan, ItemPlan, LinePlan
from funds.services.controls import approve_change
from tests.factories import CommitmentFactory, DealFactory, FundFactory, MembershipFactory, UserFactory

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@dataclass
class Story:
    """Who acts, on which fund; verbs with the dates of the story filled in."""

    committed: tuple = ("600000.00", "300000.00", "100000.00")
    four_eyes: bool = False
    partners: list = field(default_factory=list)
    currency: str = "USD"

    def __post_init__(self):
        self.manager = UserFactory(full_name="Mary Manager")
        self.fund = FundFactory(
            manager=self.manager,
            four_eyes=self.four_eyes,
            currency=self.currency,
            created_by=self.manager,
        )
        self.partners = [
            CommitmentFactory(fund=self.fund, amount=Decimal(amount), created_by=self.manager)
            for amount in self.committed
        ]

    @property
    def second(self):
        """Another manager of the fund."""
        if not hasattr(self, "_second"):
            self._second = UserFactory(full_name="Sam Second")
            MembershipFactory(fund=self.fund, user=self._second)
        return self._second

    def allocate(self, amount="400000.00"):
        deal = DealFactory(created_by=self.manager)
        return allocations.allocate(
            fund_id=self.fund.pk, deal_id=deal.pk, committed=amount, ctx=WriteContext(self.manager, NOW)
        )

    def plan(self, total="100000.00", *, lines=None, items=(), **changes):
        total = Decimal(total)
        lines = lines or (LinePlan("investment", total),)
        fields = {
            "fund_id": self.fund.pk,
            "total_amount": total,
            "purpose": "Acquisition",
            "purpose_detail": "",
            "call_date": TODAY,
            "due_date": date(2026, 3, 15),
            "lines": tuple(lines),
            "items": tuple(items),
        }
        return CallPlan(**fields | changes)

    def draft(self, total="100000.00", **changes):
        return calls.draft_call(plan=self.plan(total, **changes), ctx=WriteContext(self.manager, NOW))

    def issued(self, total="100000.00", **changes):
        return self.issue(self.draft(total, **changes))

    def issue(self, draft):
        return calls.issue_call(call_id=draft.pk, ctx=WriteContext(self.manager, NOW))

    def approve(self, call):
        return calls.approve_call(call_id=call.pk, ctx=WriteContext(self.second, NOW))

    def call(self, allocation, amount):
        return calls.call_allocation(
            allocation_id=allocation.pk,
            amount=amount,
            due_date=date(2026, 3, 15),
            ctx=WriteContext(self.manager, NOW),
        )

    def pay(self, call, amount, **who):
        return payments.pay_call(call_id=call.pk, amount=amount, ctx=WriteContext(self.manager, NOW), **who)

    def pay_item(self, item, amount, at=NOW, **more):
        fields = {"value_date": TODAY, "method": "wire", "ctx": WriteContext(self.manager, at)} | more
        return payments.record_payment(item_id=item.pk, amount=amount, **fields)

    def receive(self, amount, **more):
        return receipts.record_receipt(
            fund_id=self.fund.pk,
            amount=amount,
            value_date=TODAY,
            ctx=WriteContext(self.manager, NOW),
            **more,
        )

    def apply(self, receipt, *splits):
        return receipts.apply_receipt(
            receipt_id=receipt.pk, splits=splits, ctx=WriteContext(self.manager, NOW)
        )

    def reverse(self, payment, reason="The wire bounced", at=NOW, **more):
        return reversals.request_reversal(
            payment_id=payment.pk, reason=reason, ctx=WriteContext(self.manager, at), **more
        )

    def cancel(self, call, reason="Deal fell through"):
        return calls.cancel_call(call_id=call.pk, reason=reason, ctx=WriteContext(self.manager, NOW))

    def agree(self, changed):
        """Another manager approves what waits of a call or distribution."""
        for change in changed.waiting:
            approve_change(change_id=change.pk, ctx=WriteContext(self.second, NOW))

    def excuse(self, partner, line=0, reason="Excused from tobacco"):
        return ItemPlan(partner.pk, excused={line: reason})

    def by_hand(self, partner, amount):
        return ItemPlan(partner.pk, called_amount=Decimal(amount))


def amounts(call):
    """What each partner is called, in the order of their references."""
    return list(call.items.order_by("commitment__reference").values_list("amount", flat=True))


def fresh(row):
    """The row as the database has it."""
    return type(row).objects.get(pk=row.pk)


def state(allocation):
    return FundAllocation.objects.get(pk=allocation.pk).state


def status(call):
    return CapitalCall.objects.get(pk=call.pk).status
