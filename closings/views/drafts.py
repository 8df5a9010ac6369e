"""The form of a closing: a new one, and a draft to be changed."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page
from closings.forms.closings import ClosingForms, named, typed_rows
from closings.queries.closing import closing_of
from closings.services import closings as services
from closings.states import ClosingStatus
from fees.queries.catching_up import has_schedule
from funds.access import DRAFT, check_role
from funds.models import Investor
from funds.queries.access import fund_of, may_draft
from funds.views.choosing import FundChoice, in_one_fund

CHOICE = FundChoice(
    title="New closing",
    question="Which fund has a later closing?",
    enter="closings:closing_new",
    up="capital:call_list",
    up_label="capital calls",
    none="No fund to close for",
    why_none="Closings are drafted by a fund’s managers and analysts. "
    "Ask a manager of the fund for a role, or set up a fund first.",
)


@manager_page
def new_closing(request: HttpRequest) -> HttpResponse:
    """A new closing of one fund; without a fund, the choice of one."""
    return in_one_fund(request, _save_new, may=may_draft, choice=CHOICE)


def _new_page(request, fund_id) -> FormPage:
    fund = fund_of(request.user, fund_id)
    check_role(fund.role, DRAFT)
    return _draft_page(request, fund)


@form_page(_new_page)
def _save_new(request, page: FormPage, fund_id) -> HttpResponse:
    saved = services.draft_closing(plan=page.form.plan(), ctx=context_of(request))
    return _to_draft(request, saved)


def _edit_page(request, closing_id) -> FormPage | HttpResponse:
    draft = closing_of(request.user, closing_id)
    check_role(draft.role, DRAFT)
    if draft.status != ClosingStatus.DRAFT:
        messages.error(request, "Only a draft can be changed. This closing was submitted or settled.")
        return redirect("closings:closing", draft.pk)
    return _draft_page(request, draft.fund, draft)


@manager_page
@form_page(_edit_page)
def edit_closing(request: HttpRequest, page: FormPage, closing_id: int) -> HttpResponse:
    """A draft, to be changed."""
    revision = page.form.details.cleaned_data["revision"]
    plan = page.form.plan()
    saved = services.change_closing(
        closing_id=closing_id, plan=plan, revision=revision, ctx=context_of(request)
    )
    return _to_draft(request, saved)


def _to_draft(request, saved) -> HttpResponse:
    messages.success(request, f"{saved} is saved as a draft. What it comes to is worked out below.")
    return redirect("closings:closing", saved.pk)


def _draft_page(request, fund, draft=None) -> FormPage:
    investors = Investor.objects.visible_to(request.user).order_by("name", "pk").values_list("pk", "name")
    deals = fund.allocations.order_by("deal__name").values_list("deal", "deal__name").distinct()
    forms = ClosingForms(
        fund,
        known=named(investors),
        deals=[(str(pk), name) for pk, name in deals],
        today=fund.day_of(timezone.now()),
        data=typed_rows(request.POST) if request.method == "POST" else None,
        draft=draft,
    )
    asks = request.POST.get("do", "").startswith(("add_", "remove_"))
    if asks:
        forms.say_no_errors()
    return FormPage(
        template="closings/closing_form.html",
        partial="closing_form",
        form=forms,
        context=partial(dict, fund=fund, draft=draft, forms=forms, has_schedule=has_schedule(fund)),
        asks=asks,
    )
