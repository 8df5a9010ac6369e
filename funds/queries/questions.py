"""Threads of questions about investors' parts of calls and distributions: which wait, and what was said."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf

from blackgem.lib.export import Column
from blackgem.lib.lists import ListColumn, ListKind, register_list
from blackgem.lib.pages import found
from blackgem.shapes import status_of
from funds.models import Fund, Notice, PartMessage
from funds.queries.access import with_role
from funds.queries.lists import order_of

#: The kinds of letters whose parts are asked about.
KINDS = PartMessage.KINDS
SORTS = {"state": "from_fund", "investor": "commitment__investor__name", "at": "written_at"}
EXPORT_COLUMNS = (
    Column("Investor", width=36),
    Column("Fund", width=32),
    Column("About", width=28),
    Column("Last message", width=60),
    Column("Written by", width=28),
    Column("Written at (UTC)", width=22),
    Column("State", width=20),
)
QUESTIONS = register_list(
    ListKind(
        page="funds:question_list",
        export="funds:question_export",
        noun="question",
        sort="state",
        columns=(
            ListColumn(
                name="investor", label="Investor", sorts=True, wraps=True, phone="name", files=("Investor",)
            ),
            ListColumn(name="fund", label="Fund", wraps=True, phone="note", files=("Fund",)),
            ListColumn(name="about", label="About", wraps=True, phone="note", files=("About",)),
            ListColumn(
                name="text",
                label="Last message",
                wraps=True,
                phone="note",
                files=("Last message", "Written by"),
            ),
            ListColumn(name="at", label="Written", sorts=True, phone="note", files=("Written at (UTC)",)),
            ListColumn(name="state", label="State", sorts=True, phone="state", files=("State",)),
        ),
    )
)


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


def narrowed_threads(
    user, *, fund=None, kind="", state="", q="", sort=QUESTIONS.sort
) -> QuerySet[PartMessage]:
    """`threads`, narrowed and in an order of `SORTS`; `state` is waits or answered, `q` part of the investor's name.

    Raises InvalidInput("ordering.not_allowed").
    """
    asked = {
        "fund": fund,
        "kind": kind,
        "from_fund": state and state == "answered",
        "commitment__investor__name__icontains": q,
    }
    chosen = {name: value for name, value in asked.items() if value not in (None, "")}
    column, _ = order_of(sort, SORTS)
    return threads(user).filter(**chosen).order_by(column, "written_at", "pk")


def state_of(thread: PartMessage) -> str:
    """Whether it waits for the fund."""
    return "answered" if thread.from_fund else "waits"


def export_rows(found: QuerySet[PartMessage]) -> Iterator[tuple]:
    """Threads as rows of `EXPORT_COLUMNS`."""
    for one in found:
        yield (
            one.commitment.investor.name,
            one.fund.name,
            f"{one.get_kind_display()} {one.number or ''}".strip(),
            one.text,
            str(one.written_by),
            f"{one.written_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
            status_of("question", state_of(one)).word,
        )


def question_of(user, question_id) -> PartMessage:
    """The last message of the thread that a message belongs to, with the `role` of this person; 404 where it is not to
    be seen."""
    seen = PartMessage.objects.filter(fund__in=Fund.objects.visible_to(user))
    one = found(seen, pk=question_id)
    last = seen.filter(kind=one.kind, item_id=one.item_id).aggregate(pk=Max("pk"))["pk"]
    return found(with_role(threads(user), user, fund="fund"), pk=last)
