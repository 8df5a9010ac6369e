"""Lists: a page of rows, and how many rows there are in all."""

from django.db.models import QuerySet

from blackgem.http.schemas import Filters, whole_number
from blackgem.lib.errors import NotFound

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


class Paged(Filters):
    """Which page of a list: `page` counts from 1."""

    page: whole_number(1, 10**9) = 1
    limit: whole_number(1, MAX_PAGE_SIZE) = PAGE_SIZE


def page_of(rows: QuerySet, asked: Paged) -> tuple[list, int]:
    """The rows of the page, in the order of `rows`, and the total. NotFound for a page behind the last."""
    total = rows.count()
    shown = _place(asked, total)
    return list(rows[shown]) if total else [], total


def part_of(rows: list, asked: Paged) -> tuple[list, int]:
    """The same of what was worked out whole."""
    return rows[_place(asked, len(rows))], len(rows)


def _place(asked: Paged, total: int) -> slice:
    first = (asked.page - 1) * asked.limit
    if first and first >= total:
        raise NotFound("page.out_of_range", "The list is not that long.")
    return slice(first, first + asked.limit)
