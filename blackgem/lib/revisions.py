"""What became of a draft on its way to approval: why it was sent back, and what changed since it was last submitted.

All of it is read from the audit trail; amounts are in the fund's currency.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from blackgem.lib import audit
from blackgem.lib.timeline import Change, TimelineEntry, changes_in_words

#: Verbs of the audit trail, as the apps register them.
_SUBMITTED: set[str] = set()
_CHANGED: set[str] = set()
_SENT_BACK: set[str] = set()


def register(*, submitted: str, changed: str, sent_back: str) -> None:
    """Add the verbs by which one kind of draft moves towards approval and back."""
    _SUBMITTED.add(submitted)
    _CHANGED.add(changed)
    _SENT_BACK.add(sent_back)


@dataclass(frozen=True, slots=True)
class Revision:
    """How what waits for approval differs from its revision `since`: the one that was `submitted` before, or else
    the one before its last change."""

    since: int
    submitted: bool
    changes: tuple[Change, ...]


def revision_of(subject) -> Revision | None:
    """What changed in one call or distribution that waits; None where it was never changed."""
    return revisions_of([subject])[subject.pk]


def changes_since(subject, seen: int | None) -> Revision | None:
    """What changed in a call or distribution since the revision that somebody saw; None where that is the newest."""
    if seen is None or not 0 < seen < subject.revision:
        return None
    events = audit.timeline(subject).filter(verb__in=_CHANGED)
    later = [event.changes for event in events if event.changes["revision"][1] > seen]
    together = _together(reversed(later))
    together.pop("revision", None)
    return Revision(seen, False, tuple(changes_in_words(together, subject.fund.currency).values()))


def revisions_of(subjects: Iterable) -> dict[int, Revision | None]:
    """The same for several of one kind, each with its `fund` fetched, by primary key. One statement."""
    subjects = list(subjects)
    if not subjects:
        return {}
    events: dict[str, list] = {audit.key(one): [] for one in subjects}
    for event in audit.timeline_of_any(subjects).filter(verb__in=_SUBMITTED | _CHANGED):
        for key in events.keys() & set(event.subjects):
            events[key].append(event)
    return {one.pk: _revision(events[audit.key(one)], one.fund.currency) for one in subjects}


def with_revisions(rows: list) -> list:
    """Rows that wait, each with its `changed`: a `Revision` or None."""
    found = revisions_of(rows)
    for row in rows:
        row.changed = found[row.pk]
    return rows


def sent_back(story: Iterable[TimelineEntry]) -> TimelineEntry | None:
    """Who sent a draft back and why, from its timeline, newest first; None where it was not since it was submitted."""
    decided = (told for told in story if told.verb in _SUBMITTED | _SENT_BACK)
    last = next(decided, None)
    return last if last and last.verb in _SENT_BACK else None


def _revision(events: list, currency: str) -> Revision | None:
    """`events` are newest first; the first submission among them is the one that waits."""
    submissions = [index for index, event in enumerate(events) if event.verb in _SUBMITTED]
    submitted = len(submissions) > 1
    recent = events[: submissions[1]] if submitted else events
    changed = [event.changes for event in recent if event.verb in _CHANGED]
    if not submitted:
        changed = changed[:1]
    together = _together(reversed(changed))
    since, _ = together.pop("revision", (None, None))
    if since is None:
        return None
    return Revision(since, submitted, tuple(changes_in_words(together, currency).values()))


def _together(changes: Iterable[dict]) -> dict[str, list]:
    """Changes one after the other as one: field → [the oldest value, the newest], without what came back."""
    found: dict[str, list] = {}
    for one in changes:
        for field, (old, new) in one.items():
            found[field] = [found.get(field, [old])[0], new]
    return {field: pair for field, pair in found.items() if pair[0] != pair[1]}
