"""Links of the OpenAPI document: which of an answer's ids leads to which operations.

An answer about a fund has the fund's id; whatever address begins with /api/funds/{fund_id} is about that fund.
"""

from collections.abc import Mapping
from types import MappingProxyType

from blackgem.lib.registry import declare

#: The schema of an answer → the path parameter that its `id` is.
_ID_OF: dict[str, str] = {}
#: The schema of an answer → path parameters, each with where its value is inside.
_WITHIN: dict[str, dict[str, str]] = {}


def register(id_of: Mapping[str, str], within: Mapping[str, dict[str, str]] = MappingProxyType({})) -> None:
    """Add the answers of an app: the path parameter that the `id` of each is, and those that it holds further inside,
    by JSON pointer."""
    declare(_ID_OF, id_of)
    declare(_WITHIN, within)


def add_links(paths: dict) -> None:
    """Link every answer of an operation to the operations whose addresses its ids fill."""
    targets = {
        operation["operationId"]: frozenset(
            one["name"] for one in operation["parameters"] if one["in"] == "path"
        )
        for operations in paths.values()
        for operation in operations.values()
    }
    for operations in paths.values():
        for operation in operations.values():
            for answer in operation["responses"].values():
                if links := _links(_schema_name(answer), targets):
                    answer["links"] = links


def _schema_name(answer: dict) -> str:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return schema.get("$ref", "").rpartition("/")[2]


def _links(answer: str, targets: dict[str, frozenset[str]]) -> dict:
    known = {name: f"$response.body#{pointer}" for name, pointer in _WITHIN.get(answer, {}).items()}
    if answer in _ID_OF:
        known[_ID_OF[answer]] = "$response.body#/id"
    return {
        operation: {"operationId": operation, "parameters": {name: known[name] for name in sorted(needed)}}
        for operation, needed in targets.items()
        if needed and needed <= known.keys()
    }
