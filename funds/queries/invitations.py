"""Contacts with what stands about their way into the portal."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat

from funds.access import Role, access_waiting
from funds.models import Commitment, Fund, Investor, InvestorContact, Invitation, PortalGrant

_RIGHTS = Case(
    When(manages_contacts=True, then=Value(" (manages contacts)")),
    When(acknowledges=False, then=Value(" (reads only)")),
    default=Value(""),
)
_STANDING = Case(When(granter_manages=False, then=Value(" (to be confirmed)")), default=Value(""))


def contacts_of(investor: Investor, user, *, at) -> QuerySet[InvestorContact]:
    """An investor's contacts by name, each with `invited_until`: when its open invitation ends, or None; and of the
    funds that this person works for, in which it `sees` the commitment, in words, whether that `waits` in any, and
    whether this person may let it see `more`."""
    funds = Fund.objects.visible_to(user)
    open_ones = Invitation.objects.open(at=at).filter(contact=OuterRef("pk")).order_by("-pk")
    granted = PortalGrant.objects.in_force().filter(contact=OuterRef("pk"))
    told = granted.filter(commitment__fund__in=funds).annotate(
        told=Concat("commitment__fund__code", _RIGHTS, _STANDING)
    )
    contacts = investor.contacts.annotate(
        invited_until=Subquery(open_ones.values("expires_at")[:1]),
        sees=ArraySubquery(told.order_by("commitment__fund__name").values("told")),
        waits=Exists(access_waiting(OuterRef("pk")).filter(fund__in=funds)),
        more=Exists(
            commitments_to_grant(user, investor=OuterRef("investor"), contact=OuterRef(OuterRef("pk")))
        ),
    )
    return contacts.order_by("name", "pk")


def commitments_to_grant(by, *, investor, contact):
    """The commitments of an investor to the funds that this person manages which the contact does not see, or by the
    word of somebody who manages the fund no longer; not what waits for another person. Ids, or references to them."""
    managed = Commitment.objects.filter(investor=investor, fund__in=Fund.objects.run_by(by, Role.MANAGER))
    standing = PortalGrant.objects.with_standing().filter(contact=contact, granter_manages=True)
    return managed.exclude(
        Exists(standing.filter(commitment=OuterRef("pk")))
        | Exists(access_waiting(contact).filter(fund=OuterRef("fund")))
    )


def grants_to_confirm(fund: Fund) -> list[PortalGrant]:
    """What people who manage the fund no longer let contacts see: for a manager to confirm, or to end."""
    rows = PortalGrant.objects.to_confirm().filter(commitment__fund=fund)
    return list(
        rows.select_related("contact", "commitment__investor", "granted_by").order_by("contact__name", "pk")
    )
