"""What is done with a closing: submitted, settled, sent back, withdrawn."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.errors import DomainError
from blackgem.lib.pages import FormPage, form_page, go_back, says_refusals, seen_revision
from blackgem.lib.revisions import changes_since
from closings.forms.verbs import ReasonForm
from closings.queries.closing import closing_of
from closings.services import closings as services
from closings.services import reversals
from closings.states import ClosingStatus
from closings.views.closings import closing_context, figures_context
from funds.access import DRAFT, MANAGE, check_role
from funds.views.deciding import approval, refusal, say_asked


def refused_on_closing(request, error: DomainError, closing_id, **_) -> HttpResponse:
    """The page of the closing with the reason on top, for a button that could not do its work."""
    context = closing_context(request, closing_of(request.user, closing_id))
    return render(request, "closings/closing_detail.html", context, status=error.status)


@require_POST
@manager_page
@says_refusals(refused_on_closing)
def submit_closing(request: HttpRequest, closing_id: int) -> HttpResponse:
    """Ask for approval."""
    done = services.submit_closing(
        closing_id=closing_id, revision=seen_revision(request), ctx=context_of(request)
    )
    return go_back(request, _said(done), "closings:closing", closing_id)


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
@with_fresh_factor
@says_refusals(refused_on_closing)
def settle_closing(request: HttpRequest, closing_id: int) -> HttpResponse:
    """Settle what somebody submitted, or a draft where one person may, once asked whether that is meant."""
    shown = closing_of(request.user, closing_id)
    check_role(shown.role, MANAGE)
    if request.method != "POST":
        context = figures_context(request, shown) | {"revision": changes_since(shown, seen_revision(request))}
        return render(request, "closings/closing_settle.html", context)
    is_draft = shown.status == ClosingStatus.DRAFT
    settle = services.submit_closing if is_draft else services.settle_closing
    done = settle(closing_id=closing_id, revision=seen_revision(request), ctx=context_of(request))
    return go_back(request, _said(done), "closings:closing", closing_id)


def _said(done) -> str:
    if done.status == ClosingStatus.PENDING_APPROVAL:
        return f"{done} waits for a second person to approve it."
    return (
        f"{done} is settled. The notices that collect it are being made; they are mailed when you send them."
    )


def _asking_why(template: str, deed) -> Callable:
    """The page that asks why somebody who may do this `deed` does it with a closing."""

    def page(request, closing_id) -> FormPage:
        shown = closing_of(request.user, closing_id)
        check_role(shown.role, deed)
        context = {
            "closing": shown,
            "currency": shown.fund.currency,
            "revision": changes_since(shown, seen_revision(request)),
        }
        return FormPage(template=template, form=ReasonForm(request.POST or None), context=context)

    return page


@manager_page
@form_page(_asking_why("closings/closing_send_back.html", MANAGE))
def send_back_closing(request: HttpRequest, page: FormPage, closing_id: int) -> HttpResponse:
    """Refuse approval for now, with a reason: the closing is a draft again."""
    done = services.send_back_closing(
        closing_id=closing_id, **page.form.cleaned_data, ctx=context_of(request)
    )
    messages.success(request, f"{done} is a draft again. Its submitter reads why.")
    return redirect("closings:closing", closing_id)


@manager_page
@form_page(_asking_why("closings/closing_reverse.html", MANAGE))
def reverse_closing(request: HttpRequest, page: FormPage, closing_id: int) -> HttpResponse:
    """Ask to take a settled closing back, with a reason."""
    reversal = reversals.request_closing_reversal(
        closing_id=closing_id, **page.form.cleaned_data, ctx=context_of(request)
    )
    say_asked(request, reversal, "reversal", f"{reversal.closing} is reversed.")
    return redirect("closings:closing", closing_id)


def _to_closing(request, reversal) -> HttpResponse:
    return redirect("closings:closing", reversal.closing_id)


approve_closing_reversal = approval(
    reversals.approve_closing_reversal, "The closing is reversed.", back=_to_closing
)
reject_closing_reversal = refusal(
    reversals.reject_closing_reversal, "The reversal is turned down; the closing stands.", back=_to_closing
)


@manager_page
@form_page(_asking_why("closings/closing_cancel.html", DRAFT))
def cancel_closing(request: HttpRequest, page: FormPage, closing_id: int) -> HttpResponse:
    """Withdraw a closing that is not settled, with a reason."""
    done = services.cancel_closing(closing_id=closing_id, **page.form.cleaned_data, ctx=context_of(request))
    messages.success(request, f"{done} is withdrawn. Its number is not given again.")
    return redirect("closings:closing", closing_id)
