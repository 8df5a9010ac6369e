"""The list of funds, one fund, and how it is set up."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.errors import Conflict
from blackgem.lib.navigation import address
from blackgem.lib.pages import save_form
from funds.access import MANAGE, Role, check_may, check_open_fund, check_remove_member, check_role
from funds.forms.funds import FundForm, MemberForm, NewFundForm
from funds.models import FundMembership
from funds.queries import funds as queries
from funds.services.funds import change_fund, create_fund
from funds.services.invitations import invite_member, mail_invitation, withdraw_member_invitation
from funds.services.members import remove_member


@manager_page
@require_http_methods(["GET", "POST"])
def fund_new(request):
    check_open_fund(request.user)
    form, status = NewFundForm(request.POST or None), 200
    if request.method == "POST":
        fund, status = save_form(
            form, lambda cleaned: create_fund(fields=form.fund_fields(), ctx=context_of(request))
        )
        if fund:
            messages.success(
                request, f"{fund} is set up. Its GP is entered as a partner, with a commitment of zero."
            )
            return redirect(address("fund", fund.pk))
    return render(request, "funds/fund_form.html", {"form": form, "is_new": True}, status=status)


@manager_page
@require_http_methods(["GET", "POST"])
def fund_edit(request, fund_id):
    fund = queries.fund_of(request.user, fund_id)
    check_may(request.user, fund_id, MANAGE)
    form, status = FundForm(request.POST or None, row=fund), 200
    if request.method == "POST":
        saved, status = save_form(
            form,
            lambda cleaned: change_fund(fund_id=fund_id, fields=cleaned, ctx=context_of(request)),
        )
        if saved:
            messages.success(request, "The fund is saved.")
            return redirect(address("fund", fund_id))
    return render(request, "funds/fund_form.html", {"form": form, "fund": fund}, status=status)


@manager_page
@require_http_methods(["GET", "POST"])
def members(request, fund_id):
    fund = queries.fund_of(request.user, fund_id)
    form, status = MemberForm(request.POST or None), 200
    if request.method == "POST":
        check_may(request.user, fund_id, MANAGE)
        said, status = save_form(form, lambda cleaned: _invite(request, fund_id, **cleaned))
        if said:
            messages.success(request, said)
            return redirect("funds:members", fund_id)
    context = {
        "fund": fund,
        "members": _members(fund, request.user),
        "invited": queries.invited_to(fund, at=timezone.now()),
        "form": form,
        "manage": offer(check_role, fund.role, MANAGE),
    }
    return render(request, "funds/members.html", context, status=status)


def _members(fund, user) -> list[FundMembership]:
    """The members, each with the offer to `remove` it."""
    members = queries.members_of(fund)
    managers = {one.pk for one in members if one.role == Role.MANAGER and one.user.is_active}
    for one in members:
        one.remove = offer(check_remove_member, fund, one, user, has_another=bool(managers - {one.pk}))
    return members


@transaction.atomic
def _invite(request, fund_id, *, email, role) -> str:
    """Mail the offer of a role, the same to every address, or change the role of a member; what was done, in words."""
    invitation, token = invite_member(fund_id=fund_id, email=email, role=role, ctx=context_of(request))
    if invitation is None:
        return f"{email} is now {Role(role).label.lower()} of this fund."
    mail_invitation(invitation=invitation, token=token)
    return f"{email} is invited by mail. The role begins when the invitation is accepted."


@manager_page
@require_POST
def member_invitation_withdraw(request, fund_id, invitation_id):
    invitation = withdraw_member_invitation(
        fund_id=fund_id, invitation_id=invitation_id, ctx=context_of(request)
    )
    messages.success(request, f"The invitation of {invitation.email} is withdrawn.")
    return redirect("funds:members", fund_id)


@manager_page
@require_POST
def member_remove(request, fund_id, user_id):
    try:
        remove_member(fund_id=fund_id, user_id=user_id, ctx=context_of(request))
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The person no longer works for this fund.")
    left = request.user.pk == user_id and not request.user.is_superuser
    return redirect(address("funds")) if left else redirect("funds:members", fund_id)
