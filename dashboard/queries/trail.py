"""Who did what in the funds whose audit trail a person reads: narrowed, told in words, paged and exported."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.paginator import Page
from django.db.models import Q, QuerySet

from blackgem.lib import audit
from blackgem.lib.export import Column, Kind
from blackgem.lib.lists import ListColumn, ListKind, register_list
from blackgem.lib.timeline import TimelineEntry, entries_of, sentence
from blackgem.models import AuditEvent
from funds.access import AUDIT, ROLES
from funds.models import Fund, Investor
from funds.queries.lists import page_of

EVENTS_PER_PAGE = 50
ROWS_PER_FETCH = 2_000
UTC = ZoneInfo("UTC")
EXPORT_COLUMNS = (
    Column("When (UTC)", width=22),
    Column("Recorded (UTC)", width=22),
    Column("Fund", width=32),
    Column("Who", width=24),
    Column("E-mail", width=28),
    Column("What", width=32),
    Column("Object", width=40),
    Column("Changes", width=60),
    Column("Reason", width=32),
    Column("Address", width=18),
    Column("Request", width=34),
    Column("Event", Kind.INTEGER, 10),
)
TRAIL = register_list(
    ListKind(
        page="dashboard:audit_trail",
        export="dashboard:audit_export",
        noun="event",
        sort="",
        rows_link=False,
        columns=(
            ListColumn(name="when", label="When", phone="note", files=("When (UTC)", "Recorded (UTC)")),
            ListColumn(name="who", label="Who", phone="amount", files=("Who", "E-mail")),
            ListColumn(
                name="what", label="What", wraps=True, phone="name", files=("What", "Object", "Reason")
            ),
            ListColumn(
                name="changes", label="Before and after", wraps=True, phone="note", files=("Changes",)
            ),
            ListColumn(name="fund", label="Fund", wraps=True, phone="note", files=("Fund",)),
            ListColumn(name="address", label="From", files=("Address", "Request")),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What the trail is narrowed to; days are those of UTC, both ends included."""

    fund_id: int | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class EventShown:
    """One event as a row: told, with the object, the fund, and where it came from."""

    told: TimelineEntry
    email: str
    subject: str
    fund: str
    address: str
    request_id: str
    pk: int


def audited_funds(user) -> QuerySet[Fund]:
    """The funds whose trail a person reads."""
    return Fund.objects.run_by(user, *ROLES[AUDIT])


def events(user, narrowed: TrailFilter) -> QuerySet[AuditEvent]:
    """The events of those funds and of their partners, newest first. The rest (who signed in) administrators read."""
    rows = AuditEvent.objects.select_related("actor").order_by("-id")
    if narrowed.fund_id or not user.is_superuser:
        funds = audited_funds(user)
        funds = funds.filter(pk=narrowed.fund_id) if narrowed.fund_id else funds
        rows = rows.filter(Q(fund_id__in=funds.values("pk")) | _of_partners(funds))
    since, until = bounds_of(narrowed)
    if since:
        rows = rows.filter(happened_at__gte=since)
    if until:
        rows = rows.filter(happened_at__lt=until)
    return rows.filter(_speaks_of(narrowed.text)) if narrowed.text else rows


def bounds_of(narrowed: TrailFilter) -> tuple[datetime | None, datetime | None]:
    """The moments from and before which the filter's days reach."""
    since = _midnight(narrowed.since) if narrowed.since else None
    return since, _midnight(narrowed.until + timedelta(days=1)) if narrowed.until else None


def events_page(rows: QuerySet, *, number) -> Page:
    """One page of the trail."""
    return page_of(rows, EVENTS_PER_PAGE, number)


def shown(rows: Iterable[AuditEvent], funds: dict[int, Fund]) -> list[EventShown]:
    """Events as rows; `funds` by id, for names and currencies."""
    return [_shown(event, funds.get(event.fund_id)) for event in rows]


def export_rows(rows: QuerySet, funds: dict[int, Fund]) -> Iterator[tuple]:
    """The trail as `EXPORT_COLUMNS`, fetched a few at a time."""
    for event in rows.iterator(chunk_size=ROWS_PER_FETCH):
        fund = funds.get(event.fund_id)
        yield (
            _moment(event.happened_at),
            _moment(event.recorded_at),
            fund.name if fund else "",
            str(event.actor or ""),
            event.actor.email if event.actor else "",
            sentence(event.verb),
            event.object_label,
            "; ".join(
                f"{field}: {_plain(old)} → {_plain(new)}" for field, (old, new) in event.changes.items()
            ),
            event.reason,
            event.address,
            event.request_id,
            event.pk,
        )


def _shown(event: AuditEvent, fund: Fund | None) -> EventShown:
    (told,) = entries_of([event], fund.currency if fund else "USD")
    return EventShown(
        told,
        event.actor.email if event.actor else "",
        event.object_label,
        fund.name if fund else "",
        event.address,
        event.request_id,
        event.pk,
    )


def _of_partners(funds) -> Q:
    """What was done to the investors themselves (names, contacts, withholding), and files over several funds: they
    belong to no single fund."""
    partners = Investor.objects.filter(commitments__fund__in=funds).distinct()
    about = [*partners.only("pk"), *funds.only("pk")]
    return Q(fund_id=None, subjects__overlap=[audit.key(one) for one in about])


def _speaks_of(text: str) -> Q:
    fields = ("actor__full_name", "actor__email", "object_label", "reason", "request_id")
    condition = Q(verb__icontains=text.replace(" ", "_"))
    for field in fields:
        condition |= Q(**{f"{field}__icontains": text})
    return condition


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _plain(value) -> str:
    return "nothing" if value in (None, "") else str(value)
