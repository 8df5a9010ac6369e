"""What changed of a partner's part of a call line after the call was issued: dated rows, posted by decisions.

An item stays as it was issued. What is owed on it is its amount with its changes; what a partner holds of a line is its
part with those changes that move who holds it.
"""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from blackgem.lib.dated_rows import DatedAmount, decided_rails
from blackgem.lib.fields import MoneyField, SafeCharField
from blackgem.lib.known import known_choices
from blackgem.lib.rollups import RollUp, parent
from funds.models import Commitment, Fund

from .allocations import FundAllocation
from .calls import CapitalCall, CapitalCallItem, CapitalCallItemLine
from .lines import CapitalCallLine
from .payments import Payment
from .settlements import ResidualSettlement


def _row(model, **options):
    """A key whose agreement with the others is a foreign key over all of them, written in SQL."""
    return models.ForeignKey(
        model, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False, **options
    )


class Excuse(DatedAmount):
    """A partner is excused from `amount` of its part of an investment that was called already, above zero.

    Approved, its part falls by it, and the others are asked for what it leaves, in proportion to what remains of their
    commitments, each for at most `limit` (a share, 0.5 for 50 %) more than it was first asked for. What nobody can be
    asked for is no longer called. What was paid too much is cash of its receipt again, to be applied or returned.
    """

    fund = _row(Fund)
    call = _row(CapitalCall)
    line = _row(CapitalCallLine)
    item = models.ForeignKey(
        CapitalCallItem, on_delete=models.PROTECT, related_name="excuses", db_constraint=False
    )
    commitment = _row(Commitment)
    limit = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal("0.5"))

    class Meta:
        db_table = "excuses"
        constraints = [
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(approved_at__isnull=True, rejected_at__isnull=True),
                name="one_excuse_waits_per_call",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="excuse_positive"),
            models.CheckConstraint(condition=Q(limit__gte=0, limit__lte=1), name="excuse_limit_is_a_share"),
            models.CheckConstraint(condition=~Q(reason=""), name="excuse_has_reason"),
            *decided_rails("excuse"),
        ]

    def __str__(self):
        return f"{self.amount} of line {self.line_id} excused from {self.effective_on}"


_ORIGINS = ("settlement", "excuse", "closing_id", "closing_reversal_id", "transfer_id")
_HELD = Q(changes_held=True, weight__gte=0, basis__isnull=False)


def _comes_of(*origins: str) -> Q:
    """These origins of a change are named, and no other."""
    return Q(**{f"{one}__isnull": one not in origins for one in _ORIGINS})


