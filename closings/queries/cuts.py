"""What of commitments was cut after defaults, and is weighed by closings still, as the register has it on a day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from blackgem.lib.money import unit_of
from closings.calc.cuts import Cut, Passed, still_weighed
from closings.models import Closing, Transfer
from funds.models import CommitmentEvent


def cut_by_defaults(closing: Closing) -> dict[int, Decimal]:
    """By commitment, in the fund's currency, as of the day of the closing: most funds have none, which is one query."""
    by_then = {"fund": closing.fund_id, "effective_on__lte": closing.held_on}
    cuts = CommitmentEvent.objects.approved().filter(kind=CommitmentEvent.Kind.DEFAULT_REDUCTION, **by_then)
    lowered = [
        (at, 0, pk, Cut(partner, -amount))
        for pk, at, partner, amount in cuts.values_list("pk", "approved_at", "commitment", "amount")
    ]
    if not lowered:
        return {}
    transfers = Transfer.objects.approved().filter(**by_then)
    moved = [(one.approved_at, 1, one.pk, passed) for one, passed in _passed(transfers.order_by("pk"))]
    in_order = [event for *_, event in sorted([*lowered, *moved], key=lambda one: one[:3])]
    return still_weighed(in_order, unit_of(closing.fund.currency))


def _passed(transfers: Iterable[Transfer]) -> Iterator[tuple[Transfer, Passed]]:
    """What one remedy takes goes to several, each a share of what there was before it: of what the others left."""
    taken: dict[int | None, Fraction] = defaultdict(Fraction)
    for one in transfers:
        left = 1 - taken[one.remedy_id]
        if one.remedy_id is not None:
            taken[one.remedy_id] += one.share
        yield one, Passed(one.transferor_id, one.share / left, one.transferee_id)
