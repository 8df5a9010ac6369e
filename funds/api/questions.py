"""Questions of investors about their parts of calls and distributions, for those who work for the fund."""

from datetime import datetime

from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import Answer, Body, Id, choice, text
from blackgem.lib.context import context_of
from blackgem.lib.errors import NotFound
from funds.access import MANAGE
from funds.models import PartMessage
from funds.queries.questions import narrowed_threads, state_of, thread_of
from funds.services.questions import answer_question

router = Router(by_alias=True, tags=["Questions"])


class QuestionState(TextChoices):
    """Whether a question waits for the fund."""

    WAITS = "waits", "Waits"
    ANSWERED = "answered", "Answered"


class QuestionFilter(Paged):
    """Of one fund, or of all that you work for; those that wait, or that were answered."""

    fund_id: Id = None
    state: choice(QuestionState, upper=True) = None


class NewMessage(Body):
    """Plain text."""

    text: text(PartMessage.MOST_CHARACTERS, least=1, multi_line=True)


class MessageAnswer(Answer):
    """A question of somebody who sees the commitment, or, `fromFund`, the answer of a manager."""

    id: int
    from_fund: bool
    written_by: str
    written_at: datetime
    text: str


class QuestionAnswer(Answer):
    """What was asked and answered about an investor's part of a call or distribution. `id` is that of the last message,
    and changes with the next one; that of an earlier message leads to the same. `subjectId` is the call or
    distribution, `itemId` the part, `letter` the number of its newest letter. `state` is WAITS or ANSWERED."""

    id: int
    fund_id: int
    fund_name: str
    investor_id: int
    investor_name: str
    commitment_id: int
    kind: str
    subject_id: int
    item_id: int
    letter: str | None
    state: str
    messages: list[MessageAnswer]


class QuestionsAnswer(Answer):
    questions: list[QuestionAnswer]
    total: int


@router.get("/questions", response=QuestionsAnswer)
def list_questions(request: HttpRequest, asked: Query[QuestionFilter]):
    """Those that wait for an answer first, the longest waiting on top; of each its last message only."""
    rows, total = page_of(narrowed_threads(request.user, fund=asked.fund_id, state=asked.state or ""), asked)
    return QuestionsAnswer(questions=[_question(one, [one]) for one in rows], total=total)


@router.get("/questions/{id:question_id}", response=QuestionAnswer)
def get_question(request: HttpRequest, question_id: int):
    """Everything that was said, oldest first."""
    return _shown(request.user, question_id)


@router.post("/questions/{id:question_id}/answers", response={201: QuestionAnswer})
@needs(MANAGE)
def post_answer(request: HttpRequest, response: HttpResponse, question_id: int, body: NewMessage):
    """Answer it. Whoever asked since the last answer is told by mail that there is one."""
    answer = answer_question(question_id=question_id, text=body.text, ctx=context_of(request))
    response["Location"] = f"/api/questions/{answer.pk}"
    return Status(201, _shown(request.user, answer.pk))


def _shown(user, question_id: int) -> QuestionAnswer:
    named = PartMessage.objects.filter(pk=question_id)
    threads = narrowed_threads(user).filter(
        kind__in=named.values("kind"), item_id__in=named.values("item_id")
    )
    last = threads.first()
    if not last:
        raise NotFound("not_found", "There is no such question.")
    return _question(last, thread_of(last.kind, last.item_id))


def _question(last: PartMessage, said: list[PartMessage]) -> QuestionAnswer:
    return QuestionAnswer.of(
        last,
        id=last.pk,
        fund_name=last.fund.name,
        investor_id=last.commitment.investor_id,
        investor_name=last.commitment.investor.name,
        kind=last.kind.upper(),
        letter=last.number,
        state=state_of(last).upper(),
        messages=[MessageAnswer.of(one, id=one.pk, written_by=str(one.written_by)) for one in said],
    )
