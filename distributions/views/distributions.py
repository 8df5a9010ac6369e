"""The list of distributions, one distribution, and the form of a draft."""

from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from blackgem.lib.access import manager_page, manager_preview
from blackgem.lib.context import WriteContext, context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.lists import Listing, as_file, sort_of
from blackgem.lib.pages import (
    FormPage,
    form_page,
    query_of_page,
    render_live,
    render_partial,
    seen_revision,
)
from blackgem.lib.revisions import changes_since, revision_of, sent_back
from distributions.access import distribution_offers
from distributions.forms.distributions import DistributionForms, preview_of
from distributions.forms.filters import DistributionFilterForm
from distributions.queries import distribution as read
from distributions.queries import distributions as listed
from distributions.queries.checks import checks_of_distribution
from distributions.queries.schedule import schedule_of_all
from distributions.queries.working import charts_of, terms_in_words, tiers_shown
from distributions.services import distributions as services
from distributions.states import (
    DISTRIBUTION_BEFORE_ISSUE,
    DISTRIBUTION_FROZEN,
    DISTRIBUTION_ISSUED,
    DistributionStatus,
)
from funds.access import DRAFT, check_role
from funds.calc.checks import blocking_among
from funds.models import Notice
from funds.queries.access import fund_of, may_draft, may_manage
from funds.queries.controls import changes_of_issued
from funds.queries.files import export_name
from funds.queries.lists import PER_PAGE, page_of
from funds.queries.notices import notices_of, progress_of
from funds.views.choosing import FundChoice, in_one_fund

CHOICE = FundChoice(
    title="New distribution",
    question="Which fund is distributing?",
    enter="distributions:distribution_new",
    up="distributions:distribution_list",
    up_label="distributions",
    none="No fund to distribute from",
    why_none="Distributions are drafted by a fund’s managers and analysts. "
    "Ask a manager of the fund for a role, or set up a fund first.",
)
#: What the list is narrowed to when every row of it counts.
COUNTED = {listed.ANY_ISSUED, *DISTRIBUTION_ISSUED}


# ---------------------------------------------------------------- the list


@require_safe
@manager_page
def distribution_list(request: HttpRequest) -> HttpResponse:
    """Every distribution that this person sees, narrowed, summed and sorted."""
    form, narrowed = _narrowed(request)
    found = listed.distributions(request.user, narrowed)
    ordered = listed.sorted_distributions(found, sort_of(request, listed.DISTRIBUTIONS))
    page = page_of(ordered, PER_PAGE, request.GET.get("page"))
    totals = listed.totals(request.user, found, narrowed)
    # Beneath rows that count nowhere, such as drafts, a sum would be of something else than what stands above it.
    beneath = totals if narrowed.status in COUNTED else ()
    for one in page:
        one.payable = listed.payable_of(one)
    context = {
        "listing": Listing(listed.DISTRIBUTIONS, request, form, page, beneath, form.same_in_all),
        "totals": totals,
        "fund": form.fund_chosen,
    }
    status = 200 if form.is_valid() else 400
    return render(request, "distributions/distribution_list.html", context, status=status)


@require_GET
@manager_page
def export_distributions(request: HttpRequest, form: str) -> HttpResponse:
    """The whole filter as CSV or XLSX, in the order of the list."""
    _, narrowed = _narrowed(request)
    found = listed.distributions(request.user, narrowed)
    ordered = listed.sorted_distributions(found, sort_of(request, listed.DISTRIBUTIONS))
    return stream_table(
        form,
        *as_file(request, listed.DISTRIBUTIONS, listed.EXPORT_COLUMNS, listed.export_rows(ordered)),
        name=export_name("distributions", narrowed.fund_id),
        sheet="Distributions",
        ctx=context_of(request),
    )


