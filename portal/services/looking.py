"""A manager looks at the portal as one investor of its fund. Whoever looks is written down."""

from datetime import datetime

from blackgem.lib import audit
from blackgem.lib.errors import NotFound
from blackgem.lib.sql import service
from funds.access import MANAGE, check_may
from funds.models import Commitment


@service
def start_looking(*, commitment_id, by, at: datetime) -> Commitment:
    """Begin to look as the investor of a commitment. Raises NotFound or Forbidden for who does not manage the fund."""
    commitment = _managed(commitment_id, by)
    _record("view_as_investor", commitment, by, at)
    return commitment


@service
def stop_looking(*, commitment_id, by, at: datetime) -> None:
    """End it."""
    commitment = Commitment.objects.select_related("investor", "fund").filter(pk=commitment_id).first()
    if commitment:
        _record("stop_viewing_as_investor", commitment, by, at)


def _managed(commitment_id, by) -> Commitment:
    commitment = Commitment.objects.select_related("investor", "fund").filter(pk=commitment_id).first()
    if commitment is None:
        raise NotFound("not_found", "There is no such commitment.")
    check_may(by, commitment.fund_id, MANAGE)
    return commitment


def _record(verb, commitment, by, at) -> None:
    audit.record(
        verb=verb, by=by, at=at, subject=commitment, also=[commitment.investor], fund_id=commitment.fund_id
    )
