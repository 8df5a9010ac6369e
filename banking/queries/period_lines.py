"""The lines of a period's check list on banks: statements reach its last day, and what they booked is settled."""

from django.db.models import Max, Q
from django.urls import reverse

from banking.models import BankAccount, BankEntry
from banking.queries.settled import settled_by, with_settled
from blackgem.lib.days import day_in_words
from funds.models import Fund
from funds.queries.period_checks import Check, CheckState, register_check
from funds.queries.periods import Span


def _statements_reach(fund: Fund, span: Span) -> Check:
    label, link = "Bank statements reach the last day", reverse("banking:bank", args=[fund.pk])
    proved = Q(statements__balance="proved")
    accounts = BankAccount.objects.filter(fund=fund).annotate(
        until=Max("statements__last_day", filter=proved)
    )
    short = list(accounts.filter(Q(until__lt=span.last_day) | Q(until=None)).order_by("pk"))
    if not short:
        return Check("bank", label, *_all_said(accounts), link)
    said = "; ".join(
        f"{one.masked} {f'ends on {day_in_words(one.until)}' if one.until else 'has no statement that adds up'}"
        for one in short
    )
    return Check("bank", label, CheckState.MISSING, f"{said}.", link)


def _all_said(accounts) -> tuple[CheckState, str]:
    if accounts.exists():
        return CheckState.DONE, "The statements of every account add up, to the last day."
    return CheckState.NOT_NEEDED, "No account of the fund is registered."


def _entries_are_settled(fund: Fund, span: Span) -> Check:
    label, link = "What the bank booked is settled", reverse("banking:bank", args=[fund.pk])
    booked = BankEntry.objects.filter(
        fund=fund, status=BankEntry.Status.BOOKED, value_date__lte=span.last_day
    )
    left = sum(settled_by(one) is None for one in with_settled(booked.filter(posting=None)))
    if left:
        said = "1 entry is not settled." if left == 1 else f"{left} entries are not settled."
        return Check("bank_entries", label, CheckState.MISSING, said, link, required=False)
    if not booked.exists():
        return Check(
            "bank_entries", label, CheckState.NOT_NEEDED, "Nothing was booked.", link, required=False
        )
    return Check("bank_entries", label, CheckState.DONE, "Every entry is settled.", link, required=False)


register_check("bank", 40, _statements_reach)
register_check("bank_entries", 50, _entries_are_settled)
