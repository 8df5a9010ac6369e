"""What a settled closing moves between partners: their parts of each line, the refunds, and what was paid of these."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from blackgem.lib.days import day_in_words
from blackgem.lib.decisions import Reversal, person, reversal_rails
from blackgem.lib.fields import MoneyField, SafeCharField
from blackgem.lib.public_ids import public_id
from blackgem.lib.rollups import RollUp, parent
from capital.models import CapitalCallLine
from closings.models.closings import Closing
from closings.models.keys import key
from funds.models import Commitment, Fund, Notice


class EqualisationPart(models.Model):
    """What a closing changed of one partner's part of one line, in the fund's currency: above zero the partner pays,
    below zero it gets back. `inside` is what of `delta` is inside its commitment; `reduces_open` what of an amount that
    goes back had not been paid, so that no money moves."""

    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="parts")
    fund = key(Fund)
    line = models.ForeignKey(
        CapitalCallLine, on_delete=models.PROTECT, related_name="equalisation_parts", db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="equalisation_parts", db_constraint=False
    )
    delta = MoneyField()
    inside = MoneyField()
    reduces_open = MoneyField()
    days = models.PositiveIntegerField()
    interest = MoneyField()
    premium = MoneyField()

    class Meta:
        db_table = "equalisation_parts"
        constraints = [
            models.UniqueConstraint(
                fields=["closing", "line", "commitment"], name="one_part_per_closing_line_and_partner"
            ),
            models.CheckConstraint(
                condition=Q(reduces_open__gte=0) & (Q(reduces_open=0) | Q(delta__lt=0)),
                name="only_what_goes_back_reduces_what_is_open",
            ),
        ]

    def __str__(self):
        return f"{self.delta} of line {self.line_id}"


class Refund(models.Model):
    """What one partner gets back by a closing, in the fund's currency: capital that later partners took over, and their
    interest and premium. `amount` is both. What of earlier distributions the partner gives back, `set_off`, pays so
    much of it; the rest is paid out as far as the later partners have paid.

    Or what of the interest of a partner in default is passed on to another, by a `remedy` up to the day `until`: as far
    as that was paid.
    """

    closing = models.ForeignKey(Closing, null=True, on_delete=models.PROTECT, related_name="refunds")
    remedy = models.ForeignKey(
        "closings.DefaultRemedy", null=True, on_delete=models.PROTECT, related_name="refunds"
    )
    until = models.DateField(null=True)
    fund = key(Fund)
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="refunds", db_constraint=False
    )
    capital = MoneyField()
    interest = MoneyField()
    amount = MoneyField()
    set_off = MoneyField(default=Decimal(0), db_default=Decimal(0))
    public_id = public_id()

    class Meta:
        db_table = "refunds"
        constraints = [
            models.UniqueConstraint(
                fields=["closing", "commitment"], name="one_refund_per_closing_and_partner"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, capital__gte=0, interest__gte=0)
                & Q(amount=models.F("capital") + models.F("interest")),
                name="refund_is_capital_and_interest",
            ),
            models.CheckConstraint(
                condition=Q(set_off__gte=0, set_off__lte=models.F("capital")),
                name="refund_is_set_off_up_to_its_capital",
            ),
            models.UniqueConstraint(
                fields=["remedy", "commitment"], name="one_share_of_interest_per_remedy_and_partner"
            ),
            models.CheckConstraint(
                condition=Q(closing__isnull=False, remedy__isnull=True, until__isnull=True)
                | Q(closing__isnull=True, remedy__isnull=False, until__isnull=False, capital=0),
                name="refund_of_a_closing_or_of_interest",
            ),
        ]

    def __str__(self):
        return f"Refund of {self.amount}"


class RefundPayout(models.Model):
    """What was paid out of a refund. Append-only: a reversal is a negative row that names what it reverses. Inserting
    one posts its ledger rows, capital first. `by_distribution`: no cash left; what of earlier distributions the partner
    gives back paid it. Nor by a part of a set-off, which paid what it owes of a call."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="payouts")
    fund = key(Fund)
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="refund_payouts", db_constraint=False
    )
    amount = MoneyField()
    by_distribution = models.BooleanField(default=False, db_default=False)
    setoff_part = models.ForeignKey(
        "closings.SetoffPart",
        null=True,
        on_delete=models.PROTECT,
        related_name="refund_payouts",
        db_constraint=False,
    )
    value_date = models.DateField()
    method = SafeCharField(max_length=50, default="wire")
    reference = SafeCharField(max_length=100, blank=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by_payout"
    )
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "refund_payouts"
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="refund_payout_positive_or_reversal",
            ),
            models.UniqueConstraint(
                fields=["setoff_part"],
                condition=Q(reverses__isnull=True),
                name="one_refund_payout_per_part_of_a_setoff",
            ),
            models.CheckConstraint(
                condition=Q(by_distribution=False) | Q(setoff_part__isnull=True),
                name="refund_payout_without_wire_for_one_reason",
            ),
        ]
        indexes = [models.Index(fields=["refund"], include=["amount"], name="payouts_of_refund")]

    def __str__(self):
        return f"{self.amount:,} on {day_in_words(self.value_date)}"


class RefundPayoutReversal(Reversal):
    """A request to take a payout of a refund back, and its decision. `cash_on` is the bank's own day for a wire that
    bounced; without it nothing had left: the payout was posted wrongly."""

    payout = models.ForeignKey(RefundPayout, on_delete=models.PROTECT, related_name="reversal_requests")
    cash_on = models.DateField(null=True)
    compensation = models.OneToOneField(
        RefundPayout, null=True, on_delete=models.PROTECT, related_name="reversal"
    )

    class Meta:
        db_table = "refund_payout_reversals"
        constraints = [
            models.UniqueConstraint(
                fields=["payout"],
                condition=Q(rejected_at__isnull=True),
                name="one_reversal_per_refund_payout",
            ),
            *reversal_rails("refund_payout_reversal", of="payout")[1:],
        ]

    def __str__(self):
        return f"Reversal of payout {self.payout_id} of a refund"


class RefundCapital(RollUp):
    """A refund, up to now, in the fund's currency.

    Attributes:
        refund: the refund, and the key
        fund: its fund
        released: what of it may be paid out: what is set off, and of the rest the same share as later partners have
            paid in cash of what they owe in cash for what they took over, with its interest; rounded down until all
            of that has come
        paid_out: what was paid out, reversals taken off
        payable: released − paid_out; below zero where a payment was taken back after the refund went out
        outstanding: its amount − paid_out
        paid_on: the value date of the last payout that stands; null while there is none
    """

    refund = parent(Refund, related_name="progress")
    fund = models.ForeignKey(Fund, on_delete=models.DO_NOTHING, related_name="+")
    released = MoneyField()
    paid_out = MoneyField()
    payable = MoneyField()
    outstanding = MoneyField()
    paid_on = models.DateField(null=True)

    class Meta(RollUp.Meta):
        db_table = "refund_capital"


class RefundNoticeState(RollUp):
    """What has become of a letter about a refund.

    Attributes:
        notice: the letter, and the key
        state: live, replaced (there is a later version), cancelled (its closing stands no longer) or paid (whole)
    """

    notice = parent(Notice, related_name="refund_state")
    state = models.CharField(max_length=9)

    class Meta(RollUp.Meta):
        db_table = "refund_notice_states"
