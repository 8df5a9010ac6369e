"""What persons say of entries: the class of one, rules that propose it, and which wires of the books it is."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from blackgem.lib.decisions import person
from blackgem.lib.fields import MoneyField, SafeCharField
from blackgem.lib.known import known_choices
from capital.models import Receipt
from funds.models import Commitment, Fund

from .entries import BankEntry


class EntryClass(models.TextChoices):
    """What an entry is that pays no partner's item and is no partner's payout."""

    DEAL_PURCHASE = "deal_purchase", "Purchase of a deal"
    DEAL_PROCEEDS = "deal_proceeds", "Proceeds of a deal"
    MANAGEMENT_FEE = "management_fee", "Management fee"
    EXPENSE = "expense", "Expense of the fund"
    BANK_CHARGE = "bank_charge", "Charge of the bank"
    INTEREST = "interest", "Interest"
    TAX = "tax", "Tax"
    FACILITY = "facility", "Subscription line"
    EXCHANGE = "exchange", "Exchange of currency"
    OWN_TRANSFER = "own_transfer", "Transfer between own accounts"
    OTHER = "other", "Other"


@known_choices
class EntryRule(models.Model):
    """A version of what a person taught: entries whose name and text hold these words, on this side and of amounts
    within these bounds, are proposed to be of a class. Words are plain text, found as they stand, in any case. The
    newest version of a `number` counts, unless it is `retired`."""

    class Side(models.TextChoices):
        IN = "in", "Money in"
        OUT = "out", "Money out"
        EITHER = "either", "Either"

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="entry_rules", db_index=False)
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    side = models.CharField(max_length=6, choices=Side)
    name_holds = SafeCharField(max_length=100, blank=True, default="")
    text_holds = SafeCharField(max_length=100, blank=True, default="")
    least = MoneyField(null=True)
    most = MoneyField(null=True)
    entry_class = models.CharField(max_length=14, choices=EntryClass)
    retired = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "entry_rules"
        constraints = [
            models.UniqueConstraint(fields=["fund", "number", "version"], name="entry_rule_version_once"),
            models.CheckConstraint(
                condition=~Q(name_holds="", text_holds=""), name="entry_rule_asks_for_something"
            ),
            models.CheckConstraint(
                condition=(Q(least__isnull=True) | Q(least__gt=0))
                & (Q(most__isnull=True) | Q(most__gt=0))
                & (Q(least__isnull=True) | Q(most__isnull=True) | Q(most__gte=models.F("least"))),
                name="entry_rule_has_bounds_in_order",
            ),
        ]

    def __str__(self):
        return f"rule {self.number}, version {self.version}"


@known_choices
class EntryDecision(models.Model):
    """What a person said of an entry that is no wire of a partner: its class, or why it is left aside; or that this was
    taken back. The newest version counts. `rule` is the one that proposed the class."""

    class Kind(models.TextChoices):
        CLASSIFIED = "classified", "classified"
        IGNORED = "ignored", "left aside"
        UNDONE = "undone", "taken back"

    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    entry = models.ForeignKey(
        BankEntry, on_delete=models.PROTECT, related_name="decisions", db_index=False, db_constraint=False
    )
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    entry_class = models.CharField(
        max_length=14, choices=[("", "none"), *EntryClass.choices], blank=True, default=""
    )
    rule = models.ForeignKey(
        EntryRule, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    note = SafeCharField(max_length=500, blank=True, default="")
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "entry_decisions"
        constraints = [
            models.UniqueConstraint(fields=["entry", "version"], name="entry_decision_version_once"),
            models.CheckConstraint(
                condition=Q(kind="classified") & ~Q(entry_class="")
                | ~Q(kind="classified") & Q(entry_class="", rule__isnull=True),
                name="entry_decision_names_a_class",
            ),
            models.CheckConstraint(
                condition=~Q(kind="ignored") | ~Q(note=""), name="entry_decision_says_why"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, version {self.version}"


@known_choices
class EntryMove(models.Model):
    """A wire of the books that an entry is, or is a part of: what was sent back of a receipt, a payout, a refund, a
    fee that no call asks for, or one of these that returned. Together they come to the amount of the entry."""

    class Kind(models.TextChoices):
        RECEIPT_RETURN = "receipt_return", "returned to its payer"
        PAYOUT = "payout", "payout of a distribution"
        REFUND_PAYOUT = "refund_payout", "payout of a refund"
        FEE_PAYMENT = "fee_payment", "payment of a management fee"

    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, related_name="moves", db_constraint=False)
    kind = models.CharField(max_length=14, choices=Kind)
    row_id = models.BigIntegerField()
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "entry_moves"
        constraints = [
            models.UniqueConstraint(fields=["kind", "row_id"], name="entry_move_once"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.row_id}"


class ReceiptHolder(models.Model):
    """Whose unapplied cash of a receipt is, once that is known. The newest version counts."""

    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, related_name="holders", db_index=False, db_constraint=False
    )
    version = models.PositiveIntegerField()
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="held_receipts", db_constraint=False
    )
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "receipt_holders"
        constraints = [
            models.UniqueConstraint(fields=["receipt", "version"], name="receipt_holder_version_once"),
        ]

    def __str__(self):
        return f"holder of receipt {self.receipt_id}"
