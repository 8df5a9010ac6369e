"""A fund as of a day."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.errors import InvalidInput
from dashboard.forms.positions import PositionForm
from dashboard.queries import positions as read
from funds.queries import funds as queries


@manager_page
@require_safe
def fund_position(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Its partners and deals as of the end of a day, as known now or then, with what was learnt in between."""
    fund = queries.fund_of(request.user, fund_id)
    at = timezone.now()
    today = {"as_of": fund.day_of(at).isoformat(), "known": "now"}
    form = PositionForm({**today, **request.GET.dict()})
    context = {"fund": fund, "form": form, "figures": read.FIGURES, "deal_figures": read.DEAL_FIGURES}
    if form.is_valid():
        try:
            context |= _positions(fund, form.cleaned_data, at)
        except InvalidInput as error:
            form.add_error("as_of", error.message)
    status = 422 if form.errors else 200
    return render(request, "dashboard/fund_position.html", context, status=status)


def _positions(fund, asked: dict, at) -> dict:
    day, ended = asked["as_of"], read.known_on(fund, asked["as_of"])
    now = read.position_of(fund, day, at=at)
    if ended >= at:
        return {"shown": now, "changes": []}
    then = read.position_of(fund, day, at=at, known_at=ended)
    shown = then if asked["known"] == "then" else now
    return {"shown": shown, "changes": read.learnt_since(then, now)}
