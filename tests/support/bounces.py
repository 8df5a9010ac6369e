"""Wires that come back, whatever moved of what they paid, as a rule of random lives."""

from capital.models import CommitmentCapital, HeldPart, LineChange, Payment
from capital.services import reversals
from funds.queries.reversals import holders_of
from tests.integration.closings.test_transfers import by_fund
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
