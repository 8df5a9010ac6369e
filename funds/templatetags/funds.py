"""How pages write what belongs to funds."""

from django import template

from funds.calc import bank_numbers
from funds.methods import METHODS
from funds.queries.ledger import PURPOSES

register = template.Library()

register.filter("masked", bank_numbers.masked)


@register.filter
def purpose(line_kind: str) -> str:
    """What a contribution was for, in words; nothing for a row that has no such kind."""
    return PURPOSES.get(line_kind, line_kind)


@register.filter
def payment_method(value: str) -> str:
    """How money came, in words; a method that came through the API is shown as it was given."""
    return dict(METHODS).get(value) or value.capitalize()
