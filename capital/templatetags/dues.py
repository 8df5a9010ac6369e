"""An item's payment in words: due, partly paid, overdue by days, paid, cancelled. The same for everybody."""

from datetime import datetime
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from blackgem.shapes import SHAPES, status_of
from capital.calc.dues import days_overdue, due_state

register = template.Library()


@register.simple_tag
def due_status(item, at: datetime, large: bool = False) -> SafeString:
    """Of an item with its call and roll-up, on its fund's day at this moment."""
    days = days_overdue(item.capital.due_on, item.capital.outstanding, item.call.fund.day_of(at))
    return due_words(
        item.capital.status, item.capital.called, days, item.call.cancelled_at is not None, large
    )


@register.simple_tag
def due_words(
    payment: str, called: Decimal, days: int, is_cancelled: bool = False, large: bool = False
) -> SafeString:
    """Of a payment status, what is called by now, and the number of days overdue."""
    state = due_state(payment=payment, days=days, called=called, is_cancelled=is_cancelled)
    word, tone, shape = status_of("due", state)
    late = f" by {days} day{'' if days == 1 else 's'}" if days and not is_cancelled else ""
    size = " status-large" if large else ""
    return format_html(
        '<span class="status status-{}{}">{}{}{}</span>', tone, size, SHAPES[shape], word, late
    )
