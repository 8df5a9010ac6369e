"""What the checks before letters read of a fund and its investors."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from blackgem.lib.letter_fonts import Unprintable, check_printable
from funds.calc.checks import Bank
from funds.models import Fund, FundMembership, InvestorContact


def accounts_of(fund: Fund) -> QuerySet:
    """When each of the accounts to pay to was verified, or None, without those that were rejected."""
    return fund.bank_details.filter(rejected_at__isnull=True).values_list("verified_at", flat=True)


def bank_of(accounts: Iterable[datetime | None]) -> Bank:
    """What is known of the account that investors are to pay to, from `accounts_of` a fund."""
    verified = [at is not None for at in accounts]
    if any(verified):
        return Bank.VERIFIED
    return Bank.UNVERIFIED if verified else Bank.MISSING


def mails_of(investor: str, kind: str) -> ArraySubquery:
    """The addresses that letters of this kind go to, of the investor whose id stands at this path of the query."""
    gets = {"takes_notices": True, InvestorContact.GETS[kind]: True}
    contacts = InvestorContact.objects.filter(investor=OuterRef(investor), **gets)
    return ArraySubquery(contacts.order_by("pk").values("email"))


def run_by(fund_id: int) -> ArraySubquery:
    """The addresses of who runs the fund, as a part of another query."""
    members = FundMembership.objects.filter(fund=fund_id, role=FundMembership.Role.MANAGER)
    return ArraySubquery(members.order_by("pk").values("user__email"))


def unprintable(texts: Iterable[str]) -> list[str]:
    """A sentence for each of these texts that no letter can print."""
    return [sentence for text in dict.fromkeys(texts) for sentence in _unprintable(text)]


def _unprintable(text: str) -> list[str]:
    try:
        check_printable([text])
    except Unprintable as error:
        return [error.message]
    return []
