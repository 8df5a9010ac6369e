"""Changes of what a fund issued: its investors have a letter that says otherwise, so one person asks for such a change
and, where the fund demands it, another decides."""

from collections.abc import Callable

from django.db.models import Model

from blackgem.lib.context import WriteContext
from funds.models import ControlChange
from funds.queries.controls import needs_another

from .controls import Control, propose, register_control


def ask_about_issued(
    row: Model, kind: str, changes: dict[str, list], ctx: WriteContext
) -> list[ControlChange]:
    """The change of a call or distribution (field → [old, new]) that waits now; none where this person may make it. The
    row's fund is locked, and what is said of it was checked."""
    if not changes or not needs_another(row.fund_id, kind):
        return []
    was, becomes = ({name: pair[side] for name, pair in changes.items()} for side in (0, 1))
    asked = {"subject_id": row.pk, "about": str(row), "was": was, "becomes": becomes}
    return [propose(funds=[row.fund_id], kind=kind, **asked, ctx=ctx)]


def register_issued(kind: str, model: type[Model], apply: Callable) -> None:
    """Say which rows a kind of change is about, and what it does."""

    def row(change) -> Model:
        return model.objects.get(pk=change.subject_id)

    def now(change) -> dict:
        found = row(change)
        return {name: getattr(found, name) for name in change.becomes}

    register_control(kind, Control(now=now, apply=apply, also=lambda change: [row(change)]))
