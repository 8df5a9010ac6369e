"""What the checks before letters read of a fund and its investors."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from blackgem.lib.letter_fonts import Unprintable, check_printable
from funds.calc.checks import Bank
from funds.models import Fund, InvestorContact


def accounts_of(fund: Fund) -> QuerySet:
    """When each of the accounts to pay to was verified, or None, without those that were rejected."""
    return fund.bank_details.filter(rejected_at__isnull=True).values_list("verified_at", flat=True)


def bank_of(accounts: Iterable[datetime | None]) -> Bank:
    """What is known of the account that investors are to pay to, from `accounts_of` a fund."""
    verified = [at is not None for at in accounts]
    if any(verified):
        return Bank.VERIFIED
    return Bank.UNVERIFIED if verified else Bank.MISSING


def takes_notices(investor: str) -> Exists:
    """Whether somebody takes notices for the investor whose id stands at this path of the query."""
    return Exists(InvestorContact.objects.filter(investor=OuterRef(investor), takes_notices=True))


def unprintable(texts: Iterable[str]) -> list[str]:
    """A sentence for each of these texts that no letter can print."""
    return [sentence for text in dict.fromkeys(texts) for sentence in _unprintable(text)]


def _unprintable(text: str) -> list[str]:
    try:
        check_printable([text])
    except Unprintable as error:
        return [error.message]
    return []
