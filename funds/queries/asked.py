"""Everything that was ever asked for or submitted in a fund, whoever decided it and however: the population from which
an auditor takes a sample. Every queue of approvals is in it by being registered."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Model, QuerySet

from blackgem.lib.approvals import at_of

ROWS_PER_FETCH = 500
#: What the amount of a request is called, where it has one.
_AMOUNTS = ("amount", "total_amount", "gross_amount", "total")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A kind of request. `rows()` are all that were ever written, `fund` leads to their fund, `asked_by` to who asked,
    and `subject` says what one is about, with what `shown` fetches."""

    noun: str
    rows: Callable[[], QuerySet]
    shown: Callable[[QuerySet], QuerySet]
    fund: str
    asked_by: str
    subject: Callable[[Model], str]
    amount: Callable[[Model], Decimal | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, told."""

    fund_id: int
    noun: str
    pk: int
    subject: str
    says: str
    amount: Decimal | None
    asked_by: object
    asked_at: datetime
    four_eyes: bool
    decision: str
    decided_by: object
    decided_at: datetime | None


_HISTORIES: list[History] = []


def register_history(history: History) -> None:
    """Add a kind; the queue of it does."""
    _HISTORIES.append(history)


def amount_of(row: Model) -> Decimal | None:
    """The amount of a request by its usual names."""
    found = (getattr(row, name, None) for name in _AMOUNTS)
    return next((one for one in found if isinstance(one, Decimal)), None)


def asked_in(funds: Iterable[int], *, since: datetime | None, until: datetime | None) -> Iterator[Asked]:
    """What was asked for in these funds from `since` on and before `until`, kind by kind, oldest first."""
    for history in _HISTORIES:
        asked_at = at_of(history.asked_by)
        rows = history.rows().filter(**{f"{history.fund}__in": list(funds), f"{asked_at}__isnull": False})
        if since:
            rows = rows.filter(**{f"{asked_at}__gte": since})
        if until:
            rows = rows.filter(**{f"{asked_at}__lt": until})
        decision = "verified" if hasattr(rows.model, "verified_at") else "approved"
        people = (history.asked_by, f"{decision}_by", *_decliner(rows.model))
        fetched = history.shown(rows.select_related(*people)).annotate(of_fund=F(history.fund))
        for row in fetched.order_by(asked_at, "pk").iterator(chunk_size=ROWS_PER_FETCH):
            yield _told(history, row, decision)


def _decliner(model) -> tuple[str, ...]:
    return tuple(f"{name}_by" for name in ("rejected", "cancelled") if hasattr(model, f"{name}_at"))


def _told(history: History, row: Model, granted: str) -> Asked:
    asked_by = getattr(row, history.asked_by)
    ways = ((granted, granted), ("rejected", "turned down"), ("cancelled", "cancelled"))
    decided = [(word, f"{name}_by", f"{name}_at") for name, word in ways if getattr(row, f"{name}_at", None)]
    word, by, at = decided[0] if decided else ("waits", "", "")
    who = getattr(row, by) if by else None
    return Asked(
        row.of_fund,
        history.noun,
        row.pk,
        history.subject(row),
        "; ".join(f"{name}: {old} → {new}" for name, old, new in getattr(row, "steps", ()))
        or getattr(row, "reason", ""),
        history.amount(row),
        asked_by,
        getattr(row, at_of(history.asked_by)),
        row.four_eyes,
        "taken back" if word == "turned down" and who == asked_by else word,
        who,
        getattr(row, at) if at else None,
    )
