"""Fee runs: the next one as it would be billed, one of them partner by partner, and deciding on it."""

from datetime import timedelta
from functools import partial

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page, manager_rehearsal
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table, takes
from blackgem.lib.errors import REFUSALS, DomainError
from blackgem.lib.pages import FormPage, add_problems, form_page, says_refusals
from fees.access import check_begin_run, check_cancel_run, check_enter, check_pay_run
from fees.forms.asked import FeeRunForm
from fees.models import FeeRun
from fees.queries import pages as read
from fees.queries.explained import changed_periods, explained, version_of
from fees.queries.files import LINE_COLUMNS, line_rows
from fees.queries.hold_backs import hold_backs_of
from fees.services import runs as services
from fees.services.cancellations import CANCELLATIONS
from fees.services.rehearsal import rehearsed_letters
from funds.access import MANAGE, check_role
from funds.queries.access import fund_of
from funds.queries.lists import nearest_page_of
from funds.views.deciding import approval, refusal, say_asked
from funds.views.letters import send_drafts

PARTNERS_PER_PAGE = 12
#: How long before it is due a call is issued, where nothing else is said.
NOTICE = timedelta(14)


@require_safe
@manager_page
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: what each partner owes, and how one of them came about."""
    return render(request, "fees/run_detail.html", _run_context(request, run_id))


def _run_context(request, run_id) -> dict:
    shown = read.run_of(request.user, run_id)
    page = nearest_page_of(read.lines_of(shown), PARTNERS_PER_PAGE, request.GET.get("page"))
    bill = getattr(shown, "bill", None)
    return {
        "run": shown,
        "currency": shown.fund.currency,
        "bill": bill,
        "held_back": hold_backs_of(bill.call) if bill else None,
        "payments": read.payments_of(shown, request.user) if shown.paid is not None else (),
        "pay": offer(check_pay_run, shown, request.user),
        **_cancelling(shown, request.user),
        "hold_back": offer(check_role, shown.role, MANAGE),
        "version": version_of(shown),
        "waived": None,
        "totals": (totals := read.totals_of(shown)),
        "changed": changed_periods(shown.lines.values_list("true_ups", flat=True)) if totals.moved else [],
        "approve": (approve := offer(services.check_approve_now, shown, request.user, timezone.now())),
        "is_late": getattr(approve.refusal, "code", "") == "request.expired",
        "reject": offer(services.RUNS.check_reject, shown, request.user),
        "story": read.story_of(shown, whole=request.GET.get("all") == "story"),
        **_opened(request, page, shown),
    }


def _refused_on_run(request, error: DomainError, run_id) -> HttpResponse:
    """The page of the run, with the reason on top."""
    return render(request, "fees/run_detail.html", _run_context(request, run_id), status=error.status)


@require_safe
@manager_rehearsal
@says_refusals(_refused_on_run)
def drafts(request: HttpRequest, run_id: int) -> HttpResponse:
    """Every letter as it would go out if the run were approved now, in one file, marked as drafts; once it is decided,
    the page of the run. Nothing stays written."""
    one = read.run_of(request.user, run_id)
    if one.status != "pending":
        return redirect("fees:run", run_id)
    ctx = context_of(request)
    letters = rehearsed_letters(run_id=run_id, ctx=ctx)
    takes(request, one, fund_id=one.fund_id)
    return send_drafts(letters, name=f"{one.fund.code}_Fee_Run_{one.number}_Draft_Notices", ctx=ctx)


def _cancelling(shown: FeeRun, user) -> dict:
    """Whether this person may cancel the run, by a row of its own; what waits, or what cancelled it."""
    waits = None if hasattr(shown, "bill") else read.cancellation_of(shown)
    is_asked = waits is not None and waits.approved_at is None
    cancel = offer(partial(check_cancel_run, waits=is_asked), shown, user)
    if not is_asked:
        return {"cancel": cancel, "cancellation": waits}
    waits.role = shown.role
    decide = {
        name: offer(check, waits, user)
        for name, check in (
            ("cancelling", CANCELLATIONS.check_approve),
            ("keeping", CANCELLATIONS.check_reject),
        )
    }
    return {"cancel": cancel, "cancellation": waits} | decide


def _opened(request, page: Page, of: FeeRun) -> dict:
    """A page of partners, and of the one that is open, how its fee came about."""
    rows = list(page.object_list)
    asked = request.GET.get("partner", "")
    line = next((one for one in rows if str(one.commitment_id) == asked), rows[0] if rows else None)
    return {"page": page, "rows": rows, "line": line, "working": explained(line, of) if line else None}


@require_GET
@manager_page
def export_lines(request: HttpRequest, run_id: int, form: str) -> HttpResponse:
    """Every partner of a run as CSV or XLSX."""
    one = read.run_of(request.user, run_id)
    takes(request, one, fund_id=one.fund_id)
    return stream_table(
        form,
        LINE_COLUMNS,
        line_rows(one),
        name=f"{one.fund.code}-fee-run-{one.number}",
        sheet="Fee run",
        ctx=context_of(request),
    )


# ---------------------------------------------------------------- the next one


def _next_page(request, fund_id) -> FormPage:
    fund = fund_of(request.user, fund_id)
    check_enter(fund, request.user)
    today = fund.day_of(timezone.now())
    form = FeeRunForm(
        request.POST or None,
        currency=fund.currency,
        initial={"due_on": today + NOTICE, "waived": request.GET.get("waived") or None},
    )
    asks = request.POST.get("do") == "show"
    context = {
        "fund": fund,
        "currency": fund.currency,
        "begin": offer(check_begin_run, fund, request.user),
        **_preview(request, fund, form),
    }
    is_asked_again = asks and form.is_valid()
    return FormPage(template="fees/run_form.html", form=form, context=context, asks=is_asked_again)


def _preview(request, fund, form: FeeRunForm) -> dict:
    """What the instalment comes to; or why it cannot be worked out, beside the field where that is known."""
    waived = form.cleaned_data.get("waived") if form.is_bound and form.is_valid() else None
    if not form.is_bound:
        waived = form.initial["waived"]
    try:
        worked_out = services.preview_fee_run(fund=fund, waived=waived)
    except REFUSALS as error:
        if form.is_bound and form.is_valid():
            add_problems(form, error)
            return {}
        return {"problems": error.problems}
    shown = services.unwritten_run(worked_out)
    lines = read.lines_worked_out(worked_out, shown)
    page = nearest_page_of(lines, PARTNERS_PER_PAGE, request.GET.get("page"))
    return {
        "run": shown,
        "version": version_of(shown),
        "totals": read.totals_worked_out(lines),
        "changed": changed_periods(one.true_ups for one in lines),
        "is_ahead": worked_out.period.on > fund.day_of(timezone.now()),
        "waived": waived,
        **_opened(request, page, shown),
    }


@manager_page
@form_page(_next_page)
def new_run(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Ask for the next instalment, once it was shown."""
    done = services.request_fee_run(fund_id=fund_id, **page.form.cleaned_data, ctx=context_of(request))
    said = "Nothing is due: no call is issued."
    if done.due and done.paid_from == FeeRun.PaidFrom.CASH:
        said = "The fee is to be paid from cash on hand: no call is issued."
    elif getattr(done, "bill", None) is not None:
        said = "The fee is billed: its notices are being made."
    say_asked(request, done, "management fee", said)
    return redirect("fees:run", done.pk)


def _to_run(request, done: FeeRun) -> HttpResponse:
    return redirect("fees:run", done.pk)


approve_run = approval(
    services.approve_fee_run, "The fee is approved: what is said of it below holds.", back=_to_run
)
reject_run = refusal(
    services.reject_fee_run,
    "The fee run is turned down: the same days may be worked out anew.",
    back=_to_run,
)
