"""Rights, given and decided by whoever tries: what `test_rights.py` walks."""

from dataclasses import dataclass
from functools import partial
from itertools import product

from django.core import mail
from django.db import transaction
from django.db.models import Q
from django.test import Client, TestCase
from django.urls import reverse

from blackgem.http.tokens import create_token, find_token
from blackgem.identity import changes
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Forbidden, Gone, NotFound
from blackgem.models import AccountChange, User
from capital.models import CapitalCall
from capital.services import calls
from funds.models import (
    BankDetails,
    Commitment,
    ControlChange,
    Fund,
    FundMembership,
    InvestorContact,
    MailDomain,
    PortalGrant,
)
from funds.queries.contact_rights import SEES, rights_shown, seen_of
from funds.services import bank, contacts, members, portal_access, senders
from funds.services.contact_rights import set_rights
from funds.services.controls import approve_change
from funds.services.funds import change_fund
from funds.services.invitations import accept_invitation, find_invitation, invite_contact, invite_member
from tests.factories import (
    AdminFactory,
    CommitmentFactory,
    ContactFactory,
    FundFactory,
    MembershipFactory,
    UserFactory,
)
from tests.integration.capital.story import NOW, Story
from tests.support.called import called
from tests.support.opened import written

ROLES = (None, "auditor", "analyst", "manager")
BANK = {"bank_name": "First Trust", "account_name": "The Fund", "account_number": "000123456789"}


def by(person) -> WriteContext:
    return WriteContext(person, NOW)


def contacts_who_read(partner) -> dict[str, InvestorContact]:
    """For each right a contact who signs in and has none but to read."""
    found = {}
    for right in PortalGrant.RIGHTS:
        contact = ContactFactory(
            investor=partner.investor, takes_notices=False, user=UserFactory(), sees=[partner]
        )
        with written():
            contact.portal_grants.update(acknowledges=False)
        found[right] = contact
    return found


@dataclass
class World:
    """A fund in use under four eyes, and another one in use, with an investor of both."""

    story: Story
    other: Story
    partner: Commitment
    contact: InvestorContact
    draft: CapitalCall
    somebody: User
    reading: dict[str, InvestorContact]
    serial: int = 0

    @classmethod
    def make(cls) -> "World":
        one, two = Story(four_eyes=True), Story()
        one.approve(calls.submit_call(call_id=one.draft("1000.00").pk, ctx=by(one.manager)))
        two.issued("1000.00")
        partner = one.partners[0]
        CommitmentFactory(fund=two.fund, investor=partner.investor)
        contact = ContactFactory(investor=partner.investor, takes_notices=False, sees=())
        return cls(one, two, partner, contact, one.draft("500.00"), UserFactory(), contacts_who_read(partner))

    @property
    def fund(self) -> Fund:
        return self.story.fund

    def name(self) -> str:
        self.serial += 1
        return f"new{self.serial}@example.com"

    def people(self):
        """Everybody who is to try: who it is, with the role in the fund and the one in the other fund."""
        for role, elsewhere in product(ROLES, ROLES):
            person = UserFactory()
            for fund, held in ((self.fund, role), (self.other.fund, elsewhere)):
                if held:
                    MembershipFactory(fund=fund, user=person, role=held)
            yield person, role, elsewhere
        yield ContactFactory(investor=self.story.partners[1].investor, user=UserFactory()).user, None, None
        yield AdminFactory(), "administrator", "administrator"


# ---------------------------------------------------------------- giving and asking


def offer_role(world, person, fund=None):
    fund = fund or world.fund
    return invite_member(fund_id=fund.pk, email=world.name(), role="manager", ctx=by(person))


def let_see(world, person):
    """Also who manages the other fund alone may invite the contact: it then sees nothing of this one."""
    contact = ContactFactory(investor=world.partner.investor, takes_notices=False, sees=())
    waiting = invite_contact(contact_id=contact.pk, ctx=by(person)).waiting
    if world.fund.pk not in {change.fund_id for change in waiting}:
        raise Forbidden("role.insufficient", "The contact is to see nothing of this fund.")


def raise_right(right, world, person):
    """A contact who reads shall do more, in both funds where this person manages both."""
    contact = world.reading[right]
    shown = rights_shown(contact, person)
    more = {one.pk: one.held | {SEES, right} for one in shown if one.pk == world.partner.pk}
    waiting = set_rights(contact_id=contact.pk, rights=more, seen=seen_of(shown), ctx=by(person)).waiting
    if not waiting:
        raise Forbidden("role.insufficient", "The contact is to do no more in this fund.")
    return waiting[0]


def enter_bank(world, person):
    return bank.propose_bank_details(fund_id=world.fund.pk, fields=BANK, ctx=by(person))


def verify_bank(details, person):
    ctx = by(person)
    return bank.verify_bank_details(bank_details_id=details.pk, call=called(details, ctx.at), ctx=ctx)


def submit(world, person):
    return calls.submit_call(call_id=world.draft.pk, ctx=by(person))


