"""What was asked and answered about an investor's part of a call or distribution."""

from funds.models import InvestorContact, PartMessage
from portal.reader import Reader


def thread_of(reader: Reader, kind: str, item) -> list[PartMessage]:
    """Oldest first, each with its `author`: the contact who asked, or the fund. People who work for a fund are not
    named, nor is who is no contact any more."""
    messages = PartMessage.objects.filter(
        commitment__in=reader.commitments, kind=kind, item_id=item.pk
    ).order_by("pk")
    thread = list(messages)
    if thread:
        contacts = InvestorContact.objects.filter(investor=item.commitment.investor_id, user__isnull=False)
        names = dict(contacts.values_list("user", "name"))
    for one in thread:
        one.author = "The fund" if one.from_fund else names.get(one.written_by_id, "A former contact")
    return thread
