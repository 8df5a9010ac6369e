"""What happened in a fund that its fee follows: events, and the cost of what was sold; entered and decided."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page, found
from fees.access import check_enter
from fees.forms.happened import FeeEventForm, FeeRealisationForm, TakeBackForm
from fees.queries import pages as read
from fees.services import happened as services
from fees.views.asked import PER_PAGE, entering
from funds.models import Deal
from funds.queries.access import fund_of
from funds.queries.lists import nearest_page_of
from funds.views.deciding import approval, refusal, say_asked


@require_safe
@manager_page
def happened(request: HttpRequest, fund_id: int) -> HttpResponse:
    """The events and what was sold, newest first."""
    fund = fund_of(request.user, fund_id)
    context = {
        "fund": fund,
        "currency": fund.currency,
        "events": read.events_of(fund),
        "page": nearest_page_of(read.realisations_of(fund), PER_PAGE, request.GET.get("page")),
        "enter": offer(check_enter, fund, request.user),
    }
    return render(request, "fees/happened.html", context)


def _back(request, done) -> HttpResponse:
    return redirect("fees:happened", done.fund_id)


# ---------------------------------------------------------------- events


def _event_page(request, fund_id) -> FormPage:
    fund, context = entering(request, fund_id)
    form = FeeEventForm(request.POST or None, initial={"happened_on": fund.day_of(timezone.now())})
    return FormPage(template="fees/event_form.html", form=form, context=context)


@manager_page
@form_page(_event_page)
def new_event(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Enter what happened."""
    done = services.record_fee_event(fund_id=fund_id, **page.form.cleaned_data, ctx=context_of(request))
    say_asked(
        request, done, "event", "The fee follows it; what was billed of its days, the next run trues up."
    )
    return _back(request, done)


def _take_back_page(request, event_id) -> FormPage:
    event = found(read.events_seen(request.user), pk=event_id)
    _, context = entering(request, event.fund_id)
    form = TakeBackForm(request.POST or None)
    return FormPage(template="fees/event_take_back.html", form=form, context=context | {"event": event})


@manager_page
@form_page(_take_back_page)
def take_back(request: HttpRequest, page: FormPage, event_id: int) -> HttpResponse:
    """Say that an event did not happen."""
    done = services.take_fee_event_back(event_id=event_id, **page.form.cleaned_data, ctx=context_of(request))
    say_asked(request, done, "event", "The event counts no longer; the next run trues up what it changed.")
    return _back(request, done)


approve_event = approval(services.approve_fee_event, "The fee follows what happened.", back=_back)
reject_event = refusal(
    services.reject_fee_event, "The event is turned down; the fee stays as it is.", back=_back
)


# ---------------------------------------------------------------- what was sold


def _realisation_page(request, fund_id) -> FormPage:
    fund, context = entering(request, fund_id)
    form = FeeRealisationForm(
        request.POST or None,
        deals=list(Deal.objects.tied_to(fund).order_by("name").values_list("pk", "name")),
        currency=fund.currency,
        initial={"sold_on": fund.day_of(timezone.now())},
    )
    return FormPage(template="fees/realisation_form.html", form=form, context=context)


@manager_page
@form_page(_realisation_page)
def new_realisation(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Enter the cost of what was sold."""
    said = dict(page.form.cleaned_data)
    done = services.record_fee_realisation(
        fund_id=fund_id, deal_id=said.pop("deal"), **said, ctx=context_of(request)
    )
    say_asked(request, done, "cost of what was sold", "A fee of invested capital is no longer taken of it.")
    return _back(request, done)


approve_realisation = approval(
    services.approve_fee_realisation, "The cost of what was sold counts.", back=_back
)
reject_realisation = refusal(
    services.reject_fee_realisation,
    "The cost of what was sold is turned down; the fee is taken of it as before.",
    back=_back,
)
