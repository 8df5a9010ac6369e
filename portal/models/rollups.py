"""What lies between the figures of an account: one unmanaged model per SQL view. Nothing here is stored."""

from django.db import models

from blackgem.lib.fields import MoneyField
from blackgem.lib.rollups import RollUp, parent
from funds.models import Commitment, Fund


class CommitmentDifferences(RollUp):
    """What lies between two figures of a partner's account (`CommitmentCapital`), up to now, in the fund's currency;
    each from the rows that it is made of, and not from those figures.

    Attributes:
        commitment: the commitment, and the key
        fund: its fund
        uncalled: committed − called; below zero where more was called than promised
        outside: called and still owed, without drawing on the commitment
        recallable: what was paid out and may be called again
        released: what of the commitment may no longer be called
        waived: what issued calls asked for and is no longer owed
        taken_over: what issued calls asked for and later partners hold by now
        to_refund: what of that had been paid, and was not refunded yet
        interest: interest to earlier partners that calls ask for and has not come
        borne: bank charges that the fund bore: they count as paid, and no cash came
        not_capital: what was paid on calls and does not count as paid in, as interest between partners
        returned_unused: money of calls that was paid back unused
        withheld: tax withheld of what was paid out
        payable: declared by issued distributions and not paid out
        set_off: what pays calls out of distributions: it counts on both sides, and no cash moved
    """

    commitment = parent(Commitment, related_name="differences")
    fund = models.ForeignKey(Fund, on_delete=models.DO_NOTHING, related_name="+")
    uncalled = MoneyField()
    outside = MoneyField()
    recallable = MoneyField()
    released = MoneyField()
    waived = MoneyField()
    taken_over = MoneyField()
    to_refund = MoneyField()
    interest = MoneyField()
    borne = MoneyField()
    not_capital = MoneyField()
    returned_unused = MoneyField()
    withheld = MoneyField()
    payable = MoneyField()
    set_off = MoneyField()

    class Meta(RollUp.Meta):
        db_table = "commitment_differences"
