"""Who the other one of a transfer is, where the two agreed that each reads the other's name."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.db.models import Q

from blackgem.lib.knowledge import Knowledge
from closings.models import Transfer
from funds.models import Commitment
from portal.calc.facts import TransferLine
from portal.row_security import outside


def with_parties(
    lines: Iterable[TransferLine], commitment: Commitment, known: Knowledge
) -> tuple[TransferLine, ...]:
    """Each with the name of the other one; a line of several transfers names them only where all of them are named. It
    is read outside row-level security: of the others' rows nothing else is."""
    lines = tuple(lines)
    if not lines:
        return lines
    own = Q(transferor=commitment) | Q(transferee=commitment)
    rows = known.decided(Transfer.objects.filter(own), "approved_at").order_by("pk")
    said = (
        "effective_on",
        "transferor",
        "parties_named",
        "transferor__investor__name",
        "transferee__investor__name",
    )
    names: dict[tuple[date, bool], list[str]] = defaultdict(list)
    with outside():
        for on, transferor, named, giver, taker in rows.values_list(*said):
            acquired = transferor != commitment.pk
            names[on, acquired].append((giver if acquired else taker) if named else "")
    return tuple(replace(one, party=_party(names[one.on, one.is_acquired])) for one in lines)


def _party(names: list[str]) -> str:
    return " and ".join(dict.fromkeys(names)) if all(names) else ""
