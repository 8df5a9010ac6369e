"""Where changes of accounts are decided: their queue among the approvals, its button, and the page that refuses one."""

from datetime import datetime

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from blackgem.identity import changes
from blackgem.identity.forms import RefusalForm
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib import approvals
from blackgem.lib.access import manager_page, person_page
from blackgem.lib.approvals import Queue, Verb
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.errors import REFUSALS
from blackgem.lib.navigation import address
from blackgem.lib.pages import FormPage, form_page, found
from blackgem.models import AccountChange


@require_POST
@manager_page
@with_fresh_factor
def approve_change(request: HttpRequest, account_change_id: int) -> HttpResponse:
    try:
        row = changes.approve(account_change_id=account_change_id, ctx=context_of(request))
    except REFUSALS as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"The change of the account of {row.account} took effect.")
    return redirect(address("approvals"))


def _page(request: HttpRequest, account_change_id: int) -> FormPage:
    row = found(changes.seen_by(request.user).select_related("account", "requested_by"), pk=account_change_id)
    row.steps = changes.steps(row)
    form = RefusalForm(request.POST or None)
    offered = offer(changes.check_undecided, row)
    asked_by = changes.who_asked(row)
    context = {"change": row, "asked_by": asked_by, "decided": offered.reason}
    return FormPage(template="identity/account_change_refuse.html", form=form, context=context)


@person_page
@form_page(_page)
def refuse_change(request: HttpRequest, page: FormPage, account_change_id: int) -> HttpResponse:
    """For whoever was told of it by mail: also a person who works for no fund."""
    reason = page.form.cleaned_data["reason"]
    changes.refuse(account_change_id=account_change_id, reason=reason, ctx=context_of(request))
    messages.success(request, "The change is turned down, and everybody concerned is told.")
    return redirect(address("account"))


def _pending(user) -> QuerySet[AccountChange]:
    return changes.seen_by(user).filter(approved_at=None, rejected_at=None)


def _waiting(user) -> QuerySet[AccountChange]:
    """What waits for this person: an administrator who did not ask for it."""
    if not user.is_superuser:
        return AccountChange.objects.none()
    return AccountChange.objects.pending().exclude(requested_by=user.pk)


def _rows(user) -> QuerySet[AccountChange]:
    return _pending(user).select_related("account", "requested_by").order_by("requested_at")


def _marked(rows: list, user, at: datetime) -> list:
    marked = approvals.marked(
        rows,
        "requested_by",
        lambda row: f"the change of the account of {row.account}",
        lambda row: offer(changes.check_approve, row, user, at),
    )
    for row in marked:
        row.asked_by = changes.who_asked(row)
        row.steps = changes.steps(row)
        row.rests = "" if row.four_eyes else changes.in_words(row.effective_from)
    return marked


approvals.register(
    Queue(
        key="account_changes",
        place=56,
        noun="change of an account to decide",
        plural="changes of accounts to decide",
        title="Accounts of people",
        headings=("Person", "Change", "Why"),
        template="identity/approvals_account_changes.html",
        rows=_rows,
        marked=_marked,
        seen=_pending,
        waiting=_waiting,
        approve=Verb("account_change_approve", "Approve", "Approve", "primary"),
        reject=Verb("account_change_refuse", "Turn down", "Turn down"),
        asks_why=True,
        foot="What would let one person act as two. Ask the person whose account it is, on a number that you already "
        "hold, whether it knows of it.",
    )
)
