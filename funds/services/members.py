"""Who works for a fund, and as what."""

from django.contrib.auth import get_user_model

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput, NotFound
from blackgem.lib.sql import service
from funds.access import MANAGE, Role, check_another_manager, check_may, check_remove_member
from funds.models import ControlChange, Fund, FundMembership
from funds.queries.controls import needs_another

from .controls import Kind, propose

#: From the role that reaches least to the one that reaches furthest.
RANKS = (Role.AUDITOR, Role.ANALYST, Role.MANAGER)


@service
def set_member(*, fund_id, email, role, ctx: WriteContext) -> FundMembership | ControlChange:
    """Give the person with this e-mail a role in the fund at once, or another role than before. For administrators, who
    know who has an account; managers invite (`invitations.invite_member`), and the role begins when it is taken up.

    In a fund in use another person has to agree to a role that begins or rises: the change that waits is answered.
    Raises InvalidInput("member.unknown", "role.unknown"), Conflict("member.last_manager", "control.pending").
    """
    check_may(ctx.by, fund_id, MANAGE)
    check_role(role)
    user = _person(email)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    return give_or_propose_role(fund, user, role, ctx=ctx)


def give_or_propose_role(fund, user, role, *, ctx: WriteContext) -> FundMembership | ControlChange:
    """The role at once, or the change by which another person agrees to it; the caller has locked the fund."""
    old = fund.memberships.filter(user=user).values_list("role", flat=True).first()
    if _rank(role) <= _rank(old) or not needs_another(fund.pk, Kind.ROLE):
        return give_role(fund, user, role, ctx=ctx)
    was, becomes = {"role": old}, {"role": role}
    about = user.email
    return propose(
        funds=[fund.pk], kind=Kind.ROLE, subject_id=user.pk, about=about, was=was, becomes=becomes, ctx=ctx
    )


def _rank(role: str | None) -> int:
    return RANKS.index(role) + 1 if role else 0


def give_role(fund, user, role, *, ctx: WriteContext) -> FundMembership:
    """Make somebody a member of a fund that the caller has locked, or change its role there.

    Raises Conflict("member.last_manager").
    """
    membership = fund.memberships.filter(user=user).first() or FundMembership(fund=fund, user=user)
    old = membership.role or None
    if old == role:
        return membership
    check_another_manager(fund, membership)
    membership.role = role
    membership.save()
    _record("set_member", membership, [old, role], ctx=ctx)
    return membership


@service
def remove_member(*, fund_id, user_id, ctx: WriteContext) -> None:
    """Take a person out of a fund, with what was offered to it there.

    Raises NotFound, Conflict("member.last_manager").
    """
    role = check_may(ctx.by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    fund.role = role
    membership = fund.memberships.select_related("user").filter(user_id=user_id).first()
    if membership is None:
        raise NotFound("not_found", "This person is not a member of this fund.")
    check_remove_member(fund, membership, ctx.by)
    fund.invitations.waiting().filter(email__iexact=membership.user.email).update(
        withdrawn_at=ctx.at, withdrawn_by=ctx.by
    )
    _record("remove_member", membership, [membership.role, None], ctx=ctx)
    membership.delete()


def check_role(role) -> None:
    if role not in Role.values:
        raise InvalidInput(
            "role.unknown", f"Choose one of these roles: {', '.join(Role.values)}.", field="role"
        )


def _person(email):
    user = get_user_model().objects.filter(email__iexact=str(email).strip(), is_active=True).first()
    if user is None:
        raise InvalidInput(
            "member.unknown",
            "Nobody with this e-mail has an account.",
            field="email",
        )
    return user


def _record(verb, membership, roles, *, ctx: WriteContext) -> None:
    audit.record(
        verb=verb,
        ctx=ctx,
        subject=membership.user,
        also=[membership.fund],
        fund_id=membership.fund_id,
        changes={"role": roles},
    )
