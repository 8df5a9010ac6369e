"""Threads of questions about investors' parts of calls and distributions: which wait, and what was said."""

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf

from blackgem.lib.pages import found
from funds.models import Fund, Notice, PartMessage
from funds.queries.access import with_role


def thread_of(kind: str, item_id: int) -> list[PartMessage]:
    """Everything about one part, oldest first."""
    messages = PartMessage.objects.filter(kind=kind, item_id=item_id)
    return list(messages.select_related("written_by", "fund").order_by("pk"))


def messages_with(kind: str) -> ArraySubquery:
    """The same with the row of a part, without a query of its own: `thread_read` makes the messages of it."""
    by = Coalesce(NullIf("written_by__full_name", Value("")), "written_by__email")
    said = JSONObject(pk="pk", by=by, from_fund="from_fund", text="text", at="written_at")
    rows = PartMessage.objects.filter(kind=kind, item_id=OuterRef("pk")).order_by("pk")
    return ArraySubquery(rows.values(said=said))


def thread_read(rows: list[dict]) -> list[PartMessage]:
    """Messages, each with its `author`, from what `messages_with` read."""
    thread = []
    for row in rows:
        message = PartMessage(
            pk=row["pk"],
            from_fund=row["from_fund"],
            text=row["text"],
            written_at=datetime.fromisoformat(row["at"]),
        )
        message.author = row["by"]
        thread.append(message)
    return thread


def last_from_fund(kind: str, item="pk") -> Subquery:
    """Whether the fund spoke last about a part, with its row: None where nobody asked, False where a question waits."""
    last = PartMessage.objects.filter(kind=kind, item_id=OuterRef(item)).order_by("-pk")
    return Subquery(last.values("from_fund")[:1])


def _latest() -> QuerySet[PartMessage]:
    """The last message of every thread."""
    latest = PartMessage.objects.filter(kind=OuterRef("kind"), item_id=OuterRef("item_id")).order_by("-pk")
    return PartMessage.objects.filter(pk=Subquery(latest.values("pk")[:1]))


def waiting_in_fund(fund="pk") -> Coalesce:
    """How many questions of a fund, with its row, wait for an answer."""
    waiting = _latest().filter(fund=OuterRef(fund), from_fund=False).order_by().values("fund")
    return Coalesce(Subquery(waiting.annotate(count=Count("pk")).values("count")), 0)


def threads(user) -> QuerySet[PartMessage]:
    """The last message of each thread of the funds that this person sees, those that wait first, the longest waiting on
    top; each with the `number` of the newest letter about its part."""
    letters = Notice.objects.filter(kind=OuterRef("kind"), item_id=OuterRef("item_id")).order_by("-version")
    seen = _latest().filter(fund__in=Fund.objects.visible_to(user))
    shown = seen.select_related("fund", "commitment__investor", "written_by")
    return shown.annotate(number=Subquery(letters.values("number")[:1])).order_by(
        "from_fund", "written_at", "pk"
    )


def question_of(user, question_id) -> PartMessage:
    """The last message of the thread that a message belongs to, with the `role` of this person; 404 where it is not to
    be seen."""
    seen = PartMessage.objects.filter(fund__in=Fund.objects.visible_to(user))
    one = found(seen, pk=question_id)
    last = seen.filter(kind=one.kind, item_id=one.item_id).aggregate(pk=Max("pk"))["pk"]
    return found(with_role(threads(user), user, fund="fund"), pk=last)
