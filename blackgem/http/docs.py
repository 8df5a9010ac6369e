"""The page at /api/docs: the OpenAPI document for people. Rendered here, so that it needs no script and prints."""

import json
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja.openapi.docs import DocsBase

_TYPES = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false"}
_FORMATS = {"date": "date", "date-time": "time", "uri": "address"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body or an answer, or one query parameter. `depth` is how far it is nested."""

    name: str
    kind: str
    required: bool
    note: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """An answer: its status, the name of its schema, its fields."""

    status: str
    name: str
    fields: list[Field]


@dataclass(frozen=True, slots=True)
class Route:
    verb: str
    path: str
    anchor: str
    summary: str
    description: str
    query: list[Field]
    body: list[Field]
    example: str
    answers: list[Shape]


class Docs(DocsBase):
    def render_page(self, request: HttpRequest, api, **kwargs) -> HttpResponse:
        schema = api.get_openapi_schema()
        context = {"title": schema["info"]["title"], "about": schema["info"]["description"]}
        return render(request, "api/docs.html", {**context, "groups": groups_of(schema)})


def groups_of(schema: dict) -> dict[str, list[Route]]:
    """The routes by tag, in the document's order."""
    groups: dict[str, list[Route]] = {}
    for path, operations in schema["paths"].items():
        for verb, operation in operations.items():
            route = _route(schema, path, verb, operation)
            groups.setdefault(operation["tags"][0], []).append(route)
    return groups


def _route(schema, path, verb, operation) -> Route:
    content = operation.get("requestBody", {}).get("content", {}).values()
    return Route(
        verb=verb.upper(),
        path=path,
        anchor=operation["operationId"],
        summary=operation["summary"],
        description=operation.get("description", "").replace("`", ""),
        query=[_parameter(one) for one in operation["parameters"] if one["in"] == "query"],
        body=[field for one in content for field in _fields(schema, one["schema"])],
        example="".join(_example(schema, one["schema"]) for one in content),
        answers=[
            _shape(schema, str(status), answer)
            for status, answer in operation["responses"].items()
            if status < 400  # how refusals look is said once, for all of them
        ],
    )


def _parameter(parameter: dict) -> Field:
    shape = parameter["schema"]
    return Field(parameter["name"], _kind(shape), parameter["required"], _note(shape))


def _shape(schema, status, answer) -> Shape:
    content = next(iter(answer.get("content", {}).items()), None)
    if content is None:
        return Shape(status, "", [])
    media_type, described = content
    name = _kind(described["schema"]) if media_type == "application/json" else media_type
    return Shape(status, name, _fields(schema, described["schema"]))


def _fields(schema: dict, shape: dict, depth: int = 0) -> list[Field]:
    """The fields of an object and, below each, those of the objects in it."""
    target = _resolve(schema, shape)
    required = set(target.get("required", ()))
    fields = []
    for name, one in target.get("properties", {}).items():
        fields.append(Field(name, _kind(one), name in required, _note(one), depth))
        fields += _fields(schema, one, depth + 1)
    return fields


def _resolve(schema: dict, shape: dict) -> dict:
    """The object that a schema means, itself or as an item of a list; empty for anything else."""
    nested = [shape["items"]] if "items" in shape else []
    for inner in (*shape.get("allOf", ()), *shape.get("anyOf", ()), *nested):
        if found := _resolve(schema, inner):
            return found
    if "$ref" in shape:
        return schema["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    return shape if "properties" in shape else {}


def _example(schema: dict, shape: dict) -> str:
    """The body's example as text; nothing where an empty body says it all."""
    examples = _resolve(schema, shape).get("examples") or [{}]
    return json.dumps(examples[0], indent=2) if examples[0] else ""


def _kind(shape: dict) -> str:
    if "$ref" in shape:
        return shape["$ref"].rpartition("/")[2].removesuffix("Answer").removesuffix("Body")
    if "enum" in shape:
        return " · ".join(map(str, shape["enum"]))
    if "const" in shape:
        return str(shape["const"])
    if alternatives := shape.get("anyOf", shape.get("allOf")):
        return " or ".join(dict.fromkeys(_kind(one) for one in alternatives if one.get("type") != "null"))
    if shape.get("type") == "array":
        return f"list of {_kind(shape['items'])}"
    return _FORMATS.get(shape.get("format", ""), _TYPES.get(shape.get("type", ""), "object"))


def _note(shape: dict) -> str:
    notes = [shape.get("description", ""), *map(_note, shape.get("anyOf", ()))]
    if "minimum" in shape and "maximum" in shape:
        notes.append(f"From {shape['minimum']} to {shape['maximum']}.")
    if shape.get("maxLength"):
        notes.append(f"At most {shape['maxLength']} characters.")
    if "default" in shape and shape["default"] not in ("", {}):
        notes.append(f"Otherwise {str(shape['default']).lower()}.")
    return " ".join(filter(None, notes)).replace("`", "")
