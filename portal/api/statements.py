"""An investor's commitments and cash flows as of any day."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from blackgem.http.rights import asks
from blackgem.http.schemas import AnswerId, AnyId, Day, Filters, Moment
from blackgem.lib.errors import InvalidInput, NotFound
from funds.models import Commitment, Fund, Investor
from portal.queries.home import commitments_with_accounts, investors_of
from portal.queries.ids import numbers_in, random_ids_in
from portal.queries.statement import StatementShown, commitments_of, state_all, state_commitment
from portal.reader import own_reader

from .answers import AllStatementsAnswer, StatementAnswer
from .serializers import all_statements_answer, statement_answer

router = Router(by_alias=True, tags=["Investors"])


class StatementFilter(Filters):
    """Of which fund, where the investor is in several; as of which day, today unless said; from what was known at
    which time, all that is known unless said."""

    fund_id: AnyId = None
    as_of: Day = None
    known_at: Moment = None


def _investor(user, investor_id: int | UUID) -> Investor:
    """By its number one of the partners of this person's funds, by its random id one that it stands for."""
    if isinstance(investor_id, UUID):
        found = investors_of(user).filter(public_id=investor_id).first()
    else:
        found = Investor.objects.visible_to(user).filter(pk=investor_id).first()
    if found is None:
        raise NotFound("not_found", "There is no such investor.")
    return found


@router.get("/investors/{any_id:investor_id}/statement", response=StatementAnswer)
@asks(_investor)
def get_statement(request: HttpRequest, investor_id: AnswerId, asked: Query[StatementFilter]):
    """What was committed, called, paid and distributed. Managers ask by number and see their funds' partners; an
    investor's own people ask by its random id, which their profile in the portal shows, and see its own."""
    at, investor = timezone.now(), _investor(request.user, investor_id)
    if isinstance(investor_id, UUID):
        with own_reader(request.user).own_rows():
            commitment = _chosen(commitments_of([investor]), asked.fund_id, "public_id")
            shown = _stated(investor, commitment, asked, at)
            return statement_answer(shown, *random_ids_in([shown]))
    funds = Fund.objects.visible_to(request.user)
    shown = _stated(
        investor, _chosen(commitments_of([investor], funds=funds), asked.fund_id, "pk"), asked, at
    )
    return statement_answer(shown, numbers_in(shown))


class AllStatementsFilter(Filters):
    """As of which day; today, in the zone of each fund, unless said."""

    as_of: Day = None


@router.get("/portal/statements", response=AllStatementsAnswer, tags=["Investors’ own"])
def list_own_statements(request: HttpRequest, asked: Query[AllStatementsFilter]):
    """All of your commitments as of one day, each with what its share is worth."""
    reader = own_reader(request.user)
    with reader.own_rows():
        commitments = list(commitments_with_accounts(reader.investors, reader.commitments))
        found = state_all(commitments, as_of=asked.as_of, at=timezone.now())
        return all_statements_answer(found, random_ids_in(found.stated))


def _stated(
    investor: Investor, commitment: Commitment, asked: StatementFilter, at: datetime
) -> StatementShown:
    as_of = asked.as_of or commitment.fund.day_of(at)
    return state_commitment([investor], commitment, as_of=as_of, at=at, known_at=asked.known_at)


def _chosen(commitments: Iterable[Commitment], fund_id: int | UUID | None, known_by: str) -> Commitment:
    """The commitment to the fund that is known by this id, or the only one."""
    found = [one for one in commitments if fund_id in (None, getattr(one.fund, known_by))]
    if not found:
        raise NotFound("not_found", "There is no such commitment.")
    if len(found) > 1:
        raise InvalidInput("fund.ambiguous", "This investor is in several funds: name one.", field="fund_id")
    return found[0]
