"""Rows of a form's lists, added and removed without a script: a button posts the form, and it comes back changed."""

from django.http import QueryDict

MOST = 200
#: How many rows a list has where nothing says so.
DEFAULT_ROWS = {"line": 1, "excuse": 0}


def with_rows(posted: QueryDict) -> QueryDict:
    """What was posted, with the row added or removed that `do` asks for: add_line, remove_line:1, add_excuse, …"""
    data = posted.copy()
    for prefix, rows in DEFAULT_ROWS.items():
        data.setdefault(f"{prefix}-TOTAL_FORMS", str(rows))
        data.setdefault(f"{prefix}-INITIAL_FORMS", "0")
    verb, _, rest = data.get("do", "").partition("_")
    prefix, _, place = rest.partition(":")
    if prefix in DEFAULT_ROWS:
        if verb == "add":
            data[f"{prefix}-TOTAL_FORMS"] = str(min(_count(data, prefix) + 1, MOST))
        elif verb == "remove" and place.isdecimal() and len(place) < 5:
            _remove(data, prefix, int(place))
    return data


def _remove(data: QueryDict, prefix: str, place: int) -> None:
    """Take one row out and let those behind it move up."""
    count = _count(data, prefix)
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


def _count(data: QueryDict, prefix: str) -> int:
    cleaned = data.get(f"{prefix}-TOTAL_FORMS", "")
    return min(int(cleaned), MOST) if cleaned.isdecimal() and len(cleaned) < 5 else 0
