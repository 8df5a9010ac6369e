"""Calls by which bank details are verified: to a number that was on file long before."""

from datetime import UTC, datetime

from django.utils import timezone

from funds.models import BankDetails, PhoneNumber
from funds.services.call_backs import CallMade
from tests.support.opened import written

ON_FILE = datetime(2020, 1, 15, 12, tzinfo=UTC)
NUMBER = "+1 212 555 0100"


def number_on_file(details, number: str = NUMBER) -> PhoneNumber:
    """A number of the partner, or of those who know the fund's own account."""
    partner = None if isinstance(details, BankDetails) else details.commitment_id
    known = {"fund_id": details.fund_id, "commitment_id": partner, "number": number}
    with written():
        return PhoneNumber.objects.get_or_create(
            **known,
            defaults={"person_name": "Ann", "recorded_at": ON_FILE, "recorded_by": details.created_by},
        )[0]


def called(details, at: datetime, **said) -> CallMade:
    """A call at a moment."""
    facts = {"spoke_to": "Ann", "called_at": at} | said
    return CallMade(number_id=number_on_file(details).pk, **facts)


def typed(details, **said) -> dict:
    """What is typed into the page of a decision, of details that wait in a fund whose clock is UTC."""
    number = number_on_file(details)
    siblings = BankDetails.objects.verified().filter(fund=details.fund_id)
    first = isinstance(details, BankDetails) and not siblings.exists()
    return {
        "number": number.number if first else number.pk,
        "spoke_to": "Ann",
        "called_at": f"{timezone.now():%Y-%m-%dT%H:%M}",
        "outcome": "confirmed",
    } | said
