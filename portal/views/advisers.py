"""Advisers: whom an investor asked the fund to let in, what became of it, and the way to end it."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.errors import Forbidden
from blackgem.lib.pages import FormPage, form_page, says_refusals
from funds.forms.advisers import AdviserForm
from funds.models import Commitment
from funds.queries.advisers import advisers_of_commitments
from funds.services.advisers import ask_for_adviser, withdraw_adviser
from portal.reader import portal_page
from portal.row_security import outside


@portal_page
@require_safe
def adviser_list(request: HttpRequest) -> HttpResponse:
    """Everybody who was asked for, of the commitments whose contacts this person manages."""
    return _list(request)


def _list(request, error=None, **ids) -> HttpResponse:
    with outside():
        advisers = advisers_of_commitments(request.reader.manages_contacts, at=timezone.now())
    return render(
        request, "portal/adviser_list.html", {"advisers": advisers}, status=error.status if error else 200
    )


def _ask_page(request) -> FormPage:
    if not request.reader.manages_contacts:
        raise Forbidden("contacts.not_to_manage", "You do not manage the contacts of a commitment.")
    managed = Commitment.objects.filter(pk__in=request.reader.manages_contacts)
    commitments = list(managed.select_related("fund", "investor").order_by("fund__name", "pk"))
    form = AdviserForm(request.POST or None, commitments=commitments)
    return FormPage(template="portal/adviser_ask.html", form=form)


@portal_page
@form_page(_ask_page)
def adviser_ask(request: HttpRequest, page: FormPage) -> HttpResponse:
    """Ask the managers of each fund; nothing is mailed before they agreed."""
    asked = page.form.cleaned_data
    ids = [UUID(one) for one in asked.pop("commitments")]
    with transaction.atomic():
        ask_for_adviser(commitments=ids, **asked, ctx=context_of(request))
        demand_fresh_factor(request)
    messages.success(request, f"The fund is asked to let {asked['name']} in. What it says stands here.")
    return redirect("portal:adviser_list")


@portal_page
@require_POST
@says_refusals(_list)
def adviser_withdraw(request: HttpRequest, adviser: UUID) -> HttpResponse:
    """End it at once."""
    ended = withdraw_adviser(adviser_id=adviser, ctx=context_of(request))
    messages.success(request, f"{ended.name} sees nothing of {ended.commitment.fund} any more.")
    return redirect("portal:adviser_list")
