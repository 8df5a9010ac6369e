"""Wires and payouts that come back, whatever moved of them, as rules of random lives."""

from django.db.models import Sum

from capital.models import CommitmentCapital, HeldPart, LineChange, Payment
from capital.services import reversals
from closings.models import RefundPayout
from closings.services import refunds
from distributions.models import CommitmentDistributions, DistributionItem, Payout
from distributions.services import payouts
from funds.models import CapitalTransaction
from funds.queries.reversals import holders_of
from tests.integration.closings.test_transfers import by_fund
from tests.support.invariants import violations
from tests.support.lives import OpenCalls


class Bounces(OpenCalls):
    """A wire comes back, and is not refused; what is open again may be paid, in part or late."""

    deeds = {"bounce": 3}

    def bounce(self):
        wires = Payment.objects.filter(
            receipt__isnull=False, reverses=None, reversed_by_payment=None, excuse=None
        )
        wires = wires.select_related("call").order_by("pk")
        # Rather one of which others hold a part.
        one = self.any_of([wire for wire in wires if len(holders_of(wire, "payment_id")) > 1]) or self.any_of(
            wires
        )
        if one is None:
            return
        lines = set(one.call.lines.values_list("pk", flat=True))
        before, stands = by_fund(), self.stands()
        said = {"reason": "Returned", "cash_on": self.day, "ctx": self.ctx()}
        if self.tried("bounce", lambda: reversals.request_reversal(payment_id=one.pk, **said)):
            after = by_fund()
            changed = {key for key in before.keys() | after.keys() if before.get(key, 0) != after.get(key, 0)}
            assert {key[3] for key in changed} <= lines
            assert sum(before.values()) - sum(after.values()) == one.amount
            assert self.stands() == stands
            self.done["moved_bounce"] += LineChange.objects.filter(came_back__reverses=one).exists()
        bounced = {code: often for (name, code), often in self.refused.items() if name == "bounce"}
        # What an excuse freed of a payment is cash already.
        assert bounced.keys() <= {"payment.freed"}, bounced

    def stands(self):
        """What is called of each, and what each holds of every line: a wire that comes back changes none of it."""
        rows = CommitmentCapital.objects.values_list("pk", "called", "called_within", "unfunded")
        held = HeldPart.objects.exclude(held=0).values_list("line", "commitment", "held", "weight")
        return sorted(rows), sorted(held)


class Returns:
    """A payout comes back, of a distribution or of a refund, and is not refused; it is paid out again at once, or
    before an interest moves."""

    deeds = {"return_payout": 3, "return_refund": 2}

    def return_refund(self):
        """What anybody but the partner has, and what is called of it, changes by nothing."""
        out = RefundPayout.objects.filter(
            reverses=None, reversed_by_payout=None, setoff_part_id=None, by_distribution=False
        ).order_by("pk")
        moved = [one for one in out if len(holders_of(one, "refund_payout_id")) > 1]
        one = self.any_of(moved) or self.any_of(out)
        if one is None:
            return
        before, stands = by_fund(), self.own()
        said = {"reason": "Account closed", "cash_on": self.day, "ctx": self.ctx()}
        assert self.tried(
            "return_refund", lambda: refunds.request_refund_reversal(payout_id=one.pk, **said)
        ), self.refused
        assert sum(by_fund().values()) - sum(before.values()) == one.amount
        assert {pk: row for pk, row in self.own().items() if pk != one.commitment_id} == {
            pk: row for pk, row in stands.items() if pk != one.commitment_id
        }
        assert violations() == []
        self.done["moved_refund"] += one in moved
        if one.refund.closing_id and self.dice.random() < 0.6:
            again = {"value_date": self.day, "refund_ids": [one.refund_id], "ctx": self.ctx()}
            if self.tried(
                "refund", lambda: refunds.pay_refunds(closing_id=one.refund.closing_id, **again)
            ) and not RefundPayout.objects.filter(refund=one.refund_id).exclude(amount=one.amount).exclude(
                amount=-one.amount
            ):
                assert (by_fund(), self.own()) == (before, stands)

    def own(self):
        """What is called, paid, held and unfunded of each."""
        rows = CommitmentCapital.objects.values_list(
            "pk", "called", "paid", "paid_in", "to_refund", "unfunded"
        )
        return {pk: row for pk, *row in rows}

    def return_payout(self):
        out = Payout.objects.filter(
            reverses=None, reversed_by_payout=None, setoff_part_id=None, distribution__sent_at__isnull=False
        ).order_by("pk")
        shared = [one for one in out if self.by_closing(one)]
        standing = [one for one in out if one not in shared]
        # Rather one of which others hold a part.
        moved = [one for one in standing if len(holders_of(one, "payout_id")) > 1]
        one = self.any_of(moved) or self.any_of(standing)
        if one is None:
            return
        said = {"reason": "Account closed", "cash_on": self.day, "ctx": self.ctx()}
        before, stands = by_fund(), self.given()
        is_moved = one in moved
        if not self.tried("return_payout", lambda: payouts.request_payout_reversal(payout_id=one.pk, **said)):
            return
        after = by_fund()
        assert sum(after.values()) - sum(before.values()) == one.amount
        changed = {pk for pk, *_ in set(self.given()) ^ set(stands)}
        assert changed <= holders_of(one, "payout_id") | {pk for pk, *_ in stands}
        assert violations() == []
        self.done["moved_return"] += is_moved
        if is_moved or self.dice.random() < 0.6:
            self.pay_again(one)
            assert (by_fund(), self.given()) == (before, stands)

    def by_closing(self, one) -> bool:
        rows = CapitalTransaction.objects.filter(moves__payout_id=one.pk, transfer_id=None)
        return (
            rows.order_by().values("moves", "commitment").annotate(net=Sum("amount")).exclude(net=0).exists()
        )

    def given(self):
        """What is declared of each, paid out, payable, distributed of the ledger and unfunded."""
        given = CommitmentDistributions.objects.values_list("pk", "distributed", "paid_out", "payable")
        own = dict(CommitmentCapital.objects.values_list("pk", "unfunded"))
        return sorted((*row, own[row[0]]) for row in given)

    def pay_again(self, one):
        more = {"item_id": one.item_id, "value_date": self.day, "method": "wire", "ctx": self.ctx()}
        assert self.tried("pay_again", lambda: payouts.pay_out(distribution_id=one.distribution_id, **more))

    def pay_out_all(self):
        super().pay_out_all()
        for one in DistributionItem.objects.filter(
            capital__paid_out=0, gross_amount__gt=0, distribution__status="sent"
        ).order_by("pk"):
            more = {"item_id": one.pk, "value_date": self.day, "method": "wire", "ctx": self.ctx()}
            self.tried(
                "pay_again",
                lambda one=one, more=more: payouts.pay_out(distribution_id=one.distribution_id, **more),
            )
