"""What the routes of calls and of distributions share: the bodies and answers of verbs, and reading a single row."""

from dataclasses import replace
from typing import Annotated

from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from pydantic import Field

from blackgem.http.schemas import Answer, Body, text, whole_number
from blackgem.lib.context import WriteContext, context_of
from blackgem.lib.errors import NotFound
from funds.models import NoticeDelivery

#: The revision of a draft: 1 as it is written first, one more with every change.
Revision = whole_number(1, 2**31 - 1)


class CancelBody(Body):
    reason: text(500) = ""


WITHOUT_REASON = CancelBody()


class RefusalBody(Body):
    """Why it is turned down: asked of whoever turns down what another person asked for, who reads it. Who takes back
    what it asked for itself may leave it out."""

    reason: text(500) = ""


TAKEN_BACK = RefusalBody()


def declining(request: HttpRequest, body: RefusalBody) -> WriteContext:
    """The context of who turns something down, or takes it back: with the reason, or 422."""
    return replace(context_of(request), why=body.reason, asks_why=True)


class SeenBody(Body):
    """`revision` as it was read; another one in the meantime is refused."""

    revision: Revision | None = None


AS_IT_IS = SeenBody()

#: The `key` of each warning among the `checks` of a call or distribution that the caller lets pass.
Keys = Annotated[list[text(100)], Field(max_length=50)]


class IssueBody(SeenBody):
    """Of what is issued by this. `acknowledged` are the keys of the warnings among `checks` that the caller lets pass:
    where the fund demands it, one that is left out is refused."""

    acknowledged: Keys = []


ISSUED_AS_IT_IS = IssueBody()


class SendBackBody(CancelBody):
    """Why it is a draft again, and `revision` as it was read; another one in the meantime is refused."""

    revision: Revision | None = None


SENT_BACK_AS_IT_IS = SendBackBody()


class SendNotices(Body):
    """`revision` is of the draft that is issued first, as it was read; another one in the meantime is refused."""

    resend: bool = False
    confirmed: bool = Field(
        default=False, description="Send though no verified bank details say where to pay."
    )
    revision: Revision | None = None
    acknowledged: Keys = Field(default=[], description="The keys of the warnings that the caller lets pass.")


ONCE = SendNotices()


class SentAnswer(Answer):
    success: bool = True
    sent_count: int


class DeletedAnswer(Answer):
    success: bool = True


def one(rows: QuerySet, pk):
    """The row, or NotFound where there is none that this person may see."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound("not_found", "There is no such thing.")
    return row


def with_first_mail(rows: QuerySet, kind: str) -> QuerySet:
    """Each call or distribution with `notice_sent_at`: when the first mail about it was confirmed."""
    sent = NoticeDelivery.objects.filter(
        notice__kind=kind, notice__subject_id=OuterRef("pk"), sent_at__isnull=False
    )
    first = sent.order_by().values("notice__subject_id").annotate(first=Min("sent_at")).values("first")
    return rows.annotate(notice_sent_at=Subquery(first))


def decided(reversal) -> str:
    """What became of a request to take money back."""
    return "APPROVED" if reversal.approved_at else "REJECTED" if reversal.rejected_at else "PENDING"
