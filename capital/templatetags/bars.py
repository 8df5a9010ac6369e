"""How far a commitment or an allocation is, as a bar."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django import template

from blackgem.templatetags.blackgem import bar_width, money_text

register = template.Library()

_PARTS = {
    "deals": (("Funded", "fill-funded"), ("Outstanding", "fill-outstanding"), ("Uncalled", "fill-uncalled")),
    "partners": (("Paid", "fill-paid"), ("Outstanding", "fill-outstanding"), ("Unfunded", "fill-unfunded")),
}


@register.inclusion_tag("capital/capital_bar.html")
def capital_bar(
    funded: Decimal,
    outstanding: Decimal,
    uncalled: Decimal,
    currency: str,
    words: str = "deals",
    legend: bool = False,
    large: bool = False,
) -> dict[str, Any]:
    """Where a commitment stands: paid in, called but not paid, not called. `words`: deals or partners."""
    amounts = (funded, outstanding, uncalled)
    whole = sum(amounts, Decimal(0))
    named = list(zip(_PARTS[words], amounts, strict=True))
    return {
        "parts": [
            {
                "label": label,
                "css": css,
                "amount": amount,
                "x": bar_width(before, whole),
                "width": bar_width(amount, whole),
            }
            for ((label, css), amount), before in zip(named, _running(amounts), strict=True)
        ],
        "label": ", ".join(f"{label} {money_text(amount, currency)}" for (label, _), amount in named),
        "currency": currency,
        "legend": legend,
        "large": large,
    }


def _running(amounts: Iterable[Decimal]) -> list[Decimal]:
    """What lies before each amount."""
    return [Decimal(0), *accumulate(amounts)][:-1]