def _narrowed(request) -> tuple[DistributionFilterForm, listed.DistributionFilter]:
    form = DistributionFilterForm(request.GET, user=request.user)
    if not form.is_valid():
        return form, listed.DistributionFilter(fund_id=-1)  # what cannot be read matches nothing
    cleaned = form.cleaned_data
    fund_id = cleaned["fund"].pk if cleaned["fund"] else None
    names = ("currency", "status", "type", "since", "until", "q")
    return form, listed.DistributionFilter(fund_id, *(cleaned[name] for name in names))


# ---------------------------------------------------------------- one distribution


@require_safe
@manager_page
def distribution(request: HttpRequest, distribution_id: int) -> HttpResponse:
    """One distribution: its waterfall, investors with payouts, notices. For HTMX what a payout changes on it."""
    shown = read.distribution_of(request.user, distribution_id)
    query = query_of_page(request) if request.htmx else request.GET
    context = distribution_context(request, shown, query)
    return render_live(request, "distributions/distribution_detail.html", "distribution_live", context)


@require_safe
@manager_page
def distribution_changes(request: HttpRequest, distribution_id: int) -> HttpResponse:
    """Whether the facts behind a frozen distribution have changed since: it is worked out anew, which takes a while."""
    shown = read.distribution_of(request.user, distribution_id)
    context = {
        "distribution": shown,
        "currency": shown.fund.currency,
        "is_issued": shown.status in DISTRIBUTION_ISSUED,
        "moved": read.moved_since(shown),
        "to_recover": read.capital_to_recover(shown.fund),
    }
    return render_partial(request, "distributions/distribution_changes.html", "changes", context)


def distribution_context(request, shown, query) -> dict:
    """What the page of a distribution, and each of its partials, is rendered from. `query` narrows the investors."""
    notices = notices_of(Notice.Kind.DISTRIBUTION, shown.pk)
    show, text = query.get("show", ""), query.get("q", "")[:200]
    page = read.items_page(shown, show=show, text=text, number=query.get("page"), by=request.user)
    progress = progress_of(notices)
    found = read.about(request.user, shown, whole_story=query.get("all") == "story")
    checks = checks_of_distribution(shown, at=timezone.now(), unsent=progress.asked < progress.total)
    is_frozen = shown.status in DISTRIBUTION_FROZEN
    changes = changes_of_issued(shown)
    verbs = distribution_offers(shown, request.user, blocking_among(checks), waits=bool(changes))
    sends = bool(verbs["send_notices"]) and progress.total > 0 and not progress.asked
    return {
        "distribution": shown,
        "currency": shown.fund.currency,
        "is_issued": shown.status in DISTRIBUTION_ISSUED,
        "may_preview": shown.status in DISTRIBUTION_BEFORE_ISSUE,
        "is_frozen": is_frozen,
        "changes": changes,
        "verbs": verbs,
        "ticks": shown.fund.warnings_acknowledged
        and (sends or bool(verbs["send"]) or (bool(verbs["issue"]) and not shown.fund.four_eyes)),
        **_waterfall_context(shown, found.tiers),
        "profit": shown.capital.profit_share + shown.capital.carried_interest,
        "page": page,
        "rows": read.rows_of(shown, page, notices, request.user),
        "show": show,
        "q": text,
        "progress": progress,
        "checks": checks,
        "reversals": found.reversals,
        "story": found.story,
        "revision": changes_since(shown, seen_revision(request))
        or (revision_of(shown) if shown.status == DistributionStatus.PENDING_APPROVAL else None),
        "sent_back": sent_back(found.story) if shown.status == DistributionStatus.DRAFT else None,
    }


def _waterfall_context(shown, rows) -> dict:
    currency = shown.fund.currency
    tiers = tiers_shown(rows, currency)
    to_gp = sum(tier.gp for tier in tiers)
    return {
        "tiers": tiers,
        "charts": charts_of(tiers, currency),
        "stretches": ()
        if tiers and tiers[0].key.startswith("excess")
        else schedule_of_all(shown.inputs, on=shown.date, deal_id=shown.deal_id),
        "terms_line": terms_in_words(shown.terms),
        "to_lps": shown.total_amount - to_gp,
        "to_gp": to_gp,
    }


