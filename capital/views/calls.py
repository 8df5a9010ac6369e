"""The list of calls, one call, and the form of a draft."""

from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from blackgem.lib.access import manager_page, manager_preview
from blackgem.lib.context import WriteContext, context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.lists import Listing, as_file, sort_of
from blackgem.lib.pages import FormPage, form_page, query_of_page, render_live, seen_revision
from blackgem.lib.revisions import changes_since, revision_of, sent_back
from capital.access import call_offers
from capital.forms.calls import CallForms, allocation_table
from capital.forms.drafts import open_copy
from capital.forms.excuses import typed_rows
from capital.forms.filters import CallFilterForm
from capital.queries import call as read
from capital.queries import calls as listed
from capital.queries.allocations import callable_allocations
from capital.queries.checks import checks_of_call, items_to_issue, obstacles_of
from capital.queries.origins import origins_of
from capital.services import calls as services
from capital.services.planning import work_out
from capital.states import CALL_BEFORE_ISSUE, CALL_ISSUED, CALL_OPEN, CallStatus
from funds.access import DRAFT, check_role
from funds.calc.checks import Bank
from funds.models import Notice
from funds.queries.access import fund_of, may_draft, may_manage
from funds.queries.controls import changes_of_issued
from funds.queries.files import export_name
from funds.queries.lists import PER_PAGE, page_of
from funds.queries.notices import notices_of, progress_of
from funds.views.choosing import FundChoice, in_one_fund
from funds.views.set_up import go_on

CHOICE = FundChoice(
    title="New capital call",
    question="Which fund is calling?",
    enter="capital:call_new",
    up="capital:call_list",
    up_label="capital calls",
    none="No fund to call for",
    why_none="Calls are drafted by a fund’s managers and analysts. "
    "Ask a manager of the fund for a role, or set up a fund first.",
)
#: What the list is narrowed to when every row of it counts.
COUNTED = {listed.ANY_ISSUED, "overdue", *CALL_ISSUED}


# ---------------------------------------------------------------- the list


@require_safe
@manager_page
def call_list(request: HttpRequest) -> HttpResponse:
    """Every call that this person sees, narrowed, summed and sorted."""
    form, narrowed, at = *_narrowed(request), timezone.now()
    calls = listed.calls(request.user, narrowed, at=at)
    ordered = listed.sorted_calls(calls, sort_of(request, listed.CALLS))
    page = page_of(ordered, PER_PAGE, request.GET.get("page"))
    for call in page:
        call.is_late = listed.is_late(call, at=at)
    totals = listed.totals(request.user, calls, narrowed)
    # Beneath rows that count nowhere, such as drafts, a sum would be of something else than what stands above it.
    beneath = totals if narrowed.status in COUNTED else ()
    context = {
        "listing": Listing(listed.CALLS, request, form, page, beneath, form.same_in_all),
        "totals": totals,
        "fund": form.fund_chosen,
    }
    return render(request, "capital/call_list.html", context, status=200 if form.is_valid() else 400)


@require_GET
@manager_page
def export_calls(request: HttpRequest, form: str) -> HttpResponse:
    """The whole filter as CSV or XLSX, in the order of the list."""
    _, narrowed = _narrowed(request)
    calls = listed.calls(request.user, narrowed, at=timezone.now())
    rows = listed.export_rows(listed.sorted_calls(calls, sort_of(request, listed.CALLS)))
    return stream_table(
        form,
        *as_file(request, listed.CALLS, listed.EXPORT_COLUMNS, rows),
        name=export_name("capital-calls", narrowed.fund_id),
        sheet="Capital calls",
        ctx=context_of(request),
    )


def _narrowed(request) -> tuple[CallFilterForm, listed.CallFilter]:
    form = CallFilterForm(request.GET, user=request.user)
    if not form.is_valid():
        return form, listed.CallFilter(fund_id=-1)  # what cannot be read matches nothing
    cleaned = form.cleaned_data
    fund = cleaned["fund"]
    return form, listed.CallFilter(
        fund.pk if fund else None,
        *(cleaned[name] for name in ("currency", "status", "since", "until", "q")),
    )


# ---------------------------------------------------------------- one call


@require_safe
@manager_page
def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """One call: progress, investors with payments, notices, what was done. For HTMX what a payment changes on it."""
    shown = read.call_of(request.user, call_id)
    query = query_of_page(request) if request.htmx else request.GET
    context = call_context(request, shown, query)
    return render_live(request, "capital/call_detail.html", "call_live", context)


