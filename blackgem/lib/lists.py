"""Lists as people use them: narrowed to what, in which columns and order; the same as a file, and kept by a name.

All of it stands in the address of the list, so that a link shows what its sender saw, by the reader's own rights.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django import forms
from django.apps import apps
from django.core.paginator import Page
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from blackgem.lib import export
from blackgem.lib.days import day_in_words
from blackgem.lib.registry import declare

#: What the address of a list says besides its filter.
SORT, COLUMNS, PAGE = "sort", "columns", "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListColumn:
    """One column. `name` is what addresses call it, and the key that it is sorted by if it `sorts`; `total` the field
    of a row of totals that stands beneath it; `files` the headers of the export that go with it. One that is not
    `usual` is shown to those who choose it. On a phone it stands where `phone` says: name, note, amount or state.
    """

    name: str
    label: str
    sorts: bool = False
    numeric: bool = False
    wraps: bool = False
    usual: bool = True
    total: str = ""
    files: tuple[str, ...] = ()
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKind:
    """One list: the names of its page's URL and of its export's, what a row is called, what order it has by itself;
    whether a row leads where its first link does, and whether it is narrowed from the start, so that an empty one is no
    empty place."""

    page: str
    noun: str
    columns: tuple[ListColumn, ...]
    sort: str
    export: str = ""
    plural: str = ""
    rows_link: bool = True
    always_narrows: bool = False

    @property
    def rows(self) -> str:
        return self.plural or f"{self.noun}s"


class Chip(NamedTuple):
    """One thing that a list is narrowed to, and the address of the list without it."""

    label: str
    value: str
    without: str


#: Each list by the name of its page's URL.
_KINDS: dict[str, ListKind] = {}


def register_list(kind: ListKind) -> ListKind:
    declare(_KINDS, {kind.page: kind})
    return kind


def kind_of(page: str) -> ListKind | None:
    return _KINDS.get(page)


@dataclass
class Listing:
    """What the template of a list draws. `hidden` are columns that say nothing here, `totals` rows with a currency and
    the fields that columns name; `has_buttons` where each row ends with one cell more."""

    kind: ListKind
    request: HttpRequest
    form: forms.Form
    page: Page
    totals: Sequence[Any] = ()
    hidden: frozenset[str] = frozenset()
    has_buttons: bool = False

    @property
    def sort(self) -> str:
        return sort_of(self.request, self.kind)

    @property
    def layout(self) -> str:
        """For HTMX only the list, without the page around it."""
        return "list_alone.html" if getattr(self.request, "htmx", False) else "manager_layout.html"

    @cached_property
    def columns(self) -> list[ListColumn]:
        chosen = chosen_columns(self.request, self.kind)
        return [column for column in self.kind.columns if column in chosen and column.name not in self.hidden]

    @property
    def choices(self) -> list[tuple[ListColumn, bool]]:
        """Every column but the first, which is always there, and whether it is shown."""
        offered = [column for column in self.kind.columns[1:] if column.name not in self.hidden]
        return [(column, column in self.columns) for column in offered]

    @property
    def narrowed_by(self) -> list[forms.BoundField]:
        """The fields to narrow by, without those of which the form says that they narrow nothing."""
        pointless = getattr(self.form, "pointless", ())
        return [bound for bound in self.form if bound.name not in pointless]

    @cached_property
    def chips(self) -> list[Chip]:
        cleaned = getattr(self.form, "cleaned_data", {})
        found = ((bound, _said(bound, cleaned.get(bound.name))) for bound in self.form)
        return [
            Chip(str(bound.label), said, self.address(without=bound.name)) for bound, said in found if said
        ]

    @property
    def is_narrowed(self) -> bool:
        return any(self.request.GET.get(name) for name in self.form.fields)

    @property
    def has_totals(self) -> bool:
        return bool(self.totals) and any(column.total for column in self.columns)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form that narrows keeps of the address: the columns."""
        return [(COLUMNS, name) for name in self.request.GET.getlist(COLUMNS)]

    @property
    def narrowing(self) -> list[tuple[str, str]]:
        """What the form that chooses columns keeps of the address: the filter and the order."""
        query = self.request.GET
        keys = [key for key in query if key not in (COLUMNS, PAGE)]
        return [(key, value) for key in keys for value in query.getlist(key) if value]

    @property
    def orders(self) -> list[tuple[str, str]]:
        """The orders that a phone offers, which shows no heads: sort key and words."""
        sorting = [column for column in self.kind.columns if column.sorts and column.name not in self.hidden]
        both = ((column, sign) for column in sorting for sign in ("", "-"))
        words = {"": "ascending", "-": "descending"}
        return [(f"{sign}{column.name}", f"{column.label}, {words[sign]}") for column, sign in both]

    @property
    def views(self) -> list:
        """The filters of this list that the person keeps by a name."""
        rows = apps.get_model("blackgem", "SavedView").objects.filter(user=self.request.user)
        return list(rows.filter(page=self.kind.page).order_by("name"))

    @property
    def query(self) -> str:
        """What the address says, page aside."""
        return self.address().removeprefix("?")

    def address(self, *, without: str = "") -> str:
        query = self.request.GET.copy()
        for name in (PAGE, without):
            query.pop(name, None)
        for name in [name for name in query if not any(query.getlist(name))]:
            query.pop(name)
        return f"?{query.urlencode()}"


def _said(bound: forms.BoundField, value) -> str:
    """A value of the filter in words; empty where it narrows nothing."""
    if value in (None, ""):
        return ""
    if isinstance(value, date):
        return day_in_words(value)
    choices = getattr(bound.field, "choices", None)
    if choices is None or isinstance(bound.field, forms.ModelChoiceField):
        return str(value)
    return str(dict(choices).get(value, value))


def sort_of(request: HttpRequest, kind: ListKind) -> str:
    return request.GET.get(SORT) or kind.sort


def chosen_columns(request: HttpRequest, kind: ListKind) -> list[ListColumn]:
    """The columns that the address names, or the usual ones. The first is always there; unknown names are passed over,
    as a link may be older than a list."""
    names = set(request.GET.getlist(COLUMNS)) & {column.name for column in kind.columns}
    rest = [column for column in kind.columns[1:] if (column.name in names if names else column.usual)]
    return [kind.columns[0], *rest]


def as_file(
    request: HttpRequest, kind: ListKind, columns: Sequence[export.Column], rows: Iterable[Sequence]
) -> tuple[list[export.Column], Iterator[tuple]]:
    """The columns and rows of an export: all of them, or, where the address chooses columns, those that go with them.

    What no column of the list stands for stays: currencies, and what tells rows apart.
    """
    if not request.GET.getlist(COLUMNS):
        return list(columns), map(tuple, rows)
    chosen = {header for column in chosen_columns(request, kind) for header in column.files}
    left = {header for column in kind.columns for header in column.files} - chosen
    places = [place for place, column in enumerate(columns) if column.header not in left]
    return [columns[place] for place in places], (tuple(row[place] for place in places) for row in rows)


def query_to_keep(text: str, kind: ListKind) -> str:
    """A filter as it is kept: without its page, in one spelling. Names that no list has are left out."""
    query = QueryDict(text, mutable=True)
    query.pop(PAGE, None)
    for name in [name for name in query if not any(query.getlist(name))]:
        query.pop(name)
    return query.urlencode()


def address_of(kind: ListKind, query: str) -> str:
    return f"{reverse(kind.page)}?{query}" if query else reverse(kind.page)
