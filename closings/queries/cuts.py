"""What of commitments was cut after defaults, and is weighed by closings still, as the register has it on a day."""

from collections import defaultdict
from decimal import Decimal

from blackgem.lib.money import unit_of
from closings.calc.cuts import Lowered, still_weighed
from closings.models import Closing, Transfer
from funds.models import CommitmentEvent

ZERO = Decimal("0.00")
Kind = CommitmentEvent.Kind


def cut_by_defaults(closing: Closing) -> dict[int, Decimal]:
    """By commitment, in the fund's currency, as of the day of the closing: most funds have none, which is one query."""
    events = CommitmentEvent.objects.approved().filter(
        fund=closing.fund_id, changes_commitment=True, effective_on__lte=closing.held_on
    )
    if not events.filter(kind=Kind.DEFAULT_REDUCTION).exists():
        return {}
    takers = dict(Transfer.objects.filter(fund=closing.fund_id).values_list("pk", "transferee"))
    promised, lowered = defaultdict(lambda: ZERO), []
    for partner, kind, amount, transfer in events.order_by("pk").values_list(
        "commitment", "kind", "amount", "transfer_id"
    ):
        if kind == Kind.DEFAULT_REDUCTION:
            lowered.append(Lowered(partner, -amount, promised[partner]))
        elif kind == Kind.TRANSFER_OUT:
            lowered.append(Lowered(partner, -amount, promised[partner], takers[transfer]))
        promised[partner] += amount
    return still_weighed(lowered, unit_of(closing.fund.currency))
