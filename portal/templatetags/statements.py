"""How the figures of a statement are printed."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django import template

from blackgem.lib.money import format_money
from portal.calc.facts import Period, Statement

register = template.Library()

NOTHING = "–"
REASONS = {
    "no_sign_change": "No money has gone both ways yet",
    "no_root_in_domain": "No rate explains these flows",
    "multiple_roots": "Several rates explain these flows; this is the one nearest 10%",
}


@register.filter
def cash(amount: Decimal | None, currency: str) -> str:
    """An amount, negative in parentheses; nothing, and zero, is a dash."""
    return format_money(amount, currency) if amount else NOTHING


@register.filter
def exact(amount: Decimal, currency: str) -> str:
    """An amount, zero as well."""
    return format_money(amount, currency)


@register.filter
def hang(amount: Decimal | None) -> str:
    """A class that lets the closing parenthesis hang, so that decimals stand under each other."""
    return "negative" if amount is not None and amount < 0 else ""


@register.filter
def reason_in_words(reason: str | None) -> str:
    """Why there is no single rate of return; nothing where there is one."""
    return REASONS.get(reason or "", "")


@register.filter
def beside(periods: Sequence[Period], amounts: Sequence[Decimal]) -> Iterator[tuple[Period, Decimal]]:
    """Each period with its amount of a step."""
    return zip(periods, amounts, strict=True)


@register.filter
def position(statement: Statement) -> list[tuple[str, Decimal, bool]]:
    """The account in the order in which it is read: label, amount, whether it sums up what stands before."""
    outside, undue = statement.called - statement.called_within, statement.not_yet_due
    rows = [
        ("Commitment", statement.committed, False),
        (
            "Called within the commitment, and due" if undue else "Called within the commitment",
            -statement.within_and_due,
            False,
        ),
        ("Recallable distributions", statement.recallable, False),
        (
            "Unfunded commitment, by due date" if undue else "Unfunded commitment",
            statement.unfunded_by_due_date,
            True,
        ),
        ("Called, not yet due", -undue, False),
        ("May still be called", statement.unfunded, True),
        ("Called, in all" if outside else "Called", statement.called, False),
        ("Paid in", -statement.paid, False),
        ("Interest to earlier partners", statement.interest_owed, False),
        ("To be refunded to you", statement.to_refund, False),
        ("Outstanding", statement.outstanding, True),
        ("Distributions declared", statement.declared, False),
        ("Paid out to you", -statement.distributed, False),
        ("Declared, not yet paid out", statement.payable, True),
    ]
    left_out = set() if statement.recallable else {"Recallable distributions"}
    left_out |= set() if statement.interest_owed else {"Interest to earlier partners"}
    left_out |= set() if statement.to_refund else {"To be refunded to you"}
    left_out |= set() if undue else {"Called, not yet due", "May still be called"}
    return [row for row in rows if row[0] not in left_out]