# ---------------------------------------------------------------- the form of a draft


@manager_page
def new_distribution(request: HttpRequest) -> HttpResponse:
    """A new distribution of one fund; without a fund, the choice of one."""
    return in_one_fund(request, _save_new, may=may_draft, choice=CHOICE)


def _new_page(request, fund_id) -> FormPage:
    fund = fund_of(request.user, fund_id)
    check_role(fund.role, DRAFT)
    return _draft_page(request, fund, None)


@form_page(_new_page)
@transaction.atomic
def _save_new(request, page: FormPage, fund_id) -> HttpResponse:
    ctx = context_of(request)
    return _saved(request, services.draft_distribution(plan=page.form.plan(), ctx=ctx), ctx)


def _edit_page(request, distribution_id) -> FormPage | HttpResponse:
    draft = read.distribution_of(request.user, distribution_id)
    check_role(draft.role, DRAFT)
    if draft.status != DistributionStatus.DRAFT:
        messages.error(request, "Only a draft can be changed. This distribution was submitted or issued.")
        return redirect("distributions:distribution", draft.pk)
    return _draft_page(request, fund_of(request.user, draft.fund_id), draft)


@manager_page
@form_page(_edit_page)
@transaction.atomic
def edit_distribution(request: HttpRequest, page: FormPage, distribution_id: int) -> HttpResponse:
    """A draft, to be changed: it is worked out anew."""
    ctx, revision = context_of(request), page.form.details.cleaned_data["revision"]
    changed = services.change_draft(
        distribution_id=distribution_id, plan=page.form.plan(), revision=revision, ctx=ctx
    )
    return _saved(request, changed, ctx)


def _saved(request, distribution, ctx: WriteContext) -> HttpResponse:
    """To the draft; where asked it is issued too, both or neither."""
    if request.POST.get("do") == "issue":
        distribution = services.issue_distribution(distribution_id=distribution.pk, ctx=ctx)
    messages.success(request, _said(distribution))
    return redirect("distributions:distribution", distribution.pk)


@require_POST
@manager_preview
def preview_distribution(request: HttpRequest) -> HttpResponse:
    """The waterfall of what is typed so far, worked out anew. Writes nothing."""
    fund = fund_of(request.user, request.POST.get("fund") or 0)
    check_role(fund.role, DRAFT)
    draft = None
    if request.POST.get("draft"):
        draft = read.distribution_of(request.user, request.POST["draft"])
        if draft.fund_id != fund.pk:
            raise Http404
    context = {"fund": fund, "preview": preview_of(_forms(request, fund, draft))}
    return render(request, "distributions/distribution_form.html#distribution_preview", context)


def _forms(request, fund, draft) -> DistributionForms:
    today = fund.day_of(timezone.now())
    return DistributionForms(
        fund, deals=read.deals_of(fund), today=today, data=request.POST or None, draft=draft
    )


def _draft_page(request, fund, draft) -> FormPage:
    forms = _forms(request, fund, draft)
    return FormPage(
        template="distributions/distribution_form.html",
        form=forms,
        context=partial(_draft_context, fund, draft, forms),
        asks=request.POST.get("do") == "preview",
    )


def _draft_context(fund, draft, forms) -> dict:
    return {
        "fund": fund,
        "draft": draft,
        "forms": forms,
        "preview": preview_of(forms),
        "number": draft.number if draft else fund.last_distribution_number + 1,
        "may_issue": may_manage(fund),
    }


def _said(saved) -> str:
    if saved.status == DistributionStatus.DRAFT:
        return f"{saved} is saved as a draft. It counts nowhere yet."
    if saved.status == DistributionStatus.PENDING_APPROVAL:
        return f"{saved} waits for a second person to approve it."
    return f"{saved} is issued and its notices are being made. They are mailed when you send them."
