"""The net asset value of funds, as it was entered for days."""

from datetime import date, datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import Amount, Answer, Body, Day, Id, MoneyOrZero
from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.errors import InvalidInput
from funds.access import MANAGE
from funds.models import ControlChange, Fund, NavEntry
from funds.services.nav import enter_nav

from .controls import control_change_answer, pending_changes_of
from .schemas import ControlChangeAnswer
from .verbs import one

router = Router(by_alias=True, tags=["Funds"])


class DealValue(Body):
    """What one deal of the fund is worth."""

    deal_id: Id
    amount: MoneyOrZero


class NewNavEntry(Body):
    """What the fund's net assets are worth on a day, in its currency, and of that each of `deals`; the rest are other
    net assets. Whether money called and not yet paid is in the amount, and whether what was declared and not yet paid
    out is off it already, decides what flows afterwards are counted."""

    as_of: Day
    amount: MoneyOrZero
    deals: list[DealValue] = Field(default=[], max_length=1000)
    receivables_included: bool = False
    payables_deducted: bool = False


class DealValueAnswer(Answer):
    deal_id: int
    amount: Amount


class NavEntryAnswer(Answer):
    id: int
    fund_id: int
    as_of: date
    amount: Amount
    deals: list[DealValueAnswer]
    receivables_included: bool
    payables_deducted: bool
    created_at: datetime


def _show(row: NavEntry) -> NavEntryAnswer:
    return NavEntryAnswer.of(row, deals=[DealValueAnswer.of(one) for one in row.deals.all()])


def _entries(fund):
    return (
        NavEntry.objects.filter(fund=fund)
        .select_related("fund")
        .prefetch_related("deals")
        .order_by("-as_of", "-pk")
    )


class NavEntriesAnswer(Answer):
    nav_entries: list[NavEntryAnswer]
    total: int
    pending_changes: list[ControlChangeAnswer]


@router.get("/funds/{id:fund_id}/nav-entries", response=NavEntriesAnswer)
def list_nav_entries(request: HttpRequest, fund_id: int, asked: Query[Paged]):
    """Newest first. The newest entry of a day stands; those before it stay to be seen. What waits for another person
    counts nowhere."""
    fund = one(Fund.objects.visible_to(request.user), fund_id)
    found, total = page_of(_entries(fund), asked)
    waiting = pending_changes_of(fund, ControlChange.Kind.NAV)
    return NavEntriesAnswer(nav_entries=[_show(row) for row in found], total=total, pending_changes=waiting)


@router.post("/funds/{id:fund_id}/nav-entries", response={201: NavEntryAnswer, 202: ControlChangeAnswer})
@needs(MANAGE)
def post_nav_entry(request: HttpRequest, response: HttpResponse, fund_id: int, body: NewNavEntry):
    """Enter a value. One more for the same day corrects the one before. Where another person has to agree, it waits,
    and this answers 202."""
    given = body.given()
    worth = given.pop("deals", [])
    deals = {one["deal_id"]: one["amount"] for one in worth}
    if len(deals) < len(worth):
        raise InvalidInput("nav.deal_twice", "Each deal has one value.", field="deals")
    with transaction.atomic():
        entry = enter_nav(fund_id=fund_id, deals=deals, **given, ctx=context_of(request))
        if isinstance(entry, ControlChange):
            demand_fresh_factor(request)
    if isinstance(entry, ControlChange):
        return Status(202, control_change_answer(entry))
    response["Location"] = f"/api/funds/{fund_id}/nav-entries"
    return Status(201, _show(_entries(fund_id).get(pk=entry.pk)))
