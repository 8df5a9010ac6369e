"""Heads and cells of lists."""

from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
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


class _Cells(template.Node):
    """The cells of one row. Which of them a column has is looked up, not asked cell by cell: a list has many."""

    def __init__(self, cells: dict[str, NodeList], others: NodeList):
        self.cells, self.others = cells, others

    def render(self, context: Context) -> SafeString:
        kind, role = "th", 'scope="row" role="rowheader"'
        drawn = []
        with context.push():
            for column in context["listing"].columns:
                context["column"] = column
                content = self.cells.get(column.name, self.others).render(context).strip()
                drawn.append(f"<{kind} {role}{cell_class(column)}>{content}</{kind}>")
                kind, role = "td", 'role="cell"'
        # Safe by its parts: drawn templates, and words of ours.
        return SafeString("".join(drawn))


@register.tag
def cells(parser: Parser, token: Token) -> _Cells:
    """What stands in each column of a row: `cells`, a `cell "name"` for each, `others` for the rest, `endcells`.
    Context: listing, row; within a cell also column."""
    drawn, others = {}, NodeList()
    parser.parse(("cell", "endcells"))
    while (found := parser.next_token().split_contents())[0] != "endcells":
        content = parser.parse(("cell", "others", "endcells"))
        if found[0] == "cell":
            drawn[found[1].strip('"')] = content
        else:
            others = content
    return _Cells(drawn, others)


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
