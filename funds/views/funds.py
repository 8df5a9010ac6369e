"""The list of funds, one fund, and how it is set up."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.errors import Conflict
from blackgem.lib.navigation import address
from blackgem.lib.pages import FormPage, form_page
from funds.access import MANAGE, Role, check_may, check_open_fund, check_remove_member, check_role
from funds.forms.funds import FundForm, MemberForm, NewFundForm
from funds.models import ControlChange, FundMembership
from funds.queries import funds as queries
from funds.queries.controls import waiting_of
from funds.queries.invitations import grants_to_confirm
from funds.services.funds import change_fund, create_fund
from funds.services.invitations import invite_member, mail_invitation, withdraw_member_invitation
from funds.services.members import remove_member

from .asking import say_it_waits
from .set_up import lead_on

Kind = ControlChange.Kind
#: What is changed by the form of a fund, or stands on it.
SETTINGS = (Kind.FOUR_EYES, Kind.SENDER, Kind.LIMIT, Kind.TOTALS, Kind.NO_ACCOUNT)


def _new_page(request) -> FormPage:
    check_open_fund(request.user)
    form = NewFundForm(request.POST or None)
    return FormPage(template="funds/fund_form.html", form=form, context={"is_new": True})


@manager_page
@form_page(_new_page)
def fund_new(request, page: FormPage):
    fund = create_fund(fields=page.form.fund_fields(), ctx=context_of(request))
    messages.success(request, f"{fund} is set up. Its GP is entered as a partner, with a commitment of zero.")
    return lead_on(request, fund.pk, after="fund")


def _edit_page(request, fund_id) -> FormPage:
    fund = queries.fund_of(request.user, fund_id)
    check_may(request.user, fund_id, MANAGE)
    form = FundForm(request.POST or None, row=fund)
    changes = waiting_of(fund, *SETTINGS)
    return FormPage(template="funds/fund_form.html", form=form, context={"fund": fund, "changes": changes})


@manager_page
@form_page(_edit_page)
def fund_edit(request, page: FormPage, fund_id):
    with transaction.atomic():
        fund = change_fund(fund_id=fund_id, fields=page.form.cleaned_data, ctx=context_of(request))
        say_it_waits(request, fund.waiting)
    messages.success(request, "The rest is saved." if fund.waiting else "The fund is saved.")
    return redirect(address("fund", fund_id))


def _members_page(request, fund_id) -> FormPage:
    fund = queries.fund_of(request.user, fund_id)
    if request.method == "POST":
        check_may(request.user, fund_id, MANAGE)
    found = _members(fund, request.user)
    manage = offer(check_role, fund.role, MANAGE)
    managers = [one for one in found if one.role == Role.MANAGER and one.user.is_active]
    context = {
        "fund": fund,
        "members": found,
        "proposes_four_eyes": bool(manage) and len(managers) > 1 and not fund.four_eyes,
        "invited": queries.invited_to(fund, at=timezone.now()),
        "to_confirm": grants_to_confirm(fund),
        "changes": waiting_of(fund, Kind.ROLE),
        "manage": manage,
    }
    return FormPage(template="funds/members.html", form=MemberForm(request.POST or None), context=context)


@manager_page
@form_page(_members_page)
def members(request, page: FormPage, fund_id):
    messages.success(request, _invite(request, fund_id, **page.form.cleaned_data))
    return redirect("funds:members", fund_id)


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
    if isinstance(invitation, ControlChange):
        say_it_waits(request, [invitation])
        return f"{email} gets the role, or the invitation, once somebody else has agreed."
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
