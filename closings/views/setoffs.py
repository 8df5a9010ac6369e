"""Setting a distribution off against a call, deciding on it, and taking it back."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.pages import FormPage, form_page, found
from capital.models import CapitalCall
from closings.forms.setoffs import SetoffForm
from closings.forms.verbs import ReasonForm
from closings.models.setoffs import name_of_given
from closings.queries import setoff_pages as read
from closings.queries.closing import closing_of
from closings.queries.setoffs import fingerprint_of, proposals, refund_proposals
from closings.services import setoffs as services
from distributions.forms.returns import AsOfForm
from distributions.queries.distribution import distribution_of
from funds.access import MANAGE, check_approve_request, check_role
from funds.queries.access import fund_of, may_manage
from funds.queries.lists import nearest_page_of
from funds.views.deciding import approval, refusal, say_asked

PER_PAGE = 40


@require_safe
@manager_page
def setoff_list(request: HttpRequest, fund_id: int) -> HttpResponse:
    """What could be set off in a fund now, and every set-off, newest first."""
    fund = fund_of(request.user, fund_id)
    page = nearest_page_of(read.setoffs_of(fund), PER_PAGE, request.GET.get("page"))
    context = {
        "fund": fund,
        "currency": fund.currency,
        "page": page,
        "pairs": read.pairs_of(fund),
        "may_set_off": may_manage(fund),
    }
    return render(request, "closings/setoff_list.html", context)


@require_GET
@manager_page
def export_setoffs(request: HttpRequest, fund_id: int, form: str) -> HttpResponse:
    """Every set-off of a fund as of a day, partner by partner, as CSV or XLSX."""
    fund = fund_of(request.user, fund_id)
    asked, day = _as_of(request, fund)
    if asked.errors:
        raise Http404
    return stream_table(
        form,
        read.SETOFF_COLUMNS,
        read.setoff_rows(fund, day),
        name=f"{fund.code}-set-offs",
        sheet="Set-offs",
        ctx=context_of(request),
    )


@require_safe
@manager_page
def setoff(request: HttpRequest, setoff_id: int) -> HttpResponse:
    """One set-off as of a day, of which both sides are gross, partner by partner; who decided, and what was taken
    back."""
    shown = read.setoff_of(request.user, setoff_id)
    form, day = _as_of(request, shown.fund)
    is_pending = not (shown.approved_at or shown.rejected_at)
    context = {
        "setoff": shown,
        "currency": shown.fund.currency,
        "parts": read.parts_of(shown, request.user, day),
        "form": form,
        "day": day,
        "is_pending": is_pending,
        "approve": offer(
            check_approve_request, shown.role, shown.four_eyes, shown.requested_by_id, request.user
        ),
        "decline": offer(check_role, shown.role, MANAGE),
        "story": read.story_of_setoff(shown),
    }
    return render(request, "closings/setoff_detail.html", context, status=422 if form.errors else 200)


def _as_of(request, fund) -> tuple[AsOfForm, date]:
    """The day that is asked for, which has come; today where none is, or it is none."""
    today = fund.day_of(timezone.now())
    form = AsOfForm({"as_of": request.GET.get("as_of") or today})
    if form.is_valid() and form.cleaned_data["as_of"] > today:
        form.add_error("as_of", "This day has not come yet.")
    return form, today if form.errors else form.cleaned_data["as_of"]


def _new_page(request, call_id, distribution_id=None, closing_id=None) -> FormPage:
    if distribution_id:
        given, offered = distribution_of(request.user, distribution_id), proposals
    else:
        given, offered = closing_of(request.user, closing_id), refund_proposals
    check_role(given.role, MANAGE)
    fund = given.fund
    call = found(CapitalCall.objects.select_related("fund"), pk=call_id, fund=fund)
    shown = [one for one in offered(call, given) if one.most]
    form = SetoffForm(
        request.POST or None,
        proposals=shown,
        currency=fund.currency,
        initial={"value_date": fund.day_of(timezone.now())},
    )
    context = {
        "call": call,
        "given_name": name_of_given(given),
        "refunds": closing_id is not None,
        "fund": fund,
        "currency": fund.currency,
        "seen": fingerprint_of(shown),
    }
    return FormPage(template="closings/setoff_form.html", form=form, context=context)


@manager_page
@form_page(_new_page)
def set_off(
    request: HttpRequest,
    page: FormPage,
    call_id: int,
    distribution_id: int | None = None,
    closing_id: int | None = None,
) -> HttpResponse:
    """Set what is payable to partners, of a distribution or of refunds, off against what they owe of a call."""
    cleaned = page.form.cleaned_data
    done = services.request_setoff(
        call_id=call_id,
        distribution_id=distribution_id,
        closing_id=closing_id,
        amounts=page.form.amounts(),
        reason=cleaned["reason"],
        value_date=cleaned["value_date"],
        seen=request.POST.get("seen", ""),
        ctx=context_of(request),
    )
    say_asked(request, done, "set-off", "Both documents count gross; only what is left moves as cash.")
    return redirect("closings:setoff", done.pk)


def _to_setoff(request, done) -> HttpResponse:
    return redirect("closings:setoff", done.pk)


approve_setoff = approval(services.approve_setoff, "It is set off, on both sides.", back=_to_setoff)
reject_setoff = refusal(services.reject_setoff, "The set-off is turned down.", back=_to_setoff)


def _reverse_page(request, setoff_id, part_id) -> FormPage:
    part = read.part_of(request.user, setoff_id, part_id)
    check_role(part.role, MANAGE)
    context = {"part": part, "setoff": part.setoff, "currency": part.setoff.fund.currency}
    return FormPage(
        template="closings/setoff_reverse.html", form=ReasonForm(request.POST or None), context=context
    )


@manager_page
@form_page(_reverse_page)
def reverse_setoff(request: HttpRequest, page: FormPage, setoff_id: int, part_id: int) -> HttpResponse:
    """Ask to take one partner's part back, on both sides, with a reason."""
    reversal = services.request_setoff_reversal(
        part_id=part_id, **page.form.cleaned_data, ctx=context_of(request)
    )
    say_asked(request, reversal, "reversal", "It is taken back: owed again, and payable again.")
    return redirect("closings:setoff", setoff_id)


def _to_setoff_of(request, reversal) -> HttpResponse:
    return redirect("closings:setoff", reversal.part.setoff_id)


approve_setoff_reversal = approval(
    services.approve_setoff_reversal, "It is taken back, on both sides.", back=_to_setoff_of
)
reject_setoff_reversal = refusal(
    services.reject_setoff_reversal, "The reversal is turned down; the set-off stands.", back=_to_setoff_of
)
