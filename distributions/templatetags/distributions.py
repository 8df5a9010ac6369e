"""How unrounded amounts are written on a page."""

from decimal import ROUND_HALF_EVEN, Decimal

from django import template

register = template.Library()
_SHOWN = Decimal("0.000001")


@register.filter
def unrounded(amount: Decimal) -> str:
    """An exact amount to six decimals, digits grouped: 1,234.567891."""
    return f"{amount.quantize(_SHOWN, rounding=ROUND_HALF_EVEN):,f}"
