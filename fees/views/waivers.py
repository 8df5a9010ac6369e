"""What was waived of fees and is used for the general partner; and cancelling a run that no call asks for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page, found
from fees.access import check_use_waived
from fees.forms.waivers import CancelRunForm, WaiverUseForm
from fees.queries import pages as read
from fees.queries.waivers import open_items_of_gp, uses_of, waiver_account
from fees.services import cancellations, waivers
from fees.views.asked import PER_PAGE, entering
from fees.views.runs import NOTICE
from funds.access import MANAGE, check_role
from funds.queries.access import fund_of
from funds.queries.lists import nearest_page_of
from funds.views.deciding import approval, refusal, say_asked


@require_safe
@manager_page
def waived(request: HttpRequest, fund_id: int) -> HttpResponse:
    """What was waived, what of it was used and for which call, newest first."""
    fund = fund_of(request.user, fund_id)
    account = waiver_account(fund)
    context = {
        "fund": fund,
        "currency": fund.currency,
        "account": account,
        "page": nearest_page_of(uses_of(fund), PER_PAGE, request.GET.get("page")),
        "use": offer(check_use_waived, account, request.user),
    }
    return render(request, "fees/waived.html", context)


def _use_page(request, fund_id) -> FormPage:
    fund, context = entering(request, fund_id)
    items = list(open_items_of_gp(fund))
    account = waiver_account(fund)
    form = WaiverUseForm(
        request.POST or None,
        items=items,
        currency=fund.currency,
        initial={"due_on": fund.day_of(timezone.now()) + NOTICE},
    )
    most = max((one.owed for one in items), default=0)
    shown = account.parts(min(most, account.available)) if min(most, account.available) > 0 else {}
    more = {
        "account": account,
        "items": items,
        "use": offer(check_use_waived, account, request.user),
        "partners": len(shown),
    }
    return FormPage(template="fees/waiver_form.html", form=form, context=context | more)


@manager_page
@form_page(_use_page)
def use_waived(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Deem the general partner's part of a call paid, and ask the partners for it."""
    said = dict(page.form.cleaned_data)
    done = waivers.use_waived_fees(fund_id=fund_id, item_id=said.pop("item"), **said, ctx=context_of(request))
    say_asked(
        request,
        done,
        "use of waived fees",
        "The general partner is deemed to have paid; the partners are asked for as much.",
    )
    return redirect("fees:waived", fund_id)


def _to_waived(request, done) -> HttpResponse:
    return redirect("fees:waived", done.fund_id)


approve_use = approval(
    waivers.approve_waiver_use,
    "The general partner is deemed to have paid; the partners are asked for as much.",
    back=_to_waived,
)
reject_use = refusal(
    waivers.reject_waiver_use,
    "The use is turned down: the general partner pays its part itself.",
    back=_to_waived,
)


# ---------------------------------------------------------------- cancelling a run


def _cancel_page(request, run_id) -> FormPage:
    run = found(read.runs_seen(request.user), pk=run_id)
    check_role(run.role, MANAGE)
    context = {"run": run, "currency": run.fund.currency}
    return FormPage(
        template="fees/run_cancel.html", form=CancelRunForm(request.POST or None), context=context
    )


@manager_page
@form_page(_cancel_page)
def cancel_run(request: HttpRequest, page: FormPage, run_id: int) -> HttpResponse:
    """Let a run that no call asks for count no longer."""
    done = cancellations.cancel_fee_run(run_id=run_id, **page.form.cleaned_data, ctx=context_of(request))
    say_asked(request, done, "cancellation", "The run counts no longer: the same days are worked out anew.")
    return redirect("fees:run", run_id)


def _to_run(request, done) -> HttpResponse:
    return redirect("fees:run", done.run_id)


approve_cancellation = approval(
    cancellations.approve_fee_cancellation,
    "The run counts no longer: the same days are worked out anew.",
    back=_to_run,
)
reject_cancellation = refusal(
    cancellations.reject_fee_cancellation,
    "The cancellation is turned down: the run stays as it is.",
    back=_to_run,
)
