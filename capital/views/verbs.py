"""What is done with a call: deleted, submitted, issued, approved, cancelled, reworded."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.errors import DomainError
from blackgem.lib.pages import FormPage, form_page, go_back, says_refusals, seen_revision
from blackgem.lib.revisions import changes_since
from capital.forms.verbs import CancelForm, RewordForm, SendBackForm
from capital.queries import call as read
from capital.queries.checks import checks_of_due_date
from capital.services import calls as services
from capital.states import CallStatus
from capital.views.calls import call_context
from funds.access import DRAFT, MANAGE, check_decline, check_role
from funds.views.asking import say_it_waits


def refused_on_call(request, error: DomainError, call_id, **_) -> HttpResponse:
    """The page of the call with the reason on top, for a button that could not do its work."""
    shown = read.call_of(request.user, call_id)
    return render(
        request, "capital/call_detail.html", call_context(request, shown, request.GET), status=error.status
    )


def _seen_by(request) -> dict:
    """Who decides now, and about which revision of the draft."""
    return {"revision": seen_revision(request), "ctx": context_of(request)}


def _issued_by(request) -> dict:
    """The same of what is issued by that, and what is acknowledged."""
    return {**_seen_by(request), "acknowledged": request.POST.getlist("acknowledged")}


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
@says_refusals(refused_on_call)
def delete_draft(request: HttpRequest, call_id: int) -> HttpResponse:
    """Delete a draft, once asked whether that is meant."""
    shown = read.call_of(request.user, call_id)
    check_role(shown.role, DRAFT)
    if request.method != "POST":
        return render(request, "capital/call_delete.html", {"call": shown, "currency": shown.fund.currency})
    services.delete_draft(call_id=call_id, ctx=context_of(request))
    messages.success(request, f"The draft of {shown} is deleted. Its number is not given again.")
    return redirect("capital:call_list")


@require_POST
@manager_page
@says_refusals(refused_on_call)
def submit_call(request: HttpRequest, call_id: int) -> HttpResponse:
    """Ask for approval."""
    call = services.submit_call(call_id=call_id, **_seen_by(request))
    return go_back(request, f"{call} waits for approval.", "capital:call", call_id)


@require_POST
@manager_page
@says_refusals(refused_on_call)
def issue_call(request: HttpRequest, call_id: int) -> HttpResponse:
    """Submit and approve at once, where one person may."""
    call = services.issue_call(call_id=call_id, **_issued_by(request))
    waits = call.status == CallStatus.PENDING_APPROVAL
    said = "waits for a second person to approve it" if waits else "is issued and its notices are being made"
    return go_back(request, f"{call} {said}.", "capital:call", call_id)


@require_POST
@manager_page
@with_fresh_factor
@says_refusals(refused_on_call)
def approve_call(request: HttpRequest, call_id: int) -> HttpResponse:
    """Approve what somebody submitted: it is issued."""
    call = services.approve_call(call_id=call_id, **_issued_by(request))
    said = f"{call} is approved and issued. Its notices are being made."
    return go_back(request, said, "capital:call", call_id)


def _send_back_page(request, call_id) -> FormPage:
    shown = read.call_of(request.user, call_id)
    check_decline(shown.role, shown.submitted_by_id, request.user)
    changed = changes_since(shown, seen_revision(request))
    context = {"call": shown, "currency": shown.fund.currency, "revision": changed}
    form = SendBackForm(request.POST or None)
    return FormPage(template="capital/call_send_back.html", form=form, context=context)


@manager_page
@form_page(_send_back_page)
def send_back_call(request: HttpRequest, page: FormPage, call_id: int) -> HttpResponse:
    """Refuse approval for now, with a reason: the call is a draft again."""
    call = services.send_back_call(call_id=call_id, **page.form.cleaned_data, **_seen_by(request))
    messages.success(request, f"{call} is a draft again. Its submitter reads why.")
    return redirect("capital:call", call_id)


def _cancel_page(request, call_id) -> FormPage:
    shown = read.call_of(request.user, call_id)
    check_role(shown.role, MANAGE)
    context = {"call": shown, "currency": shown.fund.currency}
    form = CancelForm(request.POST or None)
    return FormPage(template="capital/call_cancel.html", form=form, context=context)


@manager_page
@form_page(_cancel_page)
def cancel_call(request: HttpRequest, page: FormPage, call_id: int) -> HttpResponse:
    """Withdraw a call on which nothing was paid, with a reason."""
    with transaction.atomic():
        call = services.cancel_call(call_id=call_id, **page.form.cleaned_data, ctx=context_of(request))
        say_it_waits(request, call.waiting)
    if call.waiting:
        return redirect("capital:call", call_id)
    said = f"{call} is cancelled. Nobody owes anything on it."
    return go_back(request, said, "capital:call", call_id)


def _reword_page(request, call_id) -> FormPage:
    shown = read.call_of(request.user, call_id)
    check_role(shown.role, MANAGE)
    first = {name: getattr(shown, name) for name in RewordForm.base_fields}
    context = {"call": shown, "currency": shown.fund.currency}
    form = RewordForm(request.POST or None, initial=first)
    return FormPage(template="capital/call_reword.html", form=form, context=context)


@manager_page
@form_page(_reword_page)
def reword_call(request: HttpRequest, page: FormPage, call_id: int) -> HttpResponse:
    """Change the wording or the due date of an issued call: a new version of its notices is made."""
    with transaction.atomic():
        call = services.reword_call(call_id=call_id, **page.form.cleaned_data, ctx=context_of(request))
        say_it_waits(request, call.waiting)
    if not call.waiting:
        messages.success(request, "The change is made, and a new version of every notice with it.")
    if call.due_date != page.context["call"].due_date:
        for check in checks_of_due_date(call, at=timezone.now()):
            messages.warning(request, check.message)
    return redirect("capital:call", call_id)
