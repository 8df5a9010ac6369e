"""What an investor's own people ask about their parts of calls and distributions, and what they are answered."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import asks
from blackgem.http.schemas import RandomId
from blackgem.lib.context import context_of
from funds.api.questions import NewMessage
from funds.models import Notice, PartMessage
from portal.queries.calls import call_of
from portal.queries.distributions import distribution_of
from portal.queries.documents import public_ids_of_parts
from portal.queries.questions import messages_of, with_authors
from portal.reader import own_reader
from portal.services.questions import ask_question

from .own import whose
from .own_answers import OwnMessageAnswer, OwnMessagesAnswer

router = Router(by_alias=True, tags=["Investors’ own"])


class OwnQuestionFilter(Paged):
    """Of which fund, by its random id."""

    fund_id: RandomId = None


def _check(read: Callable) -> Callable:
    """Raise NotFound for a part that is not one of this person's."""

    def check(user, **path: UUID) -> None:
        reader = own_reader(user)
        with reader.own_rows():
            read(reader, *path.values())

    return check


@router.get("/portal/questions", response=OwnMessagesAnswer)
def list_own_messages(request: HttpRequest, asked: Query[OwnQuestionFilter]):
    """Everything that was asked and answered, newest first."""
    reader = own_reader(request.user)
    with reader.own_rows():
        rows = messages_of(reader).select_related("fund", "commitment__investor").order_by("-pk")
        if asked.fund_id:
            rows = rows.filter(fund__public_id=asked.fund_id)
        found, total = page_of(rows, asked)
        return OwnMessagesAnswer(messages=_answers(found), total=total)


@router.post("/portal/capital-calls/{uuid:call_part_id}/questions", response={201: OwnMessageAnswer})
@asks(_check(call_of))
def post_question_about_call(
    request: HttpRequest, response: HttpResponse, call_part_id: UUID, body: NewMessage
):
    """Ask the fund's managers about your part of a call, by its `itemId`. You are told by mail that it is answered."""
    return _asked(request, response, Notice.Kind.CAPITAL_CALL, call_part_id, body)


@router.post("/portal/distributions/{uuid:distribution_part_id}/questions", response={201: OwnMessageAnswer})
@asks(_check(distribution_of))
def post_question_about_distribution(
    request: HttpRequest, response: HttpResponse, distribution_part_id: UUID, body: NewMessage
):
    """Ask the fund's managers about your part of a distribution, by its `itemId`."""
    return _asked(request, response, Notice.Kind.DISTRIBUTION, distribution_part_id, body)


def _asked(request: HttpRequest, response: HttpResponse, kind: str, part: UUID, body: NewMessage) -> Status:
    message = ask_question(kind=kind, part=part, text=body.text, ctx=context_of(request))
    reader = own_reader(request.user)
    with reader.own_rows():
        rows = messages_of(reader).select_related("fund", "commitment__investor").filter(pk=message.pk)
        [answer] = _answers(rows)
    response["Location"] = "/api/portal/questions"
    return Status(201, answer)


def _answers(rows) -> list[OwnMessageAnswer]:
    messages: list[PartMessage] = with_authors(rows)
    parts = public_ids_of_parts(messages)
    return [
        OwnMessageAnswer(
            **whose(one.fund, one.commitment),
            kind=one.kind.upper(),
            item_id=parts[one.kind, one.item_id],
            from_fund=one.from_fund,
            author=one.author,
            written_at=one.written_at,
            text=one.text,
        )
        for one in messages
    ]
