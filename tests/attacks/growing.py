"""Requests that grow: the bodies of the API and the forms of the pages, made n times as large in every way there is."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from html.parser import HTMLParser
from urllib.parse import urlencode

from tests.access.routes import Route
from tests.support.contract import document

#: What each way of growing makes of n.
Grow = Callable[[int], object]
FIELDS = 900  # fewer than Django reads of one form
_ROW = re.compile(r"(?<=-)\d+(?=-)")


# ---------------------------------------------------------------- bodies of the API


def operations() -> Iterator[tuple[Route, dict]]:
    """Every operation with a body: where it is, and the schema of its body."""
    for path, verbs in document()["paths"].items():
        for verb, operation in verbs.items():
            if body := operation.get("requestBody"):
                address = re.sub(r"\{(\w+)\}", r"<\1>", path.removeprefix("/"))
                yield Route(address, verb.upper()), body["content"]["application/json"]["schema"]


def resolved(schema: dict) -> dict:
    """A schema itself, for one that only names it or that allows nothing beside it."""
    if "$ref" in schema:
        return document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    ways = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(ways) == 1:
        return resolved(ways[0])
    return resolved(schema["allOf"][0]) if "allOf" in schema else schema


def example(schema: dict, ids: dict) -> object:
    """A value of the schema, whose ids are those of rows that are there."""
    schema = resolved(schema)
    if "properties" in schema:
        return {name: _field(name, one, ids) for name, one in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example(schema["items"], ids)]
    if "enum" in schema or "const" in schema:
        return schema.get("const") or schema["enum"][0]
    usual = {"integer": 1, "number": 1, "boolean": True}.get(schema.get("type"), "a")
    return next(iter(schema.get("examples", ())), usual)


def _field(name: str, schema: dict, ids: dict) -> object:
    known = re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
    return ids[known] if known in ids else example(schema, ids)


def grown(value: object, times: int) -> object:
    """A value with all in it grown: text and digits so many signs long, lists so many items, objects so many keys."""
    if isinstance(value, dict):
        return {name: grown(one, times) for name, one in value.items()} | dict.fromkeys(_words(times), 1)
    if isinstance(value, list):
        return [_varied(value[0], number) for number in range(times)]
    return int("9" * times) if isinstance(value, int) else "a1" * times


def _words(times: int) -> list[str]:
    return [f"k{number}" for number in range(times)]


def _varied(value: object, number: int) -> object:
    """One of many like it: its ids are others."""
    if not isinstance(value, dict):
        return value
    return {
        name: one + number if name.endswith("Id") and isinstance(one, int) else one
        for name, one in value.items()
    }


def lists_of(value: object) -> Iterator[str]:
    """The fields of an object that are lists; none of what is no object."""
    if isinstance(value, dict):
        yield from (name for name, one in value.items() if isinstance(one, list))


def bodies(schema: dict, ids: dict) -> dict[str, Grow]:
    """Ways in which a body of the API grows: all of it at once, each list alone."""
    shape = example(schema, ids)
    ways: dict[str, Grow] = {"all": partial(grown, shape)}
    for name in lists_of(shape):
        ways[name] = partial(_with_list, shape, name)
        for inner in lists_of(shape[name][0]):
            ways[f"{name}.{inner}"] = partial(_with_inner_list, shape, name, inner)
    return ways


def _with_list(shape: dict, name: str, times: int) -> dict:
    return shape | {name: grown(shape[name], times)}


def _with_inner_list(shape: dict, name: str, inner: str, times: int) -> dict:
    return shape | {name: [_with_list(shape[name][0], inner, times)]}


# ---------------------------------------------------------------- forms of pages


class _Fields(HTMLParser):
    """Every field of a page's forms, with what stands in it."""

    def __init__(self, page: str):
        super().__init__()
        self.values: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("input", "select", "textarea", "button") and given.get("name"):
            self.values.setdefault(given["name"], given.get("value") or "")
        if tag == "option" and given.get("value") and self.values:
            self.values[next(reversed(self.values))] = given["value"]


def forms(page: str) -> dict[str, Grow]:
    """Ways in which a page's form grows: what stands in its fields with as many that it lacks, and rows of the same.

    A field that holds a number is left: it may be the id of what the form is about.
    """
    values = _Fields(page).values or {"reason": "Late", "revision": "1"}
    ways: dict[str, Grow] = {"all": partial(_with_more, values)}
    rows = {name: one for name, one in values.items() if _ROW.search(name)}
    return ways | ({"rows": partial(_with_rows, values, rows)} if rows else {})


def _with_more(values, times):
    longer = {name: one if one.isdecimal() or name == "do" else "a1 " * times for name, one in values.items()}
    return longer | dict.fromkeys(_words(min(times, FIELDS - len(values))), "a")


def _with_rows(values, rows, times):
    count = min(times, (FIELDS - len(values)) // len(rows))
    more = {_ROW.sub(str(number), name): one for name, one in rows.items() for number in range(count)}
    totals = {name: str(count) for name in values if name.endswith("TOTAL_FORMS")}
    return values | more | totals


@dataclass(frozen=True)
class Sent:
    """What is sent, and as what."""

    content: str
    content_type: str

    @classmethod
    def form(cls, values: dict) -> "Sent":
        return cls(urlencode(values), "application/x-www-form-urlencoded")

    @classmethod
    def json(cls, body: object) -> "Sent":
        return cls(body if isinstance(body, str) else json.dumps(body), "application/json")
