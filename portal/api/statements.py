"""An investor's commitment and cash flows as of any day."""

from collections.abc import Iterable
from contextlib import nullcontext

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from blackgem.http.rights import asks
from blackgem.http.schemas import Day, Filters, Id, Moment
from blackgem.lib.errors import InvalidInput, NotFound
from funds.models import Commitment, Fund, Investor
from portal.queries.home import investors_of
from portal.queries.statement import commitments_of, state_commitment
from portal.reader import own_reader

from .answers import StatementAnswer
from .serializers import statement_answer

router = Router(by_alias=True, tags=["Investors"])


class StatementFilter(Filters):
    """Of which fund, where the investor is in several; as of which day, today unless said; from what was known at
    which time, all that is known unless said."""

    fund_id: Id = None
    as_of: Day = None
    known_at: Moment = None


def _investor(user, investor_id) -> tuple[Investor, bool]:
    """The investor, and whether this person stands for it. Others see those who are partners of their funds."""
    own = investors_of(user).filter(pk=investor_id).first()
    found = own or Investor.objects.visible_to(user).filter(pk=investor_id).first()
    if found is None:
        raise NotFound("not_found", "There is no such investor.")
    return found, own is not None


@router.get("/investors/{id:investor_id}/statement", response=StatementAnswer)
@asks(_investor)
def get_statement(request: HttpRequest, investor_id: int, asked: Query[StatementFilter]):
    """What was committed, called, paid and distributed. Investors see their own, managers those of their funds."""
    at = timezone.now()
    investor, is_own = _investor(request.user, investor_id)
    funds = None if is_own else Fund.objects.visible_to(request.user)
    with own_reader(request.user).own_rows() if is_own else nullcontext():
        commitment = _chosen(commitments_of([investor], funds=funds), asked.fund_id)
        as_of = asked.as_of or commitment.fund.day_of(at)
        shown = state_commitment([investor], commitment, as_of=as_of, at=at, known_at=asked.known_at)
        return statement_answer(shown)


def _chosen(commitments: Iterable[Commitment], fund_id: int | None) -> Commitment:
    """The commitment to this fund, or the only one."""
    found = [one for one in commitments if fund_id in (None, one.fund_id)]
    if not found:
        raise NotFound("not_found", "There is no such commitment.")
    if len(found) > 1:
        raise InvalidInput("fund.ambiguous", "This investor is in several funds: name one.", field="fund_id")
    return found[0]
