"""What a closing that is settled charges later partners for the time before."""

from collections.abc import Mapping

from blackgem.lib.context import WriteContext
from capital.models import CapitalCall
from fees.models import FeeCatchUp, FeeStatement


def write_catch_ups(
    rows: Mapping[int, FeeCatchUp], said: Mapping[int, dict], call: CapitalCall, ctx: WriteContext
) -> None:
    """Write what late closers are charged, by commitment, with the call that was issued for it, and what each reads of
    it (`said`, as its letter has it): where it is charged anything, or less than was worked out."""
    for commitment, row in rows.items():
        row.commitment_id, row.call, row.recorded_at = commitment, call, ctx.at
    FeeCatchUp.objects.bulk_create(rows.values())
    FeeStatement.objects.bulk_create(
        FeeStatement(
            catch_up=row,
            fund_id=row.fund_id,
            commitment_id=commitment,
            effective_on=row.effective_on,
            facts=said[commitment],
        )
        for commitment, row in rows.items()
        if row.net or row.charged
    )