def reword(world, person):
    call = CapitalCall.objects.filter(fund=world.fund, status="sent").earliest("pk")
    words = {"purpose": "Other words", "purpose_detail": "", "due_date": call.due_date}
    return calls.reword_call(call_id=call.pk, **words, ctx=by(person))


def weaken(world, person):
    change_fund(fund_id=world.fund.pk, fields={"residual_limit": "5.00"}, ctx=by(person))
    return ControlChange.objects.pending().get(fund=world.fund, kind="limit")


def steer(world, person):
    fields = {"name": "New", "email": world.name(), "takes_notices": True}
    investor = world.partner.investor_id
    return contacts.add_contact(investor_id=investor, fields=fields, ctx=by(person))


def admit_sender(world, person):
    Fund.objects.filter(pk=world.fund.pk).update(sender_admitted_at=None, sender_admitted_by=None)
    return senders.admit_sender(fund_id=world.fund.pk, ctx=by(person))


def in_the_admin(field, world, person):
    """What an administrator ticks for somebody, which another one decides."""
    browser = Client()
    browser.force_login(person)
    fields = {
        "email": world.somebody.email,
        "full_name": "New",
        "is_active": "on",
        field: "on",
        "reason": "New",
    }
    browser.post(reverse("admin:blackgem_user_change", args=[world.somebody.pk]), fields)
    if not AccountChange.objects.pending().filter(account=world.somebody, becomes={field: True}).exists():
        raise Forbidden("role.insufficient", "The admin is not for this person.")


def admit_domain(world, person):
    return senders.admit_domain(name="new.example", ctx=by(person))


def make_token(world, person):
    return create_token(user=person, scope="write", days=1, name="New", ctx=by(person))


SIGHTS = (
    "Sight of a commitment in the portal, taken up",
    "Sight of a commitment in the portal, of a manager itself or not taken up",
)

MAY = {
    "Acknowledging letters for an investor in the portal": "acknowledges",
    "Managing the contacts of an investor in the portal": "manages_contacts",
}

ASKED = {
    "Role in a fund": offer_role,
    "Offer of a role": offer_role,
    **dict.fromkeys(SIGHTS, let_see),
    **{name: partial(raise_right, right) for name, right in MAY.items()},
    "Bank details": enter_bank,
    "Approval of a call": submit,
    "Words, due date or cancellation of what was issued": reword,
    "Change of a control": weaken,
    "Mailbox for notices": steer,
    "Sending letters in the fund's name": admit_sender,
    "Opening funds": partial(in_the_admin, "opens_funds"),
    "Domain of addresses for replies": admit_domain,
    "Administering the site": partial(in_the_admin, "is_superuser"),
    "API token": make_token,
}


def outcome(attempt) -> bool:
    """Whether it went through; nothing of it is left. What is refused is refused for who asks."""
    try:
        with transaction.atomic():
            attempt()
            transaction.set_rollback(True)
    except (Forbidden, NotFound):
        return False
    return True


# ---------------------------------------------------------------- deciding


def pending_in(world, kind, right=None) -> int:
    """What waits of a kind; of access, what raises a right, or what lets somebody in."""
    waiting = ControlChange.objects.pending().filter(fund=world.fund, kind=kind)
    if kind == "portal":
        contact = world.reading[right] if right else None
        read = Q(becomes__contact_id__in=[one.pk for one in world.reading.values()])
        waiting = waiting.filter(becomes__contact_id=contact.pk) if contact else waiting.exclude(read)
    return waiting.get().pk


#: What waits for another person in the fund, asked for by its manager, and how that person decides it.
DECIDED = {
    "Role in a fund": lambda world, who: approve_change(change_id=pending_in(world, "role"), ctx=by(who)),
    "Offer of a role": lambda world, who: approve_change(change_id=pending_in(world, "role"), ctx=by(who)),
    "Bank details": lambda world, who: verify_bank(BankDetails.objects.get(fund=world.fund), who),
    "Approval of a call": lambda world, who: calls.approve_call(
        call_id=CapitalCall.objects.get(fund=world.fund, status="pending_approval").pk, ctx=by(who)
    ),
    "Words, due date or cancellation of what was issued": lambda world, who: approve_change(
        change_id=pending_in(world, "capital_call"), ctx=by(who)
    ),
    "Change of a control": lambda world, who: approve_change(
        change_id=pending_in(world, "limit"), ctx=by(who)
    ),
    "Mailbox for notices": lambda world, who: approve_change(
        change_id=pending_in(world, "contact"), ctx=by(who)
    ),
    **dict.fromkeys(
        SIGHTS, lambda world, who: approve_change(change_id=pending_in(world, "portal"), ctx=by(who))
    ),
    **{
        name: lambda world, who, right=right: approve_change(
            change_id=pending_in(world, "portal", right), ctx=by(who)
        )
        for name, right in MAY.items()
    },
}

#: What administrators ask of one another (`attacks/test_accounts_by_two.py`).
OF_ACCOUNTS = {"Opening funds", "Administering the site"}


# ---------------------------------------------------------------- ending


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
