"""Rights, given and decided by whoever tries: what `test_rights.py` walks."""

from dataclasses import dataclass
from functools import partial
from itertools import product

from django.db import transaction
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from blackgem.http.tokens import create_token
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Forbidden, NotFound
from blackgem.models import AccountChange, User
from capital.models import CapitalCall
from capital.services import calls
from funds.models import (
    BankDetails,
    Commitment,
    ControlChange,
    Fund,
    InvestorContact,
    PortalGrant,
)
from funds.queries.contact_rights import SEES, rights_shown, seen_of
from funds.services import bank, contacts, senders
from funds.services.contact_rights import set_rights
from funds.services.controls import approve_change
from funds.services.funds import change_fund
from funds.services.invitations import invite_contact, invite_member
from tests.factories import (
    AdminFactory,
    CommitmentFactory,
    ContactFactory,
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