@known_choices
class LineChange(models.Model):
    """By how much a decision changed one partner's part of a call line, from a day on: negative where it falls. In the
    fund's currency. A settlement that waives posts them itself; those of an excuse come with its approval.

    `changes_held`: the partner holds that much more or less of the line; a waiver only forgives it. Of a change that
    does, `weight` is what the new part was worked out from, and `basis` how. `changes_owed`: it is owed so much more
    or less; what a later closing takes off a part that was paid is given back instead, and the item stays as it was.
    A closing that is reversed gives back to earlier partners what it took, and takes from later ones what they owed.
    `item`: whose part it is; none where a closing takes of what a partner holds by transfer alone.
    What another partner assumes of what is owed, as an interest is transferred, falls here and rises there; its weight
    moves with the interest (`TakenPart`). `came_back` took a payment back of which a transfer had moved a part: that
    is owed by who took it over, as if it had not been paid by the day of the transfer.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    #: Indexed by `line_changes_by_call`.
    call = models.ForeignKey(
        CapitalCall,
        on_delete=models.PROTECT,
        related_name="line_changes",
        db_constraint=False,
        db_index=False,
    )
    item = models.ForeignKey(
        CapitalCallItem, null=True, on_delete=models.PROTECT, related_name="line_changes", db_constraint=False
    )
    line = _row(CapitalCallLine)
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    allocation = models.ForeignKey(
        FundAllocation, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    settlement = models.ForeignKey(
        ResidualSettlement, null=True, on_delete=models.PROTECT, related_name="line_changes"
    )
    excuse = models.ForeignKey(Excuse, null=True, on_delete=models.PROTECT, related_name="line_changes")
    #: A later closing, which belongs to an app above: a plain number here, with its foreign key in the database.
    closing_id = models.BigIntegerField(null=True)
    #: Its reversal, likewise: of what it gives back beside the closing, of what is owed no longer alone.
    closing_reversal_id = models.BigIntegerField(null=True)
    #: A transfer of an interest, likewise: what is owed of the part is owed by another partner.
    transfer_id = models.BigIntegerField(null=True)
    came_back = models.ForeignKey(
        Payment, null=True, on_delete=models.PROTECT, related_name="moved_back", db_index=False
    )
    #: As the line's: it draws on the commitment.
    reduces_unfunded = models.BooleanField()
    #: As the line's: it is called, and not interest between partners.
    counts_as_called = models.BooleanField(default=True, db_default=True)
    amount = MoneyField()
    changes_held = models.BooleanField()
    changes_owed = models.BooleanField(default=True, db_default=True)
    weight = MoneyField(null=True)
    basis = SafeCharField(max_length=8, choices=CapitalCallItemLine.Basis, null=True)
    effective_on = models.DateField()
    #: When it was approved: known from then on.
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "line_changes"
        indexes = [
            models.Index(
                fields=["line", "commitment"],
                condition=Q(item__isnull=True),
                name="line_changes_of_taken_parts",
            ),
            # The roll-ups of a fund read it alone: a later closing changes every part of every line.
            models.Index(
                fields=["call"],
                include=["amount", "counts_as_called", "reduces_unfunded", "changes_owed", "allocation"],
                name="line_changes_by_call",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["settlement", "line"], name="one_waiver_per_line"),
            models.UniqueConstraint(fields=["excuse", "item"], name="one_change_per_excuse_and_item"),
            models.UniqueConstraint(
                fields=["closing_id", "item", "line", "changes_owed"],
                condition=Q(closing_reversal_id__isnull=True),
                name="one_change_per_closing_and_part",
            ),
            models.UniqueConstraint(
                fields=["closing_reversal_id", "item", "line", "changes_owed"],
                name="one_change_per_reversal_and_part",
            ),
            models.UniqueConstraint(
                fields=["transfer_id", "item", "line"],
                condition=Q(came_back__isnull=True),
                name="one_change_per_transfer_and_part",
            ),
            models.UniqueConstraint(
                fields=["came_back", "transfer_id", "item", "line"],
                name="one_change_per_taking_back_and_part",
            ),
            models.CheckConstraint(
                condition=Q(came_back__isnull=True) | Q(transfer_id__isnull=False),
                name="what_is_taken_back_had_moved",
            ),
            models.UniqueConstraint(
                fields=["closing_id", "commitment", "line"],
                condition=Q(item__isnull=True, closing_reversal_id__isnull=True),
                name="one_change_per_closing_and_taken_part",
            ),
            models.UniqueConstraint(
                fields=["closing_reversal_id", "commitment", "line"],
                condition=Q(item__isnull=True),
                name="one_change_per_reversal_and_taken_part",
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=False)
                | Q(closing_id__isnull=False, changes_owed=False, allocation__isnull=True),
                name="line_change_without_item_is_of_a_closing",
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="line_change_changes_something"),
            models.CheckConstraint(
                condition=_comes_of("settlement")
                & Q(
                    amount__lt=0,
                    changes_held=False,
                    changes_owed=True,
                    weight__isnull=True,
                    basis__isnull=True,
                )
                | _comes_of("excuse") & _HELD & Q(changes_owed=True)
                | _comes_of("closing_id") & _HELD & Q(amount__lt=0)
                | _comes_of("closing_id", "closing_reversal_id") & _HELD & Q(amount__gt=0)
                | _comes_of("closing_reversal_id") & _HELD & Q(amount__lt=0, changes_owed=True)
                | _comes_of("transfer_id") & _HELD & Q(changes_owed=True, counts_as_called=True),
                name="line_change_has_one_origin",
            ),
        ]

    def __str__(self):
        return f"{self.amount} on line {self.line_id}"


class HeldPart(RollUp):
    """What a partner holds of a call line, up to now, in the fund's currency: of an issued call its part with what
    changed it since, but for waivers; before issue and once it is cancelled nothing.

    Attributes:
        part: the part of the line as it was issued, and the key; below zero of who holds it by transfer alone
        fund: its fund
        call: its call
        line: its line
        root: the line that was called first, of which this one is a part: the line itself, or the one it equalises
        commitment: the partner
        allocation: the deal that the first line draws on; null where it draws on none
        called: the part as it was issued
        held: what the partner holds of the line
        weight: what that was worked out from last
        basis: how: pro_rata, edited, capped or excused
    """

    part = parent(CapitalCallItemLine, related_name="held")
    fund = models.ForeignKey(Fund, on_delete=models.DO_NOTHING, related_name="+")
    call = models.ForeignKey(CapitalCall, on_delete=models.DO_NOTHING, related_name="+")
    line = models.ForeignKey(CapitalCallLine, on_delete=models.DO_NOTHING, related_name="held_parts")
    root = models.ForeignKey(CapitalCallLine, on_delete=models.DO_NOTHING, related_name="+")
    commitment = models.ForeignKey(Commitment, on_delete=models.DO_NOTHING, related_name="+")
    allocation = models.ForeignKey(FundAllocation, null=True, on_delete=models.DO_NOTHING, related_name="+")
    called = MoneyField()
    held = MoneyField()
    weight = MoneyField()
    basis = models.CharField(max_length=8, choices=CapitalCallItemLine.Basis)

    class Meta(RollUp.Meta):
        db_table = "held_parts"
