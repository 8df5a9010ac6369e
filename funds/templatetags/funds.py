"""How pages write what belongs to funds."""

from django import template

from funds.calc import bank_numbers
from funds.queries.ledger import PURPOSES

register = template.Library()

register.filter("masked", bank_numbers.masked)


@register.filter
def purpose(line_kind: str) -> str:
    """What a contribution was for, in words; nothing for a row that has no such kind."""
    return PURPOSES.get(line_kind, line_kind)
