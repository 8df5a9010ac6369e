"""Transfers of interests: those of a fund, one of them, and asking for one."""

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.errors import REFUSALS
from blackgem.lib.pages import FormPage, add_problems, form_page
from closings.forms.transfers import TransferForm, partner_choices
from closings.models import Transfer
from closings.queries import transfer as read
from closings.queries.assumed import OpenLine
from closings.queries.transfer import Shown
from closings.queries.transfer_files import TRANSFER_COLUMNS, transfer_rows
from closings.queries.transfers import WorkedOutTransfer
from closings.services import transfers as services
from closings.transfer_access import check_begin_transfer
from funds.access import MANAGE, check_role
from funds.queries.access import fund_of
from funds.queries.lists import nearest_page_of
from funds.queries.partners import investors_without_commitment
from funds.views.deciding import approval, refusal, say_asked

TRANSFERS_PER_PAGE, ROWS_PER_PAGE = 25, 50


@require_safe
@manager_page
def transfer_list(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Every transfer of a fund, newest first."""
    fund = fund_of(request.user, fund_id)
    page = nearest_page_of(read.transfers_of(fund, request.user), TRANSFERS_PER_PAGE, request.GET.get("page"))
    page.object_list = read.with_commitments(page.object_list)
    context = {
        "fund": fund,
        "currency": fund.currency,
        "page": page,
        "begin": offer(check_begin_transfer, fund, request.user),
    }
    return render(request, "closings/transfer_list.html", context)


@require_GET
@manager_page
def export_transfers(request: HttpRequest, fund_id: int, form: str) -> HttpResponse:
    """Every transfer of a fund as CSV or XLSX, with what each moved."""
    fund = fund_of(request.user, fund_id)
    return stream_table(
        form,
        TRANSFER_COLUMNS,
        transfer_rows(fund, request.user),
        name=f"{fund.code}-transfers",
        sheet="Transfers",
        ctx=context_of(request),
    )


@require_safe
@manager_page
def transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """One transfer: who, what, and row by row what moves or moved."""
    one = read.transfer_of(request.user, transfer_id)
    shown = Shown() if one.approved_at else services.figures_of(one, ctx=context_of(request))
    assumed, came_back, story = read.read_about(one, whole="whole" in request.GET)
    figures = _page_of(one, shown.figures, request.GET.get("page"), assumed)
    if one.approved_at:
        one.commitment = next(total.moved for total in figures.totals if total.name == "commitment")
    else:
        read.with_commitments([one])
    context = {
        "transfer": one,
        "currency": one.fund.currency,
        "figures": figures,
        "came_back": came_back,
        "problems": shown.problems,
        "approve": offer(services.TRANSFERS.check_approve, one, request.user),
        "reject": offer(services.TRANSFERS.check_reject, one, request.user),
        "story": story,
    }
    return render(request, "closings/transfer_detail.html", context)


def _page_of(
    one: Transfer, figures: read.TransferFigures | None, number, assumed: Sequence[OpenLine]
) -> read.TransferFigures | None:
    """The figures with one page of their rows, which the database finds where they are posted."""
    if one.approved_at:
        posted = read.posted_rows(one)
        page = nearest_page_of(posted, ROWS_PER_PAGE, number)
        page.object_list = [read.transferred_row(row) for row in page.object_list]
        return read.TransferFigures(read.posted_totals(one, posted, assumed), page, assumed)
    if figures is None:
        return None
    return replace(figures, rows=nearest_page_of(figures.rows, ROWS_PER_PAGE, number))


def _new_page(request, fund_id) -> FormPage:
    fund = fund_of(request.user, fund_id)
    check_role(fund.role, MANAGE)
    investors = investors_without_commitment(request.user, fund).values_list("pk", "name")
    initial = {
        "effective_on": fund.day_of(timezone.now()),
        "transferor": request.GET.get("transferor"),
    }
    form = TransferForm(
        request.POST or None,
        fund=fund,
        partners=partner_choices(fund),
        investors=list(investors),
        initial=initial,
    )
    asks = request.POST.get("do") == "show"
    # What was shown before is shown as things stand by now, where it is refused because they changed.
    worked_out = _preview(request, fund, form) if request.POST.get("do") and form.is_valid() else None
    context = {
        "fund": fund,
        "currency": fund.currency,
        "figures": worked_out and read.figures_of_worked_out(worked_out),
        "seen": worked_out.fingerprint if worked_out else "",
        "begin": offer(check_begin_transfer, fund, request.user),
    }
    asked_again = asks and form.is_valid()
    return FormPage(template="closings/transfer_form.html", form=form, context=context, asks=asked_again)


def _preview(request, fund, form: TransferForm) -> WorkedOutTransfer | None:
    """What would move, or None with the reasons beside the fields."""
    try:
        return services.preview_transfer(
            fund=fund,
            transferor_id=form.cleaned_data["transferor"],
            transferee_id=form.transferee_id,
            effective_on=form.cleaned_data["effective_on"],
            open_items=form.cleaned_data["open_items"],
            **form.share,
            ctx=context_of(request),
        )
    except REFUSALS as error:
        add_problems(form, error)
        return None


@manager_page
@form_page(_new_page)
def new_transfer(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Ask for a transfer, once it was shown what moves."""
    form: TransferForm = page.form
    asked = services.request_transfer(
        fund_id=fund_id,
        transferor_id=form.cleaned_data["transferor"],
        transferee_id=form.transferee_id,
        investor=form.investor,
        reference=form.cleaned_data["reference"],
        effective_on=form.cleaned_data["effective_on"],
        reason=form.cleaned_data["reason"],
        open_items=form.cleaned_data["open_items"],
        agreed=form.agreed,
        seen=request.POST.get("seen", ""),
        **form.share,
        ctx=context_of(request),
    )
    say_asked(request, asked, "transfer", "The interest is transferred.")
    return redirect("closings:transfer", asked.pk)


def _to_transfer(request, done: Transfer) -> HttpResponse:
    return redirect("closings:transfer", done.pk)


approve_transfer = approval(services.approve_transfer, "The interest is transferred.", back=_to_transfer)
reject_transfer = refusal(
    services.reject_transfer,
    "The transfer is turned down: everybody keeps what they hold.",
    back=_to_transfer,
)
