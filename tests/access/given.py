"""What somebody gave others whose own role then ends, by kind: what stands and what goes. `giving.py` says how each
is given."""

from functools import partial

from django.core import mail
from django.test import TestCase

from blackgem.http.tokens import find_token
from blackgem.identity import changes
from blackgem.lib.errors import Gone
from blackgem.models import User
from capital.models import CapitalCall
from capital.services import calls
from funds.models import (
    BankDetails,
    ControlChange,
    Fund,
    FundMembership,
    InvestorContact,
    MailDomain,
    PortalGrant,
)
from funds.services import members, portal_access
from funds.services.controls import approve_change
from funds.services.invitations import accept_invitation, find_invitation, invite_contact, invite_member
from tests.access.giving import (
    MAY,
    admit_domain,
    admit_sender,
    by,
    enter_bank,
    in_the_admin,
    make_token,
    offer_role,
    pending_in,
    raise_right,
    reword,
    steer,
    submit,
    verify_bank,
    weaken,
)
from tests.factories import (
    AdminFactory,
    CommitmentFactory,
    ContactFactory,
    FundFactory,
    MembershipFactory,
    UserFactory,
)
from tests.integration.capital.story import NOW


def role_of_another(world, giver):
    email = world.name()
    change, _ = invite_member(fund_id=world.fund.pk, email=email, role="analyst", ctx=by(giver))
    approve_change(change_id=change.pk, ctx=by(world.story.second))
    role = MembershipFactory(fund=world.fund, role="analyst")
    return lambda: FundMembership.objects.filter(pk=role.pk).exists()


def offer_that_waits(world, giver):
    """In a fund that is not in use, where the giver's word alone was enough."""
    fund = FundFactory(manager=giver)
    MembershipFactory(fund=fund)
    _, token = offer_role(world, giver, fund)
    FundMembership.objects.filter(fund=fund, user=giver).delete()

    def holds():
        try:
            return bool(find_invitation(token, at=NOW))
        except Gone:
            return False

    return holds


def sight_taken_up(world, giver, approver=None):
    """By the invitation that was mailed with the approval; at once, where the giver manages the other fund too."""
    token = invite_contact(contact_id=world.contact.pk, ctx=by(giver)).token
    with TestCase.captureOnCommitCallbacks(execute=True):
        approve_change(change_id=pending_in(world, "portal"), ctx=by(approver or world.story.second))
    token = token or mail.outbox[-1].body.partition("/invitations/")[2].partition("/")[0]
    accept_invitation(token=token, full_name="Lee", password="four-horses-running", at=NOW)
    seen = PortalGrant.objects.in_force().filter(contact=world.contact, commitment=world.partner)
    return seen.exists


def sight_of_oneself(world, giver):
    """And one that nobody took up, in a fund that is not in use, where the giver's word alone was enough."""
    own = ContactFactory(investor=world.partner.investor, user=giver, takes_notices=False, sees=())
    portal_access.grant_access(contact_id=own.pk, ctx=by(giver))
    approve_change(change_id=pending_in(world, "portal"), ctx=by(world.story.second))
    mine = PortalGrant.objects.filter(contact=own, commitment=world.partner)
    assert mine.exists()
    fund = FundFactory(manager=giver)
    MembershipFactory(fund=fund)
    contact = ContactFactory(investor=CommitmentFactory(fund=fund).investor, sees=())
    assert invite_contact(contact_id=contact.pk, ctx=by(giver)).invitation
    FundMembership.objects.filter(fund=fund, user=giver).delete()
    return (mine | PortalGrant.objects.filter(contact=contact)).exists


def raised_right(right, world, giver):
    change = raise_right(right, world, giver)
    approve_change(change_id=change.pk, ctx=by(world.story.second))
    held = PortalGrant.objects.in_force().filter(contact=world.reading[right], commitment=world.partner)
    return held.filter(**{right: True}).exists


def verified_bank(world, giver):
    verify_bank(enter_bank(world, giver), world.story.second)
    return BankDetails.objects.verified().filter(fund=world.fund, created_by=giver).exists


def approved_call(world, giver):
    call = calls.approve_call(call_id=submit(world, giver).pk, ctx=by(world.story.second))
    return CapitalCall.objects.filter(pk=call.pk, status="sent").exists


def reworded(world, giver):
    approve_change(change_id=reword(world, giver).waiting[0].pk, ctx=by(world.story.second))
    return CapitalCall.objects.filter(fund=world.fund, purpose="Other words").exists


def weakened(world, giver):
    approve_change(change_id=weaken(world, giver).pk, ctx=by(world.story.second))
    return Fund.objects.filter(pk=world.fund.pk, residual_limit="5.00").exists


def steered(world, giver):
    steer(world, giver)
    for change in ControlChange.objects.pending().filter(kind="contact"):
        approve_change(change_id=change.pk, ctx=by(AdminFactory()))
    return InvestorContact.objects.filter(name="New", takes_notices=True).exists


def admitted_sender(world, giver):
    admit_sender(world, giver)
    return Fund.objects.filter(pk=world.fund.pk, sender_admitted_by=giver).exists


def ticked(field, world, giver):
    world.somebody, other = UserFactory(), AdminFactory()
    given = world.somebody
    in_the_admin(field, world, giver)
    changes.approve(account_change_id=given.account_changes.get().pk, ctx=by(other))
    world.somebody = UserFactory()
    return User.objects.filter(pk=given.pk, **{field: True}).exists


def admitted_domain(world, giver):
    admit_domain(world, giver)
    return MailDomain.objects.admitted().filter(admitted_by=giver).exists


def token(world, giver):
    made = make_token(world, giver)
    return lambda: find_token(made, at=NOW) is not None


GIVEN = {
    "Role in a fund": role_of_another,
    "Offer of a role": offer_that_waits,
    "Sight of a commitment in the portal, taken up": sight_taken_up,
    "Sight of a commitment in the portal, of a manager itself or not taken up": sight_of_oneself,
    **{name: partial(raised_right, right) for name, right in MAY.items()},
    "Bank details": verified_bank,
    "Approval of a call": approved_call,
    "Words, due date or cancellation of what was issued": reworded,
    "Change of a control": weakened,
    "Mailbox for notices": steered,
    "Sending letters in the fund's name": admitted_sender,
    "Opening funds": partial(ticked, "opens_funds"),
    "Domain of addresses for replies": admitted_domain,
    "Administering the site": partial(ticked, "is_superuser"),
    "API token": token,
}


def lose_role(world, giver) -> None:
    if giver.is_superuser:
        User.objects.filter(pk=giver.pk).update(is_superuser=False, is_staff=False)
    else:
        members.remove_member(fund_id=world.fund.pk, user_id=giver.pk, ctx=by(world.story.second))
