"""What is done with a distribution: deleted, submitted, issued, approved, taken back to draft, sent, cancelled."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.errors import DomainError
from blackgem.lib.pages import FormPage, form_page, go_back, says_refusals, seen_revision
from blackgem.lib.revisions import changes_since
from distributions.forms.payouts import ReasonForm
from distributions.queries import distribution as read
from distributions.services import distributions as services
from distributions.states import DistributionStatus
from distributions.views.distributions import distribution_context
from funds.access import DRAFT, MANAGE, check_decline, check_role
from funds.views.asking import say_it_waits


def refused_on_distribution(request, error: DomainError, distribution_id, **_) -> HttpResponse:
    """The page of the distribution with the reason on top, for a button that could not do its work."""
    shown = read.distribution_of(request.user, distribution_id)
    context = distribution_context(request, shown, request.GET)
    return render(request, "distributions/distribution_detail.html", context, status=error.status)


def _seen_by(request) -> dict:
    """Who decides now, and about which revision of the draft."""
    return {"revision": seen_revision(request), "ctx": context_of(request)}


def _issued_by(request) -> dict:
    """The same of what is issued by that, and what is acknowledged."""
    return {**_seen_by(request), "acknowledged": request.POST.getlist("acknowledged")}


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
@says_refusals(refused_on_distribution)
def delete_draft(request: HttpRequest, distribution_id: int) -> HttpResponse:
    """Delete a draft, once asked whether that is meant."""
    shown = read.distribution_of(request.user, distribution_id)
    check_role(shown.role, DRAFT)
    if request.method != "POST":
        context = {"distribution": shown, "currency": shown.fund.currency}
        return render(request, "distributions/distribution_delete.html", context)
    services.delete_draft(distribution_id=distribution_id, ctx=context_of(request))
    messages.success(request, f"The draft of {shown} is deleted. Its number is not given again.")
    return redirect("distributions:distribution_list")


@require_POST
@manager_page
@says_refusals(refused_on_distribution)
def submit_distribution(request: HttpRequest, distribution_id: int) -> HttpResponse:
    """Ask for approval."""
    done = services.submit_distribution(distribution_id=distribution_id, **_seen_by(request))
    said = f"{done} waits for approval."
    return go_back(request, said, "distributions:distribution", distribution_id)


@require_POST
@manager_page
@with_fresh_factor
@says_refusals(refused_on_distribution)
def approve_distribution(request: HttpRequest, distribution_id: int) -> HttpResponse:
    """Approve what somebody submitted: it is frozen with its inputs."""
    done = services.approve_distribution(distribution_id=distribution_id, **_seen_by(request))
    said = f"{done} is approved and frozen. It counts once it is issued."
    return go_back(request, said, "distributions:distribution", distribution_id)


@require_POST
@manager_page
@says_refusals(refused_on_distribution)
def return_to_draft(request: HttpRequest, distribution_id: int) -> HttpResponse:
    """Take what is not issued back to draft, to be computed anew."""
    done = services.return_to_draft(distribution_id=distribution_id, **_seen_by(request))
    said = f"{done} is a draft again, and so is what was approved after it. Edit and save to compute anew."
    return go_back(request, said, "distributions:distribution", distribution_id)


@require_POST
@manager_page
@says_refusals(refused_on_distribution)
def issue_approved_distribution(request: HttpRequest, distribution_id: int) -> HttpResponse:
    """Issue an approved distribution; its notices are made."""
    done = services.issue_approved_distribution(distribution_id=distribution_id, **_issued_by(request))
    said = f"{done} is issued and its notices are being made."
    return go_back(request, said, "distributions:distribution", distribution_id)


@require_POST
@manager_page
@says_refusals(refused_on_distribution)
def issue_distribution(request: HttpRequest, distribution_id: int) -> HttpResponse:
    """Submit, approve and issue at once, where one person may."""
    done = services.issue_distribution(distribution_id=distribution_id, **_issued_by(request))
    said = _said_of_issue(done)
    return go_back(request, said, "distributions:distribution", distribution_id)


def _said_of_issue(done) -> str:
    waits = done.status == DistributionStatus.PENDING_APPROVAL
    said = "waits for a second person to approve it" if waits else "is issued and its notices are being made"
    return f"{done} {said}."


def _send_back_page(request, distribution_id) -> FormPage:
    shown = read.distribution_of(request.user, distribution_id)
    check_decline(shown.role, shown.submitted_by_id, request.user)
    changed = changes_since(shown, seen_revision(request))
    context = {"distribution": shown, "currency": shown.fund.currency, "revision": changed}
    form = ReasonForm(request.POST or None)
    return FormPage(template="distributions/distribution_send_back.html", form=form, context=context)


@manager_page
@form_page(_send_back_page)
def send_back_distribution(request: HttpRequest, page: FormPage, distribution_id: int) -> HttpResponse:
    """Refuse approval for now, with a reason: the distribution is a draft again."""
    done = services.send_back_distribution(
        distribution_id=distribution_id, **page.form.cleaned_data, **_seen_by(request)
    )
    messages.success(request, f"{done} is a draft again. Its submitter reads why.")
    return redirect("distributions:distribution", distribution_id)


def _cancel_page(request, distribution_id) -> FormPage:
    shown = read.distribution_of(request.user, distribution_id)
    check_role(shown.role, MANAGE)
    context = {
        "distribution": shown,
        "currency": shown.fund.currency,
        "go_back": read.back_to_draft_with(shown),
    }
    form = ReasonForm(request.POST or None)
    return FormPage(template="distributions/distribution_cancel.html", form=form, context=context)


@manager_page
@form_page(_cancel_page)
def cancel_distribution(request: HttpRequest, page: FormPage, distribution_id: int) -> HttpResponse:
    """Withdraw a distribution of which nothing was paid out, with a reason."""
    with transaction.atomic():
        done = services.cancel_distribution(
            distribution_id=distribution_id, **page.form.cleaned_data, ctx=context_of(request)
        )
        say_it_waits(request, done.waiting)
    if not done.waiting:
        messages.success(request, f"{done} is cancelled. It counts nowhere any more.")
    return redirect("distributions:distribution", distribution_id)
