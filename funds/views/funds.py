"""The list of funds, one fund, and how it is set up."""

from types import SimpleNamespace

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.errors import Conflict
from blackgem.lib.pages import save_form
from funds.access import MANAGE, Role, check_may
from funds.forms.funds import FundForm, MemberForm, NewFundForm
from funds.queries import funds as queries
from funds.services.funds import change_fund, create_fund
from funds.services.invitations import invite_member, mail_invitation, withdraw_member_invitation
from funds.services.members import remove_member
from funds.staff import check_may_open_funds, may_open_funds


@manager_page
@require_safe
def fund_list(request):
    sort = request.GET.get("sort", "name")
    page = queries.funds_page(request.user, sort=sort, number=request.GET.get("page"))
    context = {"page": page, "sort": sort, "may_open": may_open_funds(request.user)}
    return render(request, "funds/fund_list.html", context)


@manager_page
@require_http_methods(["GET", "POST"])
def fund_new(request):
    check_may_open_funds(request.user)
    form, status = NewFundForm(request.POST or None), 200
    if request.method == "POST":
        fund, status = save_form(
            form, lambda typed: create_fund(fields=form.fund_fields(), by=request.user, at=timezone.now())
        )
        if fund:
            messages.success(
                request, f"{fund} is set up. Its GP is entered as a partner, with a commitment of zero."
            )
            return redirect("funds:fund", fund.pk)
    return render(request, "funds/fund_form.html", {"form": form, "is_new": True}, status=status)


@manager_page
@require_safe
def fund(request, fund_id):
    fund = queries.fund_with_figures(request.user, fund_id)
    sort = request.GET.get("sort", "reference")
    commitments = queries.commitments_page(fund, sort=sort, number=request.GET.get("page"))
    allocations = list(queries.allocations_of(fund))
    bank_details = queries.bank_details_of(fund)
    context = {
        "fund": fund,
        "sort": sort,
        "allocations": allocations,
        "commitments": commitments,
        "terms": queries.terms_of(fund),
        "bank": bank_details,
        "members": queries.members_of(fund),
        "may_draft": queries.may_draft(fund),
        "may_manage": queries.may_manage(fund),
        "steps": _steps(fund, allocations, bank_details) if not fund.has_calls else [],
    }
    return render(request, "funds/fund_detail.html", context)


def _steps(fund, allocations, bank_details) -> list[SimpleNamespace]:
    """What a fund needs before its first call, each with the way to do it."""
    pending = bank_details.pending
    new_call = f"{reverse('capital:call_new')}?fund={fund.pk}"
    manages, drafts = queries.may_manage(fund), queries.may_draft(fund)
    steps = [
        ("Terms", "", True, "", ""),
        (
            f"Bank details, version {pending.version}, wait to be verified" if pending else "Bank details",
            "Notices say where to pay, once somebody has confirmed the details by a call back.",
            bank_details.in_force is not None,
            (manages and pending and reverse("funds:bank_details_verify", args=[pending.pk]))
            or (drafts and not pending and reverse("funds:bank_details_new", args=[fund.pk])),
            "Verify" if pending else "Enter",
        ),
        (
            "Investors and their commitments",
            "Calls are split over commitments, pro rata.",
            fund.lp_count > 0,
            manages and reverse("funds:commitment_new", args=[fund.pk]),
            "Add a commitment",
        ),
        (
            "Deals and allocations",
            "What the fund sets aside for a deal; calls draw on it. Fees and expenses need none.",
            bool(allocations),
            manages and reverse("capital:allocation_new", args=[fund.pk]),
            "Allocate to a deal",
        ),
        (
            "First capital call",
            "Works out each investor’s part, writes the notices, and waits for the money.",
            False,
            drafts and fund.lp_count and new_call,
            "New call",
        ),
    ]
    return [
        SimpleNamespace(title=title, text=text, done=done, href=href or "", action=action)
        for title, text, done, href, action in steps
    ]


@manager_page
@require_http_methods(["GET", "POST"])
def fund_edit(request, fund_id):
    fund = queries.fund_of(request.user, fund_id)
    check_may(request.user, fund_id, MANAGE)
    form, status = FundForm(request.POST or None, row=fund), 200
    if request.method == "POST":
        saved, status = save_form(
            form,
            lambda typed: change_fund(fund_id=fund_id, fields=typed, by=request.user, at=timezone.now()),
        )
        if saved:
            messages.success(request, "The fund is saved.")
            return redirect("funds:fund", fund_id)
    return render(request, "funds/fund_form.html", {"form": form, "fund": fund}, status=status)


@manager_page
@require_http_methods(["GET", "POST"])
def members(request, fund_id):
    fund = queries.fund_of(request.user, fund_id)
    form, status = MemberForm(request.POST or None), 200
    if request.method == "POST":
        check_may(request.user, fund_id, MANAGE)
        said, status = save_form(form, lambda typed: _offer(request, fund_id, **typed))
        if said:
            messages.success(request, said)
            return redirect("funds:members", fund_id)
    context = {
        "fund": fund,
        "members": queries.members_of(fund),
        "invited": queries.invited_to(fund, at=timezone.now()),
        "form": form,
        "may_manage": queries.may_manage(fund),
    }
    return render(request, "funds/members.html", context, status=status)


@transaction.atomic
def _offer(request, fund_id, *, email, role) -> str:
    """Mail the offer of a role, the same to every address, or change the role of a member; what was done, in words."""
    invitation, token = invite_member(
        fund_id=fund_id, email=email, role=role, by=request.user, at=timezone.now()
    )
    if invitation is None:
        return f"{email} is now {Role(role).label.lower()} of this fund."
    mail_invitation(invitation=invitation, token=token)
    return f"{email} is invited by mail. The role begins when the invitation is accepted."


@manager_page
@require_POST
def member_invitation_withdraw(request, fund_id, invitation_id):
    invitation = withdraw_member_invitation(
        fund_id=fund_id, invitation_id=invitation_id, by=request.user, at=timezone.now()
    )
    messages.success(request, f"The invitation of {invitation.email} is withdrawn.")
    return redirect("funds:members", fund_id)


@manager_page
@require_POST
def member_remove(request, fund_id, user_id):
    try:
        remove_member(fund_id=fund_id, user_id=user_id, by=request.user, at=timezone.now())
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The person no longer works for this fund.")
    left = request.user.pk == user_id and not request.user.is_superuser
    return redirect("funds:fund_list") if left else redirect("funds:members", fund_id)