def call_context(request, shown, query) -> dict:
    """What the page of a call, and each of its partials, is rendered from. `query` narrows and pages the investors."""
    at = timezone.now()
    notices = notices_of(Notice.Kind.CAPITAL_CALL, shown.pk)
    show, text = query.get("show", ""), query.get("q", "")[:200]
    progress, found = progress_of(notices), read.about(shown, whole_story=query.get("all") == "story")
    page = read.items_page(shown, show=show, text=text, number=query.get("page"))
    may_preview = shown.status in CALL_BEFORE_ISSUE
    items = items_to_issue(shown) if may_preview else None
    obstacles = obstacles_of(shown, items, found.lines) if may_preview else None
    is_issued = shown.status in CALL_ISSUED
    changes = changes_of_issued(shown)
    verbs = call_offers(shown, request.user, obstacles, waits=bool(changes))
    sends = bool(verbs["send"]) and progress.total > 0 and not progress.asked
    return {
        "call": shown,
        "currency": shown.fund.currency,
        "is_issued": is_issued,
        "may_preview": may_preview,
        "changes": changes,
        "origins": origins_of(shown),
        "verbs": verbs,
        "ticks": shown.fund.warnings_acknowledged
        and (sends or bool(verbs["approve"]) or (bool(verbs["issue"]) and not shown.fund.four_eyes)),
        "lines": found.lines,
        "collects": any(line.equalises_id for line in found.lines),
        "excuses": found.excuses,
        "page": page,
        "rows": read.rows_of(shown, page, notices, request.user, at=at),
        "show": show,
        "q": text,
        "progress": progress,
        "checks": checks_of_call(
            shown,
            at=at,
            bank=found.bank,
            unsent=progress.asked < progress.total,
            lines=found.lines,
            items=items,
        ),
        "has_bank_details": found.bank is Bank.VERIFIED,
        "may_copy": shown.status in CALL_ISSUED and may_draft(shown),
        "pay_many": shown.status in CALL_OPEN and may_manage(shown),
        "is_late": listed.is_late(shown, at=at),
        "story": found.story,
        "revision": changes_since(shown, seen_revision(request))
        or (revision_of(shown) if shown.status == CallStatus.PENDING_APPROVAL else None),
        "sent_back": sent_back(found.story) if shown.status == CallStatus.DRAFT else None,
    }


# ---------------------------------------------------------------- the form of a draft


@manager_page
def new_call(request: HttpRequest) -> HttpResponse:
    """A new call for one fund; without a fund, the choice of one."""
    return in_one_fund(request, _save_new, may=may_draft, choice=CHOICE)


def _new_page(request, fund_id) -> FormPage:
    fund = fund_of(request.user, fund_id)
    check_role(fund.role, DRAFT)
    return _draft_page(request, fund, copied=_copied(request, fund))


def _copied(request, fund):
    """The issued call of ?copy=, as which the new one begins; 404 where the fund has none of that number."""
    wanted = request.GET.get("copy", "") if request.method != "POST" else ""
    return read.issued_call_of(fund, wanted) if wanted else None


@form_page(_new_page)
@transaction.atomic
def _save_new(request, page: FormPage, fund_id) -> HttpResponse:
    ctx = context_of(request)
    return _saved(request, services.draft_call(plan=page.form.plan(), ctx=ctx), ctx)


def _edit_page(request, call_id) -> FormPage | HttpResponse:
    draft = read.call_of(request.user, call_id)
    check_role(draft.role, DRAFT)
    if draft.status != CallStatus.DRAFT:
        messages.error(request, "Only a draft can be changed. This call was submitted or issued.")
        return redirect("capital:call", draft.pk)
    return _draft_page(request, fund_of(request.user, draft.fund_id), draft)


@manager_page
@form_page(_edit_page)
@transaction.atomic
def edit_call(request: HttpRequest, page: FormPage, call_id: int) -> HttpResponse:
    """A draft, to be changed."""
    ctx, revision = context_of(request), page.form.details.cleaned_data["revision"]
    plan = page.form.plan()
    return _saved(request, services.change_draft(call_id=call_id, plan=plan, revision=revision, ctx=ctx), ctx)


def _saved(request, call, ctx: WriteContext) -> HttpResponse:
    """To the draft; where asked it is issued too, both or neither."""
    if request.POST.get("do") == "issue":
        call = services.issue_call(call_id=call.pk, ctx=ctx)
    messages.success(request, _said(call))
    return go_on(request, call.fund_id, after="call", to=reverse("capital:call", args=[call.pk]))


@require_POST
@manager_preview
def work_out_call(request: HttpRequest) -> HttpResponse:
    """The investors' table for what is typed so far, worked out anew. Writes nothing."""
    fund = fund_of(request.user, request.POST.get("fund") or 0)
    check_role(fund.role, DRAFT)
    forms = _forms(request, fund)
    context = {"fund": fund, "forms": forms, "table": allocation_table(forms, work_out(forms.plan()))}
    return render(request, "capital/call_form.html#call_allocation", context)


def _forms(request, fund, draft=None, copied=None) -> CallForms:
    today, allocations = fund.day_of(timezone.now()), list(callable_allocations(fund))
    data = typed_rows(request.POST) if request.POST else None
    opened = open_copy(copied, today, {one.pk for one in allocations}) if copied else None
    return CallForms(fund, allocations=allocations, today=today, data=data, call=draft, opened=opened)


def _draft_page(request, fund, draft=None, copied=None) -> FormPage:
    forms = _forms(request, fund, draft, copied)
    asks = request.POST.get("do", "").startswith(("add_", "remove_"))
    if asks:
        forms.say_no_errors()
    return FormPage(
        template="capital/call_form.html",
        partial="call_form",
        form=forms,
        context=partial(_draft_context, fund, draft, forms, copied),
        asks=asks,
    )


def _draft_context(fund, draft, forms, copied) -> dict:
    return {
        "fund": fund,
        "draft": draft,
        "forms": forms,
        "table": allocation_table(forms, work_out(forms.plan())),
        "number": draft.number if draft else fund.last_call_number + 1,
        "may_issue": may_manage(fund),
        "has_bank_details": fund.has_bank_details,
        "copied": copied,
        "last_issued": None if draft or copied else read.last_issued_of(fund),
    }


def _said(call) -> str:
    if call.status == CallStatus.DRAFT:
        return f"{call} is saved as a draft. Nobody owes anything on it yet."
    if call.status == CallStatus.PENDING_APPROVAL:
        return f"{call} waits for a second person to approve it."
    return f"{call} is issued and its notices are being made. They are mailed when you send them."
