"""Letters as the page of a call or distribution shows them: the newest per investor, and what became of its mailing."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Subquery

from funds.models import Notice, NoticeDelivery, NoticeDocument, NoticeReading

from .letter_holds import SETTLED
from .letter_states import LIVE, with_letter_states

State = NoticeDelivery.State
UNDER_WAY = (State.QUEUED, State.SENDING)


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """The newest notice of one item. `state` is empty while nobody has asked to send it; `letter_state` says what has
    become of the letter itself: live, cancelled or paid."""

    pk: int
    item_id: int
    number: str
    version: int
    rendered: bool
    being_made: bool
    not_made_because: str
    state: str
    sent_at: datetime | None
    failure: str
    letter_state: str


@dataclass(frozen=True, slots=True)
class NoticeProgress:
    """How far the letters of one subject are. `letters`: how many are in which state, where any is not live."""

    total: int
    rendered: int
    being_made: int
    not_made: int
    asked: int
    sent: int
    failed: int
    held: int
    unknown: int
    under_way: int
    first_sent_at: datetime | None
    last_sent_at: datetime | None
    letters: tuple[tuple[str, int], ...]

    @property
    def settled(self) -> int:
        """Those of which the fate is known, or known to be unknowable."""
        return self.asked - self.under_way

    @property
    def moving(self) -> bool:
        """Whether anything is still to be rendered or sent, so that the page should look again."""
        return self.under_way > 0 or self.being_made > 0


def notices_of(kind: str, subject_id: int) -> dict[int, NoticeShown]:
    """The newest notice of every item of a call or distribution, by item. One statement."""
    latest = NoticeDelivery.objects.filter(notice=OuterRef("pk")).order_by("-round")
    newest = (
        with_letter_states(Notice.objects.newest(kind, subject_id))
        .annotate(
            rendered=Exists(NoticeDocument.objects.filter(notice=OuterRef("pk"))),
            making_failure=F("rendering__failure"),
            state=Subquery(latest.values("state")[:1]),
            sent_at=Subquery(latest.values("sent_at")[:1]),
            failure=Subquery(latest.values("failure")[:1]),
        )
        .values(
            "pk",
            "item_id",
            "number",
            "version",
            "rendered",
            "making_failure",
            "state",
            "sent_at",
            "failure",
            "letter_state",
        )
    )
    return {row["item_id"]: _shown(**row) for row in newest}


def _shown(*, making_failure, state, failure, **known) -> NoticeShown:
    """`making_failure` is None where nothing waits to be made, empty before the first try."""
    return NoticeShown(
        **known,
        being_made=making_failure == "",
        not_made_because=making_failure or "",
        state=state or "",
        failure=failure or "",
    )


def versions_of(kind: str, item_id: int):
    """Every version of one item's letter, newest first, with `letter_state`, document, deliveries, `acknowledged`: (by
    whom, when)."""
    read = NoticeReading.objects.filter(notice=OuterRef("pk"), deed=NoticeReading.Deed.ACKNOWLEDGED)
    versions = list(
        with_letter_states(Notice.objects.filter(kind=kind, item_id=item_id))
        .annotate(
            readers=ArraySubquery(read.order_by("pk").values("by__full_name")),
            read_at=ArraySubquery(read.order_by("pk").values("at")),
        )
        .prefetch_related("deliveries")
        .select_related("document")
        .defer("document__content", "facts")
        .order_by("-version")
    )
    for notice in versions:
        notice.acknowledged = list(zip(notice.readers, notice.read_at, strict=True))
    return versions


def all_versions(kind: str, subject_id: int) -> dict[int, list[Notice]]:
    """By item, newest first: every version of every letter of a call or distribution, with `letter_state`, and `mail`
    and `sent_at` of its last mailing (null while there is none). One statement."""
    latest = NoticeDelivery.objects.filter(notice=OuterRef("pk")).order_by("-round")
    letters = with_letter_states(Notice.objects.filter(kind=kind, subject_id=subject_id)).annotate(
        mail=Subquery(latest.values("state")[:1]), sent_at=Subquery(latest.values("sent_at")[:1])
    )
    found: dict[int, list[Notice]] = {}
    for letter in letters.defer("facts").order_by("item_id", "-version"):
        found.setdefault(letter.item_id, []).append(letter)
    return found


def progress_of(notices: dict[int, NoticeShown]) -> NoticeProgress:
    """The same, counted."""
    states = Counter(notice.state for notice in notices.values())
    sent = sorted(notice.sent_at for notice in notices.values() if notice.sent_at)
    return NoticeProgress(
        total=len(notices),
        rendered=sum(notice.rendered for notice in notices.values()),
        being_made=sum(notice.being_made for notice in notices.values()),
        not_made=sum(bool(notice.not_made_because) for notice in notices.values()),
        asked=len(notices) - states[""],
        sent=states[State.SENT],
        failed=sum(one.state == State.FAILED and one.failure != SETTLED for one in notices.values()),
        held=states[State.HELD],
        unknown=states[State.UNKNOWN],
        under_way=states[State.QUEUED] + states[State.SENDING],
        first_sent_at=sent[0] if sent else None,
        last_sent_at=sent[-1] if sent else None,
        letters=_letters(notices.values()),
    )


def _letters(notices) -> tuple[tuple[str, int], ...]:
    counts = Counter(notice.letter_state for notice in notices)
    return tuple(sorted(counts.items())) if counts.keys() - {LIVE} else ()
