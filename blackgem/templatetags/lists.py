"""Heads and cells of lists."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from blackgem.lib.lists import ListColumn
from blackgem.templatetags.blackgem import sort_header

register = template.Library()


@register.inclusion_tag("components/list_head.html", takes_context=True)
def list_head(context: Context, column: ListColumn) -> dict[str, Any]:
    """The head of a column, which sorts where the column does."""
    listing = context["listing"]
    head = {"column": column, "label": column.label, "numeric": column.numeric}
    if not column.sorts:
        return head
    with context.push(sort=listing.sort):
        return head | sort_header(context, column.label, column.name, column.numeric)


_CLASSES: dict[ListColumn, SafeString] = {}


@register.filter
def cell_class(column: ListColumn) -> SafeString:
    """How the cells of a column are set, as an attribute; on a phone, where."""
    if column not in _CLASSES:
        names = ["number"] if column.numeric else []
        names += ["wrap"] if column.wraps else []
        names += [f"phone-{column.phone}"] if column.phone else ["not-on-phone"]
        # Safe by its parts: words of ours.
        _CLASSES[column] = SafeString(f' class="{" ".join(names)}"')
    return _CLASSES[column]


@register.filter
def figure(row, name: str):
    """A figure of a row of totals by its name."""
    return row[name] if isinstance(row, dict) else getattr(row, name)
