"""What was asked and answered about an investor's part of a call or distribution."""

from collections.abc import Iterable

from django.db.models import QuerySet

from funds.models import InvestorContact, PartMessage
from portal.reader import Reader


def messages_of(reader: Reader) -> QuerySet[PartMessage]:
    """Everything about parts of calls and distributions that this person sees; unordered."""
    return PartMessage.objects.filter(commitment__in=reader.commitments)


def thread_of(reader: Reader, kind: str, item) -> list[PartMessage]:
    """What was said about one part, oldest first, each with its `author`."""
    thread = messages_of(reader).filter(kind=kind, item_id=item.pk).order_by("pk")
    return with_authors(thread.select_related("commitment"))


def with_authors(rows: Iterable[PartMessage]) -> list[PartMessage]:
    """Each with its `author`: the contact who asked, or the fund. People who work for a fund are not named, nor is who
    is no contact any more."""
    messages = list(rows)
    investors = {one.commitment.investor_id for one in messages}
    contacts = InvestorContact.objects.filter(investor__in=investors, user__isnull=False)
    names = {
        (investor, user): name for investor, user, name in contacts.values_list("investor", "user", "name")
    }
    for one in messages:
        asked_by = names.get((one.commitment.investor_id, one.written_by_id), "A former contact")
        one.author = "The fund" if one.from_fund else asked_by
    return messages
