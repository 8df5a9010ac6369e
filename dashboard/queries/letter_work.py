"""Letters on their way to investors: how far those of each call, distribution and closing are.

Nothing of it is stored: it is counted from the newest version of each letter and its last mailing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import (
    CharField,
    Count,
    Exists,
    OuterRef,
    PositiveIntegerField,
    Q,
    QuerySet,
    Subquery,
    Value,
)

from blackgem.lib.approvals import register_under_way
from blackgem.lib.days import LocalDay
from blackgem.lib.export import Column, Kind
from blackgem.lib.lists import ListColumn, ListKind, register_list
from capital.models import CapitalCall, ReceiptReturn
from closings.models import Closing, Refund
from distributions.models import Distribution
from funds.models import Fund, Notice, NoticeDelivery, NoticeRendering
from funds.queries.letter_holds import SETTLED
from funds.queries.lists import order_of

_State = NoticeDelivery.State
_CALL, _DISTRIBUTION, _REFUND = Notice.Kind.CAPITAL_CALL, Notice.Kind.DISTRIBUTION, Notice.Kind.REFUND
_RETURN = Notice.Kind.CASH_RETURN
_NOUNS = {_CALL: "Capital call", _DISTRIBUTION: "Distribution", _REFUND: "Closing", _RETURN: "Returned money"}
_UNDER_WAY = (_State.QUEUED, _State.SENDING)
#: What a person has to look at.
_STUCK = ("failed", "held", "unknown", "not_made")
SORTS = {"issued": "issued_on"}
EXPORT_COLUMNS = (
    Column("Letters of", width=24),
    Column("About", width=40),
    Column("Fund", width=32),
    Column("Issued", Kind.DATE, 12),
    *(Column(name, Kind.INTEGER, 10) for name in ("Letters", "Sent", "Not sent", "Unknown", "Under way")),
)
LETTERS = register_list(
    ListKind(
        page="dashboard:letter_list",
        export="dashboard:letter_export",
        noun="mailing",
        sort="-issued",
        columns=(
            ListColumn(
                name="subject", label="Letters of", wraps=True, phone="name", files=("Letters of", "About")
            ),
            ListColumn(name="fund", label="Fund", wraps=True, phone="note", files=("Fund",)),
            ListColumn(name="issued", label="Issued", sorts=True, phone="note", files=("Issued",)),
            ListColumn(name="letters", label="Letters", numeric=True, files=("Letters",)),
            ListColumn(name="sent", label="Sent", phone="amount", files=("Sent",)),
            ListColumn(
                name="state", label="State", phone="state", files=("Not sent", "Unknown", "Under way")
            ),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Mailing:
    """The letters of one call, distribution or closing: how many there are, were asked to be sent, and became what.
    `failed` were not sent, `held` would no longer be issued, of `unknown` nobody can tell, `not_made` have no PDF."""

    kind: str
    subject_id: int
    number: int | None
    about: str
    fund: str
    issued_on: date
    letters: int = 0
    asked: int = 0
    sent: int = 0
    failed: int = 0
    held: int = 0
    unknown: int = 0
    under_way: int = 0
    not_made: int = 0

    @property
    def title(self) -> str:
        noun = _NOUNS[self.kind]
        return f"{noun} {self.number}" if self.number else noun

    @property
    def stuck(self) -> int:
        """Those that a person has to look at."""
        return self.failed + self.held + self.unknown + self.not_made


def _mailed(letters: QuerySet[Notice]) -> QuerySet:
    """The newest versions among these letters, counted per call or distribution by the fate of their last mailing."""
    last = NoticeDelivery.objects.filter(notice=OuterRef("pk")).order_by("-round")
    newer = Notice.objects.filter(
        kind=OuterRef("kind"), item_id=OuterRef("item_id"), version__gt=OuterRef("version")
    )
    counts = {
        "asked": Q(mail__isnull=False),
        "sent": Q(mail=_State.SENT),
        "failed": Q(mail=_State.FAILED) & ~Q(why=SETTLED),
        "held": Q(mail=_State.HELD),
        "unknown": Q(mail=_State.UNKNOWN),
        "under_way": Q(mail__in=_UNDER_WAY),
        "not_made": Q(rendering__isnull=False) & ~Q(rendering__failure=""),
    }
    return (
        letters.exclude(Exists(newer))
        .annotate(mail=Subquery(last.values("state")[:1]), why=Subquery(last.values("failure")[:1]))
        .order_by()
        .values("kind", "subject_id")
        .annotate(letters=Count("pk"), **{name: Count("pk", filter=which) for name, which in counts.items()})
    )


def _with_state(user, *states: str) -> QuerySet[Notice]:
    """Letters of funds that a person sees of which a mailing is in one of these states."""
    mailed = NoticeDelivery.objects.filter(state__in=states).values("notice")
    return Notice.objects.filter(fund__in=Fund.objects.visible_to(user), pk__in=mailed)


def stuck_letters(user) -> int:
    """How many letters of funds that a person sees were not sent, not made, or nobody can tell. One statement."""
    return sum(sum(row[name] for name in _STUCK) for row in _mailed(_stuck(user)))


def _stuck(user) -> QuerySet[Notice]:
    unmade = NoticeRendering.objects.exclude(failure="").values("notice")
    visible = Notice.objects.filter(fund__in=Fund.objects.visible_to(user))
    mailed = (
        NoticeDelivery.objects.filter(state__in=[_State.FAILED, _State.HELD, _State.UNKNOWN])
        .exclude(failure=SETTLED)
        .values("notice")
    )
    return visible.filter(Q(pk__in=mailed) | Q(pk__in=unmade))


def mailings(user, *, fund_id: int | None = None, show: str = "") -> QuerySet:
    """What letters are about, in funds that a person sees: issued calls and distributions, settled closings with
    refunds, and money that was returned to partners, which has no number; unordered, as fields of `Mailing` without
    the counts. `show` narrows to those with letters that are "stuck", or "moving"."""
    chosen = None
    if show:
        letters = _stuck(user) if show == "stuck" else _with_state(user, *_UNDER_WAY)
        chosen = [
            (row["kind"], row["subject_id"]) for row in _mailed(letters) if show != "stuck" or _is_stuck(row)
        ]
    calls = _subjects(
        CapitalCall.objects.all(), _CALL, user, fund_id, chosen, about="purpose", issued="approved_at"
    )
    closings = Closing.objects.settled().filter(Exists(Refund.objects.filter(closing=OuterRef("pk"))))
    return calls.union(
        _subjects(
            Distribution.objects.all(), _DISTRIBUTION, user, fund_id, chosen, about="source", issued="sent_at"
        ),
        _subjects(
            closings.annotate(about=Value("Refunds")),
            _REFUND,
            user,
            fund_id,
            chosen,
            about="about",
            issued="approved_at",
        ),
        _returned(user, fund_id, chosen),
        all=True,
    )


def _returned(user, fund_id, chosen) -> QuerySet:
    rows = ReceiptReturn.objects.filter(commitment__isnull=False, takes_back=None)
    rows = rows.annotate(number=Value(None, output_field=PositiveIntegerField()))
    about = "commitment__investor__name"
    return _subjects(rows, _RETURN, user, fund_id, chosen, about=about, issued="recorded_at")


def _is_stuck(row: dict) -> bool:
    return any(row[name] for name in _STUCK)


def _subjects(rows, kind, user, fund_id, chosen, *, about: str, issued: str) -> QuerySet:
    found = rows.filter(fund__in=Fund.objects.visible_to(user), **{f"{issued}__isnull": False})
    if fund_id:
        found = found.filter(fund=fund_id)
    if chosen is not None:
        found = found.filter(pk__in=[pk for one, pk in chosen if one == kind])
    found = found.order_by().annotate(
        kind=Value(kind, output_field=CharField()), issued_on=LocalDay(issued, "fund__time_zone")
    )
    return found.values_list("kind", "pk", "number", about, "fund__name", "issued_on")


def sorted_mailings(found: QuerySet, sort: str) -> QuerySet:
    """In the order of `SORTS`. Raises InvalidInput("ordering.not_allowed")."""
    return found.order_by(order_of(sort, SORTS)[0], "-pk")


def counted(rows: Iterable[tuple]) -> list[Mailing]:
    """These rows of `mailings` with their counts. One statement."""
    rows = list(rows)
    about = Q(pk__in=[])
    for kind in _NOUNS:
        about |= Q(kind=kind, subject_id__in=[row[1] for row in rows if row[0] == kind])
    counts = {(row.pop("kind"), row.pop("subject_id")): row for row in _mailed(Notice.objects.filter(about))}
    return [Mailing(*row, **counts.get(row[:2], {})) for row in rows]


def export_rows(found: QuerySet) -> Iterator[tuple]:
    """The list as rows of `EXPORT_COLUMNS`."""
    for one in counted(found):
        yield (
            one.title,
            one.about,
            one.fund,
            one.issued_on,
            one.letters,
            one.sent,
            one.failed + one.held + one.not_made,
            one.unknown,
            one.under_way,
        )


def _deliveries_under_way(user) -> QuerySet[NoticeDelivery]:
    """One of them is enough to know that letters are on their way."""
    deliveries = NoticeDelivery.objects.filter(state__in=_UNDER_WAY)
    seen = deliveries.filter(notice__fund__in=Fund.objects.visible_to(user)).order_by()
    return NoticeDelivery.objects.filter(pk__in=seen.values("pk")[:1])


register_under_way(_deliveries_under_way)


def under_way(user) -> list[Mailing]:
    """The mailings of which letters are on their way at this moment."""
    return counted(mailings(user, show="moving"))
