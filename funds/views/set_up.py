"""Where a person who sets a fund up goes on to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from blackgem.lib.navigation import address
from funds.queries.set_up import SETUP, next_step, steps_of


def go_on(request: HttpRequest, fund_id: int, *, after: str, to: str) -> HttpResponse:
    """To the step behind this one, where the address says that the fund is set up; else `to` an address."""
    return lead_on(request, fund_id, after=after) if SETUP in request.GET else redirect(to)


def lead_on(request: HttpRequest, fund_id: int, *, after: str) -> HttpResponse:
    """To the next step that this person can do now, or to the fund's page where there is none."""
    step = next_step(steps_of(fund_id, request.user), after)
    return redirect(step.href if step else address("fund", fund_id))
