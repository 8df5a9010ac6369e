"""Changes that weaken a control of a fund in use: asked for by one person, decided by another.

A service that would make such a change asks `needs_another` under the fund's lock, and where it says so, proposes the
change instead. What a kind of change is now, and how it takes effect, is a `Control`, which the service's module
registers: the effect is what the service itself would have written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from blackgem.lib.registry import declare
from blackgem.lib.sql import service
from funds.access import ROLES, Deed, Role, role_in
from funds.models import ControlChange, Fund
from funds.queries.controls import needs_another

from .decidable import Decidable
from .warnings import warn

Kind = ControlChange.Kind


@dataclass(frozen=True, kw_only=True)
class Control:
    """A kind of change. `now(change)` is what the fields that it touches are, in the form of `change.was`;
    `apply(change, ctx)` writes what it becomes. Both run under the locks of every fund concerned. `also(change)` are
    the rows whose story it belongs to, beside the fund. `turned_down(change, reason, ctx)` is what else a refusal
    writes, and raises where it needs the reason."""

    now: Callable[[ControlChange], dict]
    apply: Callable[[ControlChange, WriteContext], None]
    also: Callable[[ControlChange], list] = lambda change: []
    turned_down: Callable[[ControlChange, str, WriteContext], None] = lambda change, reason, ctx: None


_CONTROLS: dict[str, Control] = {}


def register_control(kind: str, control: Control) -> None:
    """Say what a kind of change is and does."""
    declare(_CONTROLS, {kind: control})


def plain(value):
    """A value as JSON keeps it: amounts, rates and days as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def propose(
    *,
    funds: list[int],
    kind: str,
    was: dict,
    becomes: dict,
    subject_id: int | None = None,
    about: str = "",
    ctx: WriteContext,
) -> ControlChange:
    """Ask for a change in every fund that it concerns; the first of them is answered.

    Raises Conflict("control.pending") where one of the same thing waits already.
    """
    waiting = ControlChange.objects.pending().filter(kind=kind, about=about, fund__in=funds)
    if waiting.exists():
        raise Conflict(
            "control.pending", "A change of this waits for another person: let it be decided first."
        )
    batch = uuid4()
    asked = [
        ControlChange(
            fund_id=fund_id,
            kind=kind,
            subject_id=subject_id,
            about=about,
            was=plain(was),
            becomes=plain(becomes),
            batch=batch,
            recorded_at=ctx.at,
            recorded_by=ctx.by,
        )
        for fund_id in funds
    ]
    for one in asked:
        CONTROLS.ask(one, ctx=ctx)
    return asked[0]


def funds_to_ask(investor, kind: str, by) -> list[int]:
    """The funds of an investor, locked, in which somebody else has to agree to such a change: those that demand another
    person for it, and those for which this one may not act. Where any has to, every fund in use has."""
    concerned = list(Fund.objects.filter(commitments__investor=investor).values_list("pk", flat=True))
    list(Fund.objects.select_for_update(no_key=True).filter(pk__in=concerned).order_by("pk"))
    return [pk for pk in sorted(set(concerned)) if _asks(pk, kind, by)]


def _asks(fund_id: int, kind: str, by) -> bool:
    role = role_in(by, fund_id)
    in_use = needs_another(fund_id, Kind.CONTACT)
    return needs_another(fund_id, kind) or role not in (ROLES[Deed.DRAFT] if not in_use else {Role.MANAGER})


@service
def approve_change(*, change_id, ctx: WriteContext) -> ControlChange:
    """Let a change take effect, as another person than the one who asked; one that concerns several funds, once
    somebody approved it in each.

    Raises NotFound, Forbidden("role.insufficient", "four_eyes"), Conflict("control.decided", "stale_version") and what
    the change itself is refused by.
    """
    return CONTROLS.approve(change_id, ctx=ctx)


@service
def reject_change(*, change_id, reason: str = "", ctx: WriteContext) -> ControlChange:
    """Refuse a change, or take it back as the one who asked; it ends in every fund that it concerns.

    Raises InvalidInput("reason.required") for what an investor asked for, who reads why.
    """
    row = CONTROLS.reject(change_id, reason=reason, ctx=ctx)
    _others(row).pending().update(rejected_at=ctx.at, rejected_by=ctx.by)
    _tell_who_asked(row, reason, ctx)
    _CONTROLS[row.kind].turned_down(row, reason, ctx)
    return row


def _tell_who_asked(row: ControlChange, reason: str, ctx: WriteContext) -> None:
    """By mail, where somebody else turned it down."""
    if ctx.by != row.recorded_by:
        why = f"\n\nThe reason: {reason}" if reason else ""
        body = (
            f"{ctx.by} turned down what you asked for in {row.fund}: {row.get_kind_display().lower()}.{why}\n"
        )
        warn(row.recorded_by.email, "A change that you asked for was turned down", body, at=ctx.at)


def _others(row: ControlChange):
    return ControlChange.objects.filter(batch=row.batch).exclude(pk=row.pk)


def _lock(row: ControlChange) -> None:
    """The funds concerned, in the order of their ids."""
    funds = ControlChange.objects.filter(batch=row.batch).values("fund")
    locked = Fund.objects.select_for_update(no_key=True).filter(pk__in=funds).order_by("pk")
    row.fund = {fund.pk: fund for fund in locked}[row.fund_id]


def _check(row: ControlChange, at) -> None:
    """What changed since it was asked for is not what the person who asked had seen."""
    if plain(_CONTROLS[row.kind].now(row)) != row.was:
        raise Conflict("stale_version", "This changed since it was asked for. Turn it down, and ask again.")


def _take_effect(row: ControlChange, ctx: WriteContext) -> None:
    CONTROLS.approved(row, ctx)
    if not _others(row).pending().exists():
        _CONTROLS[row.kind].apply(row, ctx)


def _asked_in(row: ControlChange) -> list[int]:
    """What is of an investor may be asked for by who works for any of its funds."""
    if row.kind not in ControlChange.SHARED:
        return [row.fund_id]
    return list(Fund.objects.filter(commitments__investor=row.subject_id).values_list("pk", flat=True))


CONTROLS = Decidable(
    pending=ControlChange.objects.pending,
    fetch=("fund", "recorded_by"),
    asked_in=_asked_in,
    code="control",
    noun="change",
    asked="propose_change",
    granted="approve_change",
    refused="reject_change",
    also=lambda row: [row.fund, *_CONTROLS[row.kind].also(row)],
    told=lambda row: {name: [old, new] for name, old, new in row.steps},
    lock=_lock,
    check=_check,
    effect=_take_effect,
)
