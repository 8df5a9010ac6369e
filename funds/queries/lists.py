"""What every list does: sort by what is allowed, and page."""

from django.core.paginator import Page, Paginator
from django.db.models import Count, Window

from blackgem.lib.errors import InvalidInput, NotFound

#: Rows of a list that says nothing else.
PER_PAGE = 50


class Shortened(list):
    """The first rows of a longer list, which says of how many: `total`."""

    def __init__(self, rows, total: int):
        super().__init__(rows)
        self.total = total

    @classmethod
    def of(cls, rows: list) -> "Shortened":
        """The rows of `cut`."""
        return cls(rows, rows[0].in_all if rows else 0)

    @property
    def is_cut(self) -> bool:
        return len(self) < self.total


#: How many rows a list has before it is cut, for `Shortened`.
IN_ALL = Window(Count("pk"))


def cut(rows, most: int | None):
    """The query of the first `most` rows of an ordered one, or of all where that is None, each with `in_all`."""
    return rows.annotate(in_all=IN_ALL)[:most]


def shortened(rows, most: int | None) -> Shortened:
    """The first `most` rows of an ordered list, or all where that is None. One statement."""
    return Shortened.of(list(cut(rows, most)))


class Counted(Paginator):
    """A paginator that may be told how many rows there are, to spare the database the counting."""

    def __init__(self, rows, per_page, *, count=None):
        super().__init__(rows, per_page)
        if count is not None:
            self.count = count


def page_of(rows, per_page, number, *, count=None) -> Page:
    """One page of a list, `number` as it was asked for (None: the first). Raises NotFound for one that is not there."""
    pages, number = Counted(rows, per_page, count=count), number or "1"
    if not (
        number.isascii() and number.isdecimal() and len(number) < 10 and 1 <= int(number) <= pages.num_pages
    ):
        raise NotFound("page.out_of_range", "The list has no such page.")
    return pages.page(number)


def nearest_page_of(rows, per_page, number, *, count=None) -> Page:
    """One page of the rows within a page that changes under one's hands: the nearest there is."""
    return Counted(rows, per_page, count=count).get_page(number)


def order_of(sort: str, sorts: dict[str, str]) -> list[str]:
    """`sort` ("name", "-paid") as an ordering by its column, then by id.

    Raises InvalidInput("ordering.not_allowed") for what is not among `sorts`.
    """
    column = sorts.get(sort.removeprefix("-"))
    if column is None:
        raise InvalidInput("ordering.not_allowed", "The list cannot be sorted by that.")
    return [f"-{column}" if sort.startswith("-") else column, "pk"]
