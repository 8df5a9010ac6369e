"""Every answer that a test gets from the API, held against the OpenAPI document."""

import json
import re
from functools import cache

from django.http import HttpResponse
from django.urls import Resolver404, resolve
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from blackgem.api import api

#: (operationId, status) of every answer that was held, of this process.
HELD: set[tuple[str, str]] = set()
#: "operationId status" → the fullest JSON that was answered with success, of this process.
ANSWERED: dict[str, bytes] = {}
#: Verbs and addresses that no operation has are answered all the same, by a problem.
NOWHERE = {"404", "405"}


@cache
def document() -> dict:
    return json.loads(json.dumps(api.get_openapi_schema()))


@cache
def _registry() -> Registry:
    return Registry().with_resource("urn:api", Resource(contents=document(), specification=DRAFT202012))


def validator(schema: dict) -> Draft202012Validator:
    """For a schema of the document, whose references lead into it."""
    text = json.dumps(schema).replace('"#/components', '"urn:api#/components')
    return Draft202012Validator(json.loads(text), registry=_registry(), format_checker=FormatChecker())


@cache
def _validator_of(name: str) -> Draft202012Validator:
    return validator(json.loads(name))


def operation_of(verb: str, path: str) -> dict | None:
    """The operation of a verb and an address below /api; None where there is none."""
    try:
        route = resolve(f"/api{path.partition('?')[0]}").route
    except Resolver404:
        return None
    return document()["paths"].get("/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route), {}).get(verb.lower())


def hold(verb: str, path: str, response: HttpResponse) -> None:
    """Fail unless the document describes this answer: its status, its type, its headers, its body."""
    operation, status = operation_of("GET" if verb == "HEAD" else verb, path), str(response.status_code)
    if status == "500":
        return  # what nobody foresaw is nobody's contract; tests that provoke it look at it themselves
    if operation is None:
        assert status in NOWHERE | {"401"}, f"{verb} {path} answered {status} and is no operation"
        described = document()["components"]["responses"]["NotFound"]
    else:
        assert status in operation["responses"], f"{verb} {path} answered {status}, which is not documented"
        described = operation["responses"][status]
        HELD.add((operation["operationId"], status))
        _keep(f"{operation['operationId']} {status}", response)
    if "$ref" in described:
        described = document()["components"]["responses"][described["$ref"].rpartition("/")[2]]
    _hold_headers(described, response)
    if verb != "HEAD":
        _hold_body(described["content"], response)


def _keep(name: str, response: HttpResponse) -> None:
    is_json = response.status_code < 300 and response["Content-Type"].startswith("application/json")
    if is_json and len(response.content) > len(ANSWERED.get(name, b"")):
        ANSWERED[name] = response.content


def _hold_headers(described: dict, response: HttpResponse) -> None:
    for name, header in described.get("headers", {}).items():
        if name == "Location":
            assert response[name].startswith("/api/")
        if name in response.headers and header["schema"].get("type") != "integer":
            _validator_of(json.dumps(header["schema"])).validate(response[name])


def _hold_body(content: dict, response: HttpResponse) -> None:
    kind = response["Content-Type"].partition(";")[0]
    assert kind in content, f"{kind} is not documented"
    if kind.endswith("json"):
        _validator_of(json.dumps(content[kind]["schema"])).validate(json.loads(response.content))
