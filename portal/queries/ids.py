"""The ids in a statement: numbers for those who work for its fund, random ones for the investor's own people."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from capital.models import CapitalCallItem
from distributions.models import DistributionItem
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


def random_ids_in(shown: StatementShown) -> StatementIds:
    commitment = shown.commitment
    calls = CapitalCallItem.objects.filter(commitment=commitment)
    distributions = DistributionItem.objects.filter(commitment=commitment)
    return StatementIds(
        investor=commitment.investor.public_id,
        fund=commitment.fund.public_id,
        commitment=commitment.public_id,
        calls=_by_part(calls.values_list("pk", "call__public_id", "public_id")),
        distributions=_by_part(distributions.values_list("pk", "distribution__public_id", "public_id")),
    )


def _by_part(rows) -> dict[int, tuple[AnyId, AnyId]]:
    return {part: (whole, public_id) for part, whole, public_id in rows}
