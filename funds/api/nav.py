"""The net asset value of funds, as it was entered for days."""

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from blackgem.http.acting import acting_today
from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import Amount, Answer, Body, Day, MoneyOrZero
from funds.access import MANAGE
from funds.models import Fund, NavEntry
from funds.services.terms import enter_nav

from .verbs import one

router = Router(by_alias=True, tags=["Funds"])


class NewNavEntry(Body):
    """What the fund's holdings are worth on a day, in its currency."""

    as_of: Day
    amount: MoneyOrZero


class NavEntryAnswer(Answer):
    id: int
    fund_id: int
    as_of: date
    amount: Amount
    created_at: datetime


class NavEntriesAnswer(Answer):
    nav_entries: list[NavEntryAnswer]
    total: int


@router.get("/funds/{id:fund_id}/nav-entries", response=NavEntriesAnswer)
def list_nav_entries(request: HttpRequest, fund_id: int, asked: Query[Paged]):
    """Newest first. The newest entry of a day stands; those before it stay to be seen."""
    fund = one(Fund.objects.visible_to(request.user), fund_id)
    found, total = page_of(
        NavEntry.objects.filter(fund=fund).select_related("fund").order_by("-as_of", "-pk"), asked
    )
    return NavEntriesAnswer(nav_entries=[NavEntryAnswer.of(row) for row in found], total=total)


@router.post("/funds/{id:fund_id}/nav-entries", response={201: NavEntryAnswer})
@needs(MANAGE)
def post_nav_entry(request: HttpRequest, response: HttpResponse, fund_id: int, body: NewNavEntry):
    """Enter a value. One more for the same day corrects the one before."""
    entry = enter_nav(fund_id=fund_id, **body.given(), **acting_today(request))
    response["Location"] = f"/api/funds/{fund_id}/nav-entries"
    return NavEntryAnswer.of(NavEntry.objects.select_related("fund").get(pk=entry.pk))
