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
    """What a fund set aside for a deal, and what was called and paid of it, up to now, in the fund's currency.

    Attributes:
        allocation: the allocation, and the key
        fund: the fund, whose currency the amounts are in
        committed: the sum of its approved dated amounts: the first one and what was added or taken since
        called: its lines in issued calls at their declared amounts, less what was waived of them
        funded: what was paid on these lines by the ledger, reversals taken off
        uncalled: committed − called: what may still be called
        outstanding: called − funded: what was asked for and has not come, due or not
    """

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
    """The sums of a fund's allocations, up to now, in its currency, under the names that the roll-up has always had.
    Fees and expenses, which no deal bears, are not in it.

    Attributes:
        fund: the fund, and the key
        total_committed: set aside for deals: the `committed` of its allocations
        total_called: their `called`
        total_funded: their `funded`
        uncalled_capital: total_committed − total_called
        outstanding_calls: total_called − total_funded
    """

    fund = parent(Fund)
    total_committed = _sum()
    total_called = _sum()
    total_funded = _sum()
    uncalled_capital = _sum()
    outstanding_calls = _sum()

    class Meta(RollUp.Meta):
        db_table = "fund_capital"


class CallCapital(RollUp):
    """What a call asked for and what came, up to now, in the fund's currency. Before it is issued, and once it is
    cancelled, nothing is called, changed, waived or outstanding.

    Attributes:
        call: the call, and the key
        fund: its fund
        called: its declared total, interest between partners included, with what was changed of it since
        changed: what waivers took off it, and excuses that nobody covered: zero or less
        waived: what was waived of residuals
        paid: its payments, reversals taken off; what the fund bore as bank charges counts as paid
        outstanding: called − paid
        due_on: its due date; where residuals were carried, the first day on which what is owed is due; null where all
            of it waits for a next call
    """

    call = parent(CapitalCall)
    fund = models.ForeignKey(Fund, on_delete=models.DO_NOTHING, related_name="+")
    called = _sum()
    changed = _sum()
    waived = _sum()
    paid = _sum()
    outstanding = _sum()
    due_on = models.DateField(null=True)

    class Meta(RollUp.Meta):
        db_table = "call_capital"

    @property
    def revised(self):
        """By how much it changed as partners were excused."""
        return self.changed + self.waived


class CallItemCapital(RollUp):
    """One partner's part of a call, up to now, in the fund's currency. Only an issued call calls anything.

    Attributes:
        item: the part, and the key
        call: its call
        commitment: the partner
        called: the declared part with what was changed of it since
        changed: what waivers took off it, and excuses took off or added
        waived: what was waived of it
        paid: its payments, reversals taken off
        outstanding: called − paid
        status: pending (nothing was paid), partial, carried (what is left waits for the next call) or paid
        paid_on: the value date of the last payment that stands; null while there is none
        carried_to: the call with which a carried residual is due; null while there is none
        due_on: the due date of its call, or of `carried_to`; null while a carried residual waits for a call
    """

    item = parent(CapitalCallItem)
    call = models.ForeignKey(CapitalCall, on_delete=models.DO_NOTHING, related_name="+")
    commitment = models.ForeignKey(Commitment, on_delete=models.DO_NOTHING, related_name="+")
    called = _sum()
    changed = _sum()
    waived = _sum()
    paid = _sum()
    outstanding = _sum()
    status = models.CharField(max_length=7)
    paid_on = models.DateField(null=True)
    carried_to = models.ForeignKey(CapitalCall, null=True, on_delete=models.DO_NOTHING, related_name="+")
    due_on = models.DateField(null=True)

    class Meta(RollUp.Meta):
        db_table = "call_item_capital"

    @property
    def revised(self):
        """By how much it changed as a partner was excused, itself or another."""
        return self.changed + self.waived


