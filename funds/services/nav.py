"""What a fund's net assets are worth on a day. In a fund in use that demands a second person, a value is asked for
first: statements, multiples, fees and what a share is worth follow from it."""

from collections.abc import Mapping
from datetime import date

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput, Problem
from blackgem.lib.money import parse_amount
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from funds.access import MANAGE, check_may
from funds.models import ControlChange, Deal, Fund, NavEntry, NavEntryDeal
from funds.queries.controls import needs_another
from funds.queries.periods import check_open

from .controls import Control, Kind, plain, propose, register_control
from .inputs import problems_of

_FLAGS = ("receivables_included", "payables_deducted")


@service
def enter_nav(
    *,
    fund_id,
    as_of: date,
    amount,
    ctx: WriteContext,
    deals: Mapping[int, object] | None = None,
    receivables_included: bool = False,
    payables_deducted: bool = False,
) -> NavEntry | ControlChange:
    """What the fund's net assets are worth on a day, in its currency; a later entry for the same day corrects it.

    `deals` says by id what each deal is worth; the rest of the amount are other net assets, debts where it is negative.
    Where the fund is in use and demands a second person, the change that waits for one is answered.
    Raises InvalidInput("nav.future", "deal.unknown", "amount.…"), Conflict("control.pending").
    """
    check_may(ctx.by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    entry, parts = _checked(
        fund,
        as_of=as_of,
        amount=amount,
        deals=deals or {},
        flags={"receivables_included": receivables_included, "payables_deducted": payables_deducted},
        ctx=ctx,
    )
    if not needs_another(fund.pk, Kind.NAV):
        return _write(entry, parts, ctx)
    return propose(
        funds=[fund.pk],
        kind=Kind.NAV,
        about=as_of.isoformat(),
        was=_standing(fund.pk, as_of),
        becomes={"as_of": as_of, **_said(entry, parts)},
        ctx=ctx,
    )


def _checked(
    fund, *, as_of: date, amount, deals: Mapping, flags: dict, ctx: WriteContext
) -> tuple[NavEntry, list[NavEntryDeal]]:
    if as_of > ctx.today(fund):
        raise InvalidInput("nav.future", "The date lies in the future.", field="as_of")
    check_open(fund, as_of, field="as_of")
    amount = parse_amount(amount, currency=fund.currency, allow_zero=True, field="amount")
    entry = NavEntry(fund=fund, as_of=as_of, amount=amount, created_at=ctx.at, created_by=ctx.by, **flags)
    raise_if(problems_of(entry, ["as_of"]))
    return entry, _parts_of(entry, deals)


def _parts_of(entry: NavEntry, deals: Mapping[int, object]) -> list[NavEntryDeal]:
    known = set(Deal.objects.tied_to(entry.fund).filter(pk__in=deals).values_list("pk", flat=True))
    unknown = [Problem("deal.unknown", "The fund has no allocation to such a deal.", "deals")]
    raise_if([] if known == set(deals) else unknown)
    return [
        NavEntryDeal(
            fund=entry.fund,
            entry=entry,
            deal_id=deal,
            amount=parse_amount(worth, currency=entry.fund.currency, allow_zero=True, field="deals"),
        )
        for deal, worth in sorted(deals.items())
    ]


def _write(entry: NavEntry, parts: list[NavEntryDeal], ctx: WriteContext) -> NavEntry:
    entry.save()
    NavEntryDeal.objects.bulk_create(parts)
    audit.record(
        verb="enter_nav",
        ctx=ctx,
        subject=entry,
        also=[entry.fund],
        fund_id=entry.fund_id,
        changes=_told(entry, parts),
    )
    return entry


def _told(entry: NavEntry, parts: list[NavEntryDeal]) -> dict:
    """An entry for its audit event; what deals are worth by their ids."""
    told = {"amount": [None, entry.amount]}
    if parts:
        told["deals"] = [None, _worth(parts)]
    for name in _FLAGS:
        if getattr(entry, name):
            told[name] = [None, True]
    return told


def _worth(parts) -> dict[str, str]:
    return {str(part.deal_id): f"{part.amount:f}" for part in parts}


def _said(entry: NavEntry, parts) -> dict:
    flags = {name: getattr(entry, name) for name in _FLAGS}
    return {"amount": entry.amount, **flags, "deals": _worth(parts)}


def _standing(fund_id: int, as_of: date) -> dict:
    """What is entered for a day, and which entry says it."""
    stands = NavEntry.objects.filter(fund=fund_id, as_of=as_of).order_by("-pk").first()
    if stands is None:
        return {"entry": None}
    return {"entry": stands.pk, **plain(_said(stands, stands.deals.order_by("deal_id")))}


def _now(change: ControlChange) -> dict:
    return _standing(change.fund_id, date.fromisoformat(change.becomes["as_of"]))


def _apply(change: ControlChange, ctx: WriteContext) -> None:
    """Checked again: the period may have been closed meanwhile."""
    said = change.becomes
    entry, parts = _checked(
        change.fund,
        as_of=date.fromisoformat(said["as_of"]),
        amount=said["amount"],
        deals={int(deal): worth for deal, worth in said["deals"].items()},
        flags={name: said[name] for name in _FLAGS},
        ctx=ctx,
    )
    _write(entry, parts, ctx)


register_control(Kind.NAV, Control(now=_now, apply=_apply))
