"""The periods of a fund: what is closed, closing the next one, and what came late."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page, found
from funds.access import check_close, check_reopen
from funds.forms.periods import ClosePeriodForm, ReopenPeriodForm
from funds.queries.access import fund_of
from funds.queries.period_checks import checks_of
from funds.queries.periods import (
    closed_through,
    closes_seen_by,
    next_span,
    period_of,
    periods_of,
    spans_to_close,
)
from funds.services import periods as services

from .deciding import approval, refusal, say_asked


@require_safe
@manager_page
def period_list(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Every period of a fund, newest first, and the check list of the one that is closed next."""
    fund = fund_of(request.user, fund_id)
    today = fund.day_of(timezone.now())
    spans = spans_to_close(fund, today)
    shown = periods_of(fund, today)
    waiting = next((one.close for one in shown if one.state == "pending"), None)
    context = {
        "fund": fund,
        "currency": fund.currency,
        "periods": shown,
        "late": next((one for one in reversed(shown) if one.state != "closed" and one.late), None),
        "next": spans[0] if spans else next_span(fund),
        "is_over": bool(spans),
        "waiting": waiting,
        "checks": checks_of(fund, spans[0]) if spans and not waiting else [],
        "begin": offer(check_close, fund, request.user, waits=waiting is not None, is_over=bool(spans)),
    }
    return render(request, "funds/period_list.html", context)


@require_safe
@manager_page
def period(request: HttpRequest, close_id: int) -> HttpResponse:
    """One closed period, or a request to close it: its figures, its check list, and what is posted late in it."""
    close = found(closes_seen_by(request.user), pk=close_id)
    context = {
        "close": close,
        "fund": close.fund,
        "currency": close.fund.currency,
        "period": period_of(close),
        "accounts": close.accounts.select_related("commitment__investor").order_by(
            "commitment__reference", "pk"
        ),
        "approve": offer(services.CLOSES.check_approve, close, request.user),
        "reject": offer(services.CLOSES.check_reject, close, request.user),
        "reopen": offer(check_reopen, close, request.user, until=closed_through(close.fund_id)),
    }
    return render(request, "funds/period.html", context)


def _close_page(request, fund_id) -> FormPage:
    fund = fund_of(request.user, fund_id)
    spans = spans_to_close(fund, fund.day_of(timezone.now()))
    check_close(fund, request.user, waits=False, is_over=True)
    form = ClosePeriodForm(request.POST or None, spans=spans, initial=_asked_for(request, spans))
    chosen = {one.last_day.isoformat(): one for one in spans}
    span = chosen.get(str(form["last_day"].value()), spans[0] if spans else None)
    context = {
        "fund": fund,
        "spans": spans,
        "span": span,
        "next": next_span(fund),
        "checks": checks_of(fund, span) if span else [],
    }
    return FormPage(template="funds/period_close.html", form=form, context=context)


def _asked_for(request, spans) -> dict:
    return {"last_day": request.GET.get("last_day") or (spans[0].last_day.isoformat() if spans else "")}


@manager_page
@form_page(_close_page)
def close_period(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Ask for the next period to be closed, with its check list."""
    done = services.request_close(fund_id=fund_id, **page.form.cleaned_data, ctx=context_of(request))
    say_asked(request, done, "close of the period", "The period is closed.")
    return redirect("funds:period", done.pk)


def _reopen_page(request, close_id) -> FormPage:
    close = found(closes_seen_by(request.user), pk=close_id)
    check_reopen(close, request.user, until=closed_through(close.fund_id))
    form = ReopenPeriodForm(request.POST or None)
    return FormPage(
        template="funds/period_reopen.html", form=form, context={"close": close, "fund": close.fund}
    )


@manager_page
@with_fresh_factor
@form_page(_reopen_page)
def reopen_period(request: HttpRequest, page: FormPage, close_id: int) -> HttpResponse:
    """Open the period that was closed last again, as an administrator."""
    services.reopen_period(close_id=close_id, **page.form.cleaned_data, ctx=context_of(request))
    return redirect("funds:period", close_id)


def _to_period(request, done) -> HttpResponse:
    return redirect("funds:period", done.pk)


approve_period_close = approval(services.approve_close, "The period is closed.", back=_to_period)
reject_period_close = refusal(services.reject_close, "The period stays open.", back=_to_period)
