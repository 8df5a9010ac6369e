"""Transfers: an interest, or an exact share of it, passes from one partner to another."""

from decimal import Decimal
from fractions import Fraction

from django.db import models
from django.db.models import F, Q

from blackgem.lib.dated_rows import DatedAmount, decided_rails
from blackgem.lib.fields import MoneyField, SafeCharField
from blackgem.lib.known import known_choices
from blackgem.lib.public_ids import public_id
from capital.models import CapitalCall, CapitalCallItem, CapitalCallLine
from closings.models.defaults import DefaultRemedy
from funds.models import CapitalTransaction, Commitment, Fund


@known_choices
class Transfer(DatedAmount):
    """A share of a partner's interest, `numerator` of `denominator`, that another partner of the fund takes over from a
    day on. What of each row moves is worked out when it takes effect. What the two agreed between themselves, `price`
    and `note`, is in no figure of the fund; `document` says by which paper. Where they agreed to that, each reads the
    other's name (`parties_named`), and otherwise of another investor. One that a `remedy` of a default led to is a part
    of what its partner lost: of a forfeiture there is one for each of the others. What the transferor owes of calls is
    paid before (`open_items`), or its share of it is assumed: owed by the transferee from then on.
    """

    class OpenItems(models.TextChoices):
        SETTLED = "settled", "Settled before"
        ASSUMED = "assumed", "Assumed with the share that moves"

    amount = None
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="transfers")
    number = models.PositiveIntegerField()
    transferor = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="transfers_out", db_constraint=False
    )
    transferee = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="transfers_in", db_constraint=False
    )
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    price = MoneyField(null=True, blank=True)
    note = SafeCharField(max_length=500, blank=True)
    document = SafeCharField(max_length=200, blank=True)
    parties_named = models.BooleanField(default=False)
    open_items = models.CharField(
        max_length=7, choices=OpenItems, default=OpenItems.SETTLED, db_default=OpenItems.SETTLED
    )
    remedy = models.ForeignKey(
        DefaultRemedy, on_delete=models.PROTECT, null=True, related_name="transfers", db_constraint=False
    )
    public_id = public_id()

    class Meta:
        db_table = "transfers"
        constraints = [
            models.UniqueConstraint(fields=["fund", "number"], name="transfer_number_once_per_fund"),
            models.UniqueConstraint(
                fields=["fund"],
                condition=Q(approved_at__isnull=True, rejected_at__isnull=True),
                name="one_transfer_waits_per_fund",
            ),
            models.CheckConstraint(condition=~Q(transferor=F("transferee")), name="transfer_to_another"),
            models.CheckConstraint(
                condition=Q(numerator__gt=0, numerator__lte=F("denominator")),
                name="transfer_moves_a_share",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="transfer_has_reason"),
            models.CheckConstraint(
                condition=Q(remedy__isnull=True) | Q(open_items="settled"),
                name="transfer_by_default_assumes_nothing",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0), name="transfer_price_not_negative"
            ),
            *decided_rails("transfer"),
        ]

    def __str__(self):
        return f"transfer #{self.number}"

    @property
    def status(self) -> str:
        if self.approved_at:
            return "effective"
        return "rejected" if self.rejected_at else "pending"

    @property
    def share(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)

    @property
    def share_in_words(self) -> str:
        """The whole, or a fraction that a person can read; an amount of the commitment may be neither."""
        if self.share == 1:
            return "The whole"
        exact = f"{self.numerator}/{self.denominator}" if self.denominator < 10_000 else ""
        percent = f"{Decimal(100) * self.numerator / self.denominator:.4f}%"
        return f"{exact}, {percent}" if exact else percent


class TransferRow(models.Model):
    """What of a row of the ledger a transfer moved, with the row's sign: one for each row that the transferor held a
    part of, of 0.00 too. `row` is the first original, whoever it was posted to. The database posts two rows for each
    into the ledger: one takes it from the transferor, one gives it to the transferee."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="rows", db_index=False)
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    row = models.ForeignKey(CapitalTransaction, on_delete=models.PROTECT, related_name="+")
    amount = MoneyField()

    class Meta:
        db_table = "transfer_rows"
        constraints = [
            models.UniqueConstraint(fields=["transfer", "row"], name="row_moves_once_per_transfer"),
        ]

    def __str__(self):
        return f"{self.amount} of row {self.row_id}"


class AssumedPart(models.Model):
    """What of the `owed` of a line of a call another partner assumes as a share of the interest is transferred: one for
    each line of which its transferor (`commitment`) owes something, of 0.00 too. The database lowers the part of the
    transferor by it and raises that of the transferee, whose item it makes where there is none. In the fund's
    currency."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="assumed", db_index=False)
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    call = models.ForeignKey(
        CapitalCall, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    item = models.ForeignKey(
        CapitalCallItem, on_delete=models.PROTECT, related_name="assumed_parts", db_constraint=False
    )
    line = models.ForeignKey(
        CapitalCallLine, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    owed = MoneyField()
    amount = MoneyField()

    class Meta:
        db_table = "assumed_parts"
        constraints = [
            models.UniqueConstraint(fields=["transfer", "line"], name="part_is_assumed_once_per_transfer"),
            models.CheckConstraint(
                condition=Q(owed__gt=0, amount__gte=0, amount__lte=F("owed")),
                name="no_more_is_assumed_than_is_owed",
            ),
        ]

    def __str__(self):
        return f"{self.amount} of what is owed of line {self.line_id} assumed"
