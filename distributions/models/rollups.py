"""Roll-ups of money paid out: one unmanaged model per SQL view, one row per parent. Nothing here is stored."""

from django.db import models

from blackgem.lib.fields import MoneyField
from blackgem.lib.rollups import RollUp, parent
from funds.models import Commitment, Fund, Notice

from .distributions import Distribution, DistributionItem


class DistributionCapital(RollUp):
    """The sums over the parts of one distribution, as declared, whatever its status, in the fund's currency.

    Attributes:
        distribution: the distribution, and the key
        fund: its fund
        gross: what is declared, before tax withheld
        withheld: tax withheld of it
        net: gross − withheld: what is wired
        return_of_capital: what of gross returns capital
        preferred_return: what of it is preferred return
        profit_share: what of it is further profit
        carried_interest: what of it is carried interest
        paid_out: what was paid out of it up to now, gross, reversals taken off
    """

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
    """What was paid out of one partner's part, up to now, in the fund's currency.

    Attributes:
        item: the part, and the key
        distribution: its distribution
        paid_out: gross, before tax withheld, reversals taken off: all of the part or nothing
        paid_on: the value date of the payout that stands; null while there is none
    """

    item = parent(DistributionItem)
    distribution = models.ForeignKey(Distribution, on_delete=models.DO_NOTHING, related_name="+")
    paid_out = MoneyField()
    paid_on = models.DateField(null=True)

    class Meta(RollUp.Meta):
        db_table = "distribution_item_capital"


class CommitmentDistributions(RollUp):
    """What issued distributions declared for a partner, and what of it was paid out, up to now, in the fund's
    currency. Amounts are declared, but for `paid_out`; gross, but for `net`.

    Attributes:
        commitment: the commitment, and the key
        fund: its fund
        distributed: gross, before tax withheld, money of calls that comes back unused included
        return_of_capital: what of it returns capital
        preferred_return: what of it is preferred return
        profit_share: what of it is further profit
        carried_interest: what of it is carried interest
        recallable: what of it may be called again once it is paid out
        withheld: tax withheld of it
        net: distributed − withheld
        returned_unused: what of it is money of calls that comes back unused
        paid_out: what was paid out, gross, reversals taken off
        payable: distributed − paid_out: declared and not paid out
    """

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
    """The same over all partners of a fund, its general partner included.

    Attributes:
        fund: the fund, and the key
        distributed: gross, before tax withheld
        return_of_capital: what of it returns capital
        preferred_return: what of it is preferred return
        profit_share: what of it is further profit
        carried_interest: what of it is carried interest
        recallable: what of it may be called again once it is paid out
        withheld: tax withheld of it
        net: distributed − withheld
        paid_out: what was paid out, gross, reversals taken off
        payable: distributed − paid_out
    """

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
    """What has become of a letter about a distribution.

    Attributes:
        notice: the letter, and the key
        state: live, replaced (there is a later version), cancelled (with it) or paid (its part was paid out)
    """

    notice = parent(Notice, related_name="distribution_state")
    state = models.CharField(max_length=9)

    class Meta(RollUp.Meta):
        db_table = "distribution_notice_states"
