"""What a closing that is settled charges later partners for the time before."""

from collections.abc import Mapping

from blackgem.lib.context import WriteContext
from capital.models import CapitalCall
from fees.models import FeeCatchUp


def write_catch_ups(rows: Mapping[int, FeeCatchUp], call: CapitalCall, ctx: WriteContext) -> None:
    """Write what late closers are charged, by commitment, with the call that was issued for it."""
    for commitment, row in rows.items():
        row.commitment_id, row.call, row.recorded_at = commitment, call, ctx.at
    FeeCatchUp.objects.bulk_create(rows.values())
