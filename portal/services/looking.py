"""A manager looks at the portal as one investor of its fund. Whoever looks is written down."""

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import NotFound
from blackgem.lib.sql import service
from funds.access import MANAGE, check_may
from funds.models import Commitment


@service
def start_looking(*, commitment_id, ctx: WriteContext) -> Commitment:
    """Begin to look as the investor of a commitment. Raises NotFound or Forbidden for who does not manage the fund."""
    commitment = _managed(commitment_id, ctx.by)
    _record("view_as_investor", commitment, ctx)
    return commitment


@service
def stop_looking(*, commitment_id, ctx: WriteContext) -> None:
    """End it."""
    commitment = Commitment.objects.select_related("investor", "fund").filter(pk=commitment_id).first()
    if commitment:
        _record("stop_viewing_as_investor", commitment, ctx)


def _managed(commitment_id, by) -> Commitment:
    commitment = Commitment.objects.select_related("investor", "fund").filter(pk=commitment_id).first()
    if commitment is None:
        raise NotFound("not_found", "There is no such commitment.")
    check_may(by, commitment.fund_id, MANAGE)
    return commitment


def _record(verb, commitment, ctx: WriteContext) -> None:
    audit.record(
        verb=verb, ctx=ctx, subject=commitment, also=[commitment.investor], fund_id=commitment.fund_id
    )
