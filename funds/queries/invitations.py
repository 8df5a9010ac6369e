"""Contacts with what stands about their way into the portal."""

from django.db.models import OuterRef, Subquery

from funds.models import Investor, Invitation


def contacts_of(investor: Investor, *, at):
    """An investor's contacts by name, each with `invited_until`: when its open invitation ends, or None."""
    open_ones = Invitation.objects.open(at=at).filter(contact=OuterRef("pk")).order_by("-pk")
    contacts = investor.contacts.annotate(invited_until=Subquery(open_ones.values("expires_at")[:1]))
    return contacts.order_by("name", "pk")