class CommitmentCapital(RollUp):
    """A partner's account with a fund, up to now, in the fund's currency: what was declared by calls, and what was
    paid by the ledger. Payouts count gross, before tax withheld, once they were paid out.

    Attributes:
        commitment: the commitment, and the key
        fund: its fund
        committed: what the partner promised by its dated events
        released: what of it may no longer be called
        called: its parts of issued calls as declared, inside and outside the commitment, less what was waived and what
            later partners took over; interest between partners, which the fund passes on, is none of it
        called_within: what of `called` draws on the commitment
        paid: what was paid of `called`, reversals and refunds after a later closing taken off
        outstanding: what its calls ask for and has not come, interest between partners included
        to_refund: what later partners took over and was not refunded yet: called − paid = outstanding − interest
            between partners in it − to_refund
        paid_in: what of `paid` counts as capital, less `returned_unused`: the denominator of DPI, RVPI and TVPI
        returned_unused: money of calls that was paid back unused
        distributed: all that was paid out, gross, `returned_unused` included
        recallable: what of it may be called again
        unfunded: committed − released − called_within + recallable: what may still be called
    """

    commitment = parent(Commitment)
    fund = models.ForeignKey(Fund, on_delete=models.DO_NOTHING, related_name="+")
    committed = _sum()
    released = _sum()
    called = _sum()
    called_within = _sum()
    paid = _sum()
    outstanding = _sum()
    to_refund = _sum()
    paid_in = _sum()
    returned_unused = _sum()
    distributed = _sum()
    recallable = _sum()
    unfunded = _sum()

    class Meta(RollUp.Meta):
        db_table = "commitment_capital"


class FundCommitmentCapital(RollUp):
    """The sums of the accounts of all partners of a fund, its general partner included, up to now, in its currency.
    What follows counts as it does in `CommitmentCapital`.

    Attributes:
        fund: the fund, and the key
        committed: what all partners promised
        released: what of it may no longer be called
        called: declared by issued calls, less what was waived, without interest between partners
        called_within: what of it draws on commitments
        paid: what was paid of it, refunds after a later closing taken off: the current size of the fund
        outstanding: what calls ask for and has not come, interest between partners included
        to_refund: what later partners took over and was not refunded yet
        returned_unused: money of calls that was paid back unused
        distributed: all that was paid out, gross, `returned_unused` included
        recallable: what of it may be called again
        unfunded: committed − released − called_within + recallable
    """

    fund = parent(Fund, related_name="partners")
    committed = _sum()
    released = _sum()
    called = _sum()
    called_within = _sum()
    paid = _sum()
    outstanding = _sum()
    to_refund = _sum()
    returned_unused = _sum()
    distributed = _sum()
    recallable = _sum()
    unfunded = _sum()

    class Meta(RollUp.Meta):
        db_table = "fund_commitment_capital"


class FundCash(RollUp):
    """Cash that arrived at a fund, up to now, in its currency. Payments that no cash stands behind are not in it.

    Attributes:
        fund: the fund, and the key
        received: its receipts
        applied: what of them pays calls, reversals taken off
        returned: what went back to who had sent it
        unapplied: received − applied − returned: what waits
    """

    fund = parent(Fund, related_name="cash")
    received = _sum()
    applied = _sum()
    returned = _sum()
    unapplied = _sum()

    class Meta(RollUp.Meta):
        db_table = "fund_cash"


class ReceiptCapital(RollUp):
    """Cash that arrived once, up to now, in the fund's currency.

    Attributes:
        receipt: the receipt, and the key
        fund: its fund
        amount: what arrived
        applied: what of it pays calls, reversals taken off
        returned: what went back
        unapplied: amount − applied − returned
    """

    receipt = parent(Receipt)
    fund = models.ForeignKey(Fund, on_delete=models.DO_NOTHING, related_name="+")
    amount = _sum()
    applied = _sum()
    returned = _sum()
    unapplied = _sum()

    class Meta(RollUp.Meta):
        db_table = "receipt_capital"


class CashReturnNoticeState(RollUp):
    """What has become of a letter about unapplied cash that was returned.

    Attributes:
        notice: the letter, and the key
        state: live, replaced (there is a later version) or cancelled (the return was taken back)
    """

    notice = parent(Notice, related_name="cash_return_state")
    state = models.CharField(max_length=9)

    class Meta(RollUp.Meta):
        db_table = "cash_return_notice_states"


class CallNoticeState(RollUp):
    """What has become of a letter about a call.

    Attributes:
        notice: the letter, and the key
        state: live, replaced (there is a later version), cancelled (with its call), paid (in full) or nothing (is due,
            as nothing is called by now)
    """

    notice = parent(Notice, related_name="call_state")
    state = models.CharField(max_length=9)

    class Meta(RollUp.Meta):
        db_table = "call_notice_states"
