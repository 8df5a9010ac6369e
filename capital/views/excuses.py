"""Excusing a partner from an investment of an issued call."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.errors import REFUSALS
from blackgem.lib.pages import FormPage, form_page
from capital.forms.issued_excuses import IssuedExcuseForm
from capital.models import Excuse
from capital.queries import excuses as read
from capital.queries.item import item_of
from capital.services import excuses as services
from funds.access import MANAGE, check_role
from funds.views.deciding import approval, refusal, say_asked


def _excuse_page(request, call_id, item_id) -> FormPage:
    item = item_of(request.user, call_id, item_id)
    check_role(item.role, MANAGE)
    fund, parts, asks = item.call.fund, read.investments_of(item), request.POST.get("do") == "preview"
    today = fund.day_of(timezone.now())
    opened = {"effective_on": today}
    if len(parts) == 1:
        opened["line"] = parts[0].line_id
    form = IssuedExcuseForm(request.POST or None, parts=parts, currency=fund.currency, initial=opened)
    return FormPage(
        template="capital/excuse_form.html",
        partial="excuse_preview",
        form=form,
        context=partial(_context, item, parts, form, today, asks=asks),
        asks=asks,
    )


def _context(item, parts, form, today, *, asks) -> dict:
    context = {"item": item, "call": item.call, "currency": item.call.fund.currency, "parts": parts}
    typed = form.worked_out_from()
    if asks:
        form.say_only_what_is_wrong()
    if typed is None:
        return context
    part = next(one for one in parts if one.line_id == typed["line"])
    excuse = Excuse(
        call=item.call,
        line=part.line,
        item=item,
        commitment=item.commitment,
        amount=typed["amount"] or part.held,
        limit=typed["limit"],
        effective_on=typed["effective_on"],
    )
    try:
        return context | {"excuse": excuse, "revision": services.check_revision(excuse, today=today)}
    except REFUSALS as error:
        return context | {"problems": error.problems}


@manager_page
@form_page(_excuse_page)
def excuse_partner(request: HttpRequest, page: FormPage, call_id: int, item_id: int) -> HttpResponse:
    """Excuse the partner from an investment, with the reason; asked for with `do=preview`, only what it would do."""
    typed = page.form.cleaned_data
    item = item_of(request.user, call_id, item_id)
    excuse = services.excuse_partner(
        line_id=typed.pop("line"), commitment_id=item.commitment_id, **typed, ctx=context_of(request)
    )
    say_asked(request, excuse, "excuse", "The partner is excused, and the call revised.")
    return redirect("capital:item", call_id, item_id)


approve_excuse = approval(services.approve_excuse, "The partner is excused, and the call revised.")
reject_excuse = refusal(services.reject_excuse, "The excuse is turned down.")
