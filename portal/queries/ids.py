"""The ids in a statement: numbers for those who work for its fund, random ones for the investor's own people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from capital.models import CapitalCallItem
from distributions.models import DistributionItem
from funds.models import Commitment
from portal.queries.statement import StatementShown

AnyId = int | UUID


@dataclass(frozen=True, slots=True)
class StatementIds:
    """`calls` and `distributions`: by the number of the partner's part, the ids of the whole and of the part."""

    investor: AnyId
    fund: AnyId
    commitment: AnyId
    calls: Mapping[int, tuple[AnyId, AnyId]]
    distributions: Mapping[int, tuple[AnyId, AnyId]]


def numbers_in(shown: StatementShown) -> StatementIds:
    commitment, statement = shown.commitment, shown.statement
    calls = (line.call for line in statement.calls)
    distributions = (line.distribution for line in statement.distributions)
    return StatementIds(
        investor=commitment.investor_id,
        fund=commitment.fund_id,
        commitment=commitment.pk,
        calls={one.item_id: (one.call_id, one.item_id) for one in calls},
        distributions={one.item_id: (one.distribution_id, one.item_id) for one in distributions},
    )


def random_ids_in(stated: Iterable[StatementShown]) -> list[StatementIds]:
    """Of each statement; they are read in two statements of SQL."""
    commitments = [shown.commitment for shown in stated]
    calls = _by_part(CapitalCallItem, commitments, "call")
    distributions = _by_part(DistributionItem, commitments, "distribution")
    return [
        StatementIds(
            investor=one.investor.public_id,
            fund=one.fund.public_id,
            commitment=one.public_id,
            calls=calls,
            distributions=distributions,
        )
        for one in commitments
    ]


def _by_part(model, commitments: list[Commitment], whole: str) -> dict[int, tuple[AnyId, AnyId]]:
    rows = model.objects.filter(commitment__in=commitments)
    found = rows.values_list("pk", f"{whole}__public_id", "public_id")
    return {part: (of, public_id) for part, of, public_id in found}
