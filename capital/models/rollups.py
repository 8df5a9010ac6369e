"""Roll-ups: one unmanaged model per SQL view, one row per parent. Nothing here is stored.

Amounts are in the fund's currency. Only issued calls count: drafts, calls awaiting approval and cancelled calls never.
"""

from django.db import models

from blackgem.lib.fields import MoneyField
from blackgem.lib.rollups import RollUp, parent
from funds.models import Commitment, Fund, Notice

from .allocations import FundAllocation
from .calls import CapitalCall, CapitalCallItem
from .payments import Receipt


def _sum():
    return MoneyField()


class AllocationCapital(RollUp):
    """An allocation: committed; called = its lines in issued calls less what was waived; funded = ledger rows on them;
    uncalled = committed − called; outstanding = called − funded."""

    allocation = parent(FundAllocation)
    fund = models.ForeignKey(Fund, on_delete=models.DO_NOTHING, related_name="+")
    committed = _sum()
    called = _sum()
    funded = _sum()
    uncalled = _sum()
    outstanding = _sum()

    class Meta(RollUp.Meta):
        db_table = "allocation_capital"


class FundCapital(RollUp):
    """A fund's deals: the sums of its allocations, under the names that the roll-up has always had."""

    fund = parent(Fund)
    total_committed = _sum()
    total_called = _sum()
    total_funded = _sum()
    uncalled_capital = _sum()
    outstanding_calls = _sum()

    class Meta(RollUp.Meta):
        db_table = "fund_capital"


class CallCapital(RollUp):
    """A call: called = its total − waived; paid; outstanding = called − paid. Of a call that was not issued nothing is
    called, waived or outstanding. `due_on`: when the first of what is owed is due, null where all was carried on."""

    call = parent(CapitalCall)
    fund = models.ForeignKey(Fund, on_delete=models.DO_NOTHING, related_name="+")
    called = _sum()
    waived = _sum()
    paid = _sum()
    outstanding = _sum()
    due_on = models.DateField(null=True)

    class Meta(RollUp.Meta):
        db_table = "call_capital"


class CallItemCapital(RollUp):
    """One partner's part of a call: called = its amount − waived, paid, outstanding, status (pending, partial, carried,
    paid), and the value date of the last payment that stands (null while there is none). What was carried is due with
    the partner's next call, `carried_to`; on no day, null, while there is none."""

    item = parent(CapitalCallItem)
    call = models.ForeignKey(CapitalCall, on_delete=models.DO_NOTHING, related_name="+")
    commitment = models.ForeignKey(Commitment, on_delete=models.DO_NOTHING, related_name="+")
    called = _sum()
    waived = _sum()
    paid = _sum()
    outstanding = _sum()
    status = models.CharField(max_length=7)
    paid_on = models.DateField(null=True)
    carried_to = models.ForeignKey(CapitalCall, null=True, on_delete=models.DO_NOTHING, related_name="+")
    due_on = models.DateField(null=True)

    class Meta(RollUp.Meta):
        db_table = "call_item_capital"


class CommitmentCapital(RollUp):
    """A partner's account with a fund: committed; called = its items of issued calls, less what was waived;
    called_within = the part that draws on the commitment; paid = what came for calls; outstanding = called − paid;
    paid_in = what of it counts as capital, less returned_unused (money of calls that went back); distributed = all
    that went out, returned_unused included; recallable = what of it may be called again; unfunded = committed −
    called_within + recallable."""

    commitment = parent(Commitment)
    fund = models.ForeignKey(Fund, on_delete=models.DO_NOTHING, related_name="+")
    committed = _sum()
    called = _sum()
    called_within = _sum()
    paid = _sum()
    outstanding = _sum()
    paid_in = _sum()
    returned_unused = _sum()
    distributed = _sum()
    recallable = _sum()
    unfunded = _sum()

    class Meta(RollUp.Meta):
        db_table = "commitment_capital"


class FundCommitmentCapital(RollUp):
    """A fund's partners: the sums of their commitments, calls, payments and what is left to call. `paid` is the fund's
    current size."""

    fund = parent(Fund, related_name="partners")
    committed = _sum()
    called = _sum()
    called_within = _sum()
    paid = _sum()
    outstanding = _sum()
    returned_unused = _sum()
    distributed = _sum()
    recallable = _sum()
    unfunded = _sum()

    class Meta(RollUp.Meta):
        db_table = "fund_commitment_capital"


class FundCash(RollUp):
    """A fund's incoming cash: received; applied to items; returned; unapplied = what waits to be applied."""

    fund = parent(Fund, related_name="cash")
    received = _sum()
    applied = _sum()
    returned = _sum()
    unapplied = _sum()

    class Meta(RollUp.Meta):
        db_table = "fund_cash"


class ReceiptCapital(RollUp):
    """A receipt: amount; applied = its payments net of reversals; returned; unapplied = what is left."""

    receipt = parent(Receipt)
    fund = models.ForeignKey(Fund, on_delete=models.DO_NOTHING, related_name="+")
    amount = _sum()
    applied = _sum()
    returned = _sum()
    unapplied = _sum()

    class Meta(RollUp.Meta):
        db_table = "receipt_capital"


class CallNoticeState(RollUp):
    """A letter about a call: live, replaced by a later version, cancelled with its call, or paid in full."""

    notice = parent(Notice, related_name="call_state")
    state = models.CharField(max_length=9)

    class Meta(RollUp.Meta):
        db_table = "call_notice_states"
