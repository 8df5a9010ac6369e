"""Roll-ups of money paid out: one unmanaged model per SQL view. Only issued distributions count."""

from django.db import models

from blackgem.lib.fields import MoneyField
from blackgem.lib.rollups import RollUp, parent
from funds.models import Commitment, Fund, Notice

from .distributions import Distribution, DistributionItem


class DistributionCapital(RollUp):
    """A distribution, whatever its status: gross, withheld and net over its items; paid_out = its payouts (gross)."""

    distribution = parent(Distribution)
    fund = models.ForeignKey(Fund, on_delete=models.DO_NOTHING, related_name="+")
    gross = MoneyField()
    withheld = MoneyField()
    net = MoneyField()
    return_of_capital = MoneyField()
    preferred_return = MoneyField()
    profit_share = MoneyField()
    carried_interest = MoneyField()
    paid_out = MoneyField()

    class Meta(RollUp.Meta):
        db_table = "distribution_capital"

    @property
    def payable(self):
        """What is declared, once it is issued, and not paid out."""
        return self.gross - self.paid_out


class DistributionItemCapital(RollUp):
    """One partner's part of a distribution: paid_out (gross, payouts net of reversals) and the day it went out."""

    item = parent(DistributionItem)
    distribution = models.ForeignKey(Distribution, on_delete=models.DO_NOTHING, related_name="+")
    paid_out = MoneyField()
    paid_on = models.DateField(null=True)

    class Meta(RollUp.Meta):
        db_table = "distribution_item_capital"


class CommitmentDistributions(RollUp):
    """A partner's account of money out: distributed (what was declared: gross of issued distributions) and its parts;
    withheld; net; recallable; paid_out = what of it left the fund; payable = distributed − paid_out."""

    commitment = parent(Commitment, related_name="distributions")
    fund = models.ForeignKey(Fund, on_delete=models.DO_NOTHING, related_name="+")
    distributed = MoneyField()
    return_of_capital = MoneyField()
    preferred_return = MoneyField()
    profit_share = MoneyField()
    carried_interest = MoneyField()
    recallable = MoneyField()
    withheld = MoneyField()
    net = MoneyField()
    returned_unused = MoneyField()
    paid_out = MoneyField()
    payable = MoneyField()

    class Meta(RollUp.Meta):
        db_table = "commitment_distributions"


class FundDistributions(RollUp):
    """The same over all partners of a fund."""

    fund = parent(Fund, related_name="distributed")
    distributed = MoneyField()
    return_of_capital = MoneyField()
    preferred_return = MoneyField()
    profit_share = MoneyField()
    carried_interest = MoneyField()
    recallable = MoneyField()
    withheld = MoneyField()
    net = MoneyField()
    paid_out = MoneyField()
    payable = MoneyField()

    class Meta(RollUp.Meta):
        db_table = "fund_distributions"


class DistributionNoticeState(RollUp):
    """A letter about a distribution: live, replaced by a later version, cancelled with it, or paid out in full."""

    notice = parent(Notice, related_name="distribution_state")
    state = models.CharField(max_length=9)

    class Meta(RollUp.Meta):
        db_table = "distribution_notice_states"
