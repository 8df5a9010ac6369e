"""A statement, asked for by investor and fund."""

from datetime import date, datetime

from blackgem.lib.errors import NotFound
from funds.models import Investor
from portal.queries.statement import StatementShown, commitments_of, state_commitment


def statement_of(
    investor: Investor, fund_id, *, as_of: date, at: datetime, known_at: datetime | None = None, funds=None
) -> StatementShown:
    """That of an investor in a fund. Raises NotFound where it has no commitment there (or not in `funds`)."""
    found = [one for one in commitments_of([investor], funds=funds) if one.fund_id == fund_id]
    if not found:
        raise NotFound("not_found", "There is no such commitment.")
    return state_commitment([investor], found[0], as_of=as_of, at=at, known_at=known_at)
