"""Contacts with what stands about their way into the portal."""

from django.db.models import OuterRef, Prefetch, Subquery

from funds.models import Fund, Investor, InvestorContact, Invitation, PortalGrant


def contacts_of(investor: Investor, user, *, at) -> list[InvestorContact]:
    """An investor's contacts by name, each with `invited_until`: when its open invitation ends, or None; and `sees`:
    what it was granted in the funds that this person works for."""
    open_ones = Invitation.objects.open(at=at).filter(contact=OuterRef("pk")).order_by("-pk")
    contacts = investor.contacts.annotate(invited_until=Subquery(open_ones.values("expires_at")[:1]))
    granted = PortalGrant.objects.in_force().filter(commitment__fund__in=Fund.objects.visible_to(user))
    granted = granted.select_related("commitment__fund", "granted_by").order_by("commitment__fund__name")
    return list(
        contacts.prefetch_related(Prefetch("portal_grants", granted, to_attr="sees")).order_by("name", "pk")
    )


def grants_to_confirm(fund: Fund) -> list[PortalGrant]:
    """What people who manage the fund no longer let contacts see: for a manager to confirm, or to end."""
    rows = PortalGrant.objects.to_confirm().filter(commitment__fund=fund)
    return list(
        rows.select_related("contact", "commitment__investor", "granted_by").order_by("contact__name", "pk")
    )
