"""Rows of a form's lists, added and removed without a script: a button posts the form, and it comes back changed."""

from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

MOST = 200


class FormOfRows:
    """Several forms that are sent as one, of which a service says what is wrong with each: `rows.<place>.<name>`.

    `above` is the form above the rows, `filled` are the forms of those that are sent to the service, in its order.
    """

    above: forms.Form
    filled: list

    @property
    def fields(self) -> dict:
        """Every field under the name by which a service refuses it."""
        return {
            f"rows.{place}.{name}": field
            for place, form in enumerate(self.filled)
            for name, field in form.fields.items()
        }

    def add_error(self, name: str | None, error: ValidationError) -> None:
        """Put an error beside its cell, or above the table."""
        if name is None:
            self.above.add_error(None, error)
            return
        _, place, column = name.split(".")
        self.filled[int(place)].add_error(column, error)


def with_rows(posted: QueryDict, lists: Mapping[str, int], *, step: int = 1) -> QueryDict:
    """What was posted, with rows added or removed as `do` asks: add_line, remove_line:1, ….

    `lists` are the prefixes, each with the rows it has where nothing says so; `step` is how many are added at once.
    """
    data = posted.copy()
    for prefix, rows in lists.items():
        data.setdefault(f"{prefix}-TOTAL_FORMS", str(rows))
        data.setdefault(f"{prefix}-INITIAL_FORMS", "0")
    verb, _, rest = data.get("do", "").partition("_")
    prefix, _, place = rest.partition(":")
    if prefix in lists:
        if verb == "add":
            data[f"{prefix}-TOTAL_FORMS"] = str(min(row_count(data, prefix) + step, MOST))
        elif verb == "remove" and place.isdecimal() and len(place) < 5:
            remove_row(data, prefix, int(place))
    return data


def remove_row(data: QueryDict, prefix: str, place: int) -> None:
    """Take one row out and let those behind it move up."""
    count = row_count(data, prefix)
    if place >= count:
        return
    names = {name.split("-", 2)[2] for name in data if _is_row(name, prefix)}
    for index in range(place, count):
        for name in names:
            following = data.pop(f"{prefix}-{index + 1}-{name}", None)
            data.pop(f"{prefix}-{index}-{name}", None)
            if following is not None:
                data.setlist(f"{prefix}-{index}-{name}", following)
    data[f"{prefix}-TOTAL_FORMS"] = str(count - 1)


def _is_row(name: str, prefix: str) -> bool:
    parts = name.split("-", 2)
    return len(parts) == 3 and parts[0] == prefix and parts[1].isdecimal()


def row_count(data: QueryDict, prefix: str) -> int:
    """How many rows a list says to have, at most `MOST`."""
    cleaned = data.get(f"{prefix}-TOTAL_FORMS", "")
    return min(int(cleaned), MOST) if cleaned.isdecimal() and len(cleaned) < 5 else 0
