"""Every refusal as application/problem+json (RFC 9457), translated in one place. No traceback and no SQL leaves it."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError
from pydantic.alias_generators import to_camel

from blackgem.http.errors import BadRequest
from blackgem.http.rendering import write_json
from blackgem.lib import audit
from blackgem.lib.errors import (
    Away,
    Busy,
    DomainError,
    Forbidden,
    InvalidInput,
    NotFound,
    Problem,
    TooManyRequests,
)
from blackgem.lib.idempotency import InProgress
from blackgem.lib.money import is_fault
from blackgem.lib.sql import translated

CONTENT_TYPE = "application/problem+json"
NOTHING_HERE = "There is no such thing here, or none that you may see."
logger = logging.getLogger("blackgem.api")


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    problems: Sequence[Problem] = (),
    facts: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """One refusal. A 422 lists what is wrong with which field; so does any other that has several reasons."""
    content: dict[str, object] = {
        "type": f"urn:blackgem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if status == 422 or len(problems) > 1:
        content["errors"] = [_entry(one) for one in problems]
    if facts:
        content["facts"] = {to_camel(name): _plain(value) for name, value in facts.items()}
    if audit.request_id.get() and status >= 500:
        content["requestId"] = audit.request_id.get()
    return HttpResponse(write_json(content), status=status, content_type=CONTENT_TYPE, headers=headers)


def _entry(one: Problem) -> dict[str, object]:
    # What is unknown is named as it was sent.
    field = one.field if one.code == "field.unknown" else field_name(one.field or "")
    return {"field": field, "message": one.message, "code": one.code}


def field_name(field: str) -> str:
    """A field as the wire spells it: "items.0.called_amount" is "items.0.calledAmount"."""
    return (
        ".".join(part if part.isdecimal() else to_camel(part) for part in field.split(".")) if field else ""
    )


def _plain(value: object) -> object:
    """Facts may hold anything a service found worth saying; what JSON lacks is said in words."""
    if isinstance(value, Mapping):
        return {to_camel(str(name)): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    try:
        write_json(value)
    except TypeError:
        return str(value)
    return value


def refusal(error: DomainError) -> HttpResponse:
    """The answer to a DomainError. All 404s read alike, so that none tells what exists."""
    if isinstance(error, NotFound):
        return problem(404, "not_found", NOTHING_HERE)
    headers = {}
    if isinstance(error, Busy | InProgress | TooManyRequests):
        headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(
        error.status, error.code, error.message, problems=error.problems, facts=error.extra, headers=headers
    )


def from_django(error: ValidationError) -> InvalidInput:
    """A model field's refusal on save, as the schema would have said it."""
    fields = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    return InvalidInput.from_problems(
        [
            Problem(one.code or "field.invalid", " ".join(one.messages), name)
            for name, errors in fields.items()
            for one in errors
        ]
    )


def answer_error(request: HttpRequest, error: Exception) -> HttpResponse:
    """The problem for whatever was raised; what nobody foresaw is logged and becomes a bare 500."""
    if isinstance(error, DatabaseError):
        error = translated(error)
    elif isinstance(error, ValidationError):
        error = from_django(error)
    elif isinstance(error, Http404):
        error = NotFound("not_found", NOTHING_HERE)
    elif isinstance(error, PermissionDenied):
        error = Forbidden("forbidden", "You may not do this.")
    elif isinstance(error, SuspiciousOperation):
        error = BadRequest("request.refused", "This has more parts than any request here, or strange ones.")
    if isinstance(error, Away):
        logger.error("The database was away: %s %s", request.method, request.path)
    if isinstance(error, DomainError) and not is_fault(error, reads=request.method in ("GET", "HEAD")):
        return refusal(error)
    if isinstance(error, HttpError):
        return problem(error.status_code, "request.refused", error.message)
    logger.error("A request of the API failed: %s %s", request.method, request.path, exc_info=error)
    return problem(500, "internal", "Something went wrong on our side. It has been noted.")


def handle_errors(api: NinjaAPI) -> None:
    """Let `api` answer everything that its operations raise."""
    for kind in (Exception, Http404, HttpError):
        api.add_exception_handler(kind, answer_error)
