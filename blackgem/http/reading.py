"""JSON as it must be: UTF-8, plain content, every number exact, every key once, no deeper than any body here is."""

import json
import re
from decimal import Decimal

from django.http import HttpRequest, UnreadablePostError
from ninja.parser import Parser

from blackgem.http.errors import BadRequest, LengthRequired, TooLarge, UnsupportedMediaType
from blackgem.lib.money import json_decimal

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 16
#: Possessive, to the end where it is not closed: no byte is looked at twice.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?+', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


class StrictParser(Parser):
    """Hands on what `read_body` read, and the query as it is."""

    def parse_body(self, request: HttpRequest):
        return request.read_json


def read_body(request: HttpRequest) -> None:
    """Check and read the body, if there is one, into `request.read_json`.

    Raises LengthRequired, TooLarge, UnsupportedMediaType, BadRequest (json.invalid, json.too_deep, json.duplicate_key).
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "Transfer-Encoding" in request.headers:
        raise LengthRequired("body.length_required", "Send the body with a Content-Length.")
    if length.isdecimal() and (len(length) > 18 or int(length) > MAX_BYTES):
        raise TooLarge("body.too_large", "The body must not be larger than 1 MB.")
    try:
        body = request.body
    except UnreadablePostError as error:
        raise BadRequest("body.incomplete", "The body did not arrive completely.") from error
    if body:
        _check_content_type(request)
        request.read_json = read_json(body)


def _check_content_type(request: HttpRequest) -> None:
    charset = request.content_params.get("charset", "utf-8").lower()
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if (
        request.content_type != "application/json"
        or charset not in {"utf-8", "utf8"}
        or encoding != "identity"
    ):
        raise UnsupportedMediaType("body.unsupported", "Send application/json in UTF-8, not compressed.")


def read_json(text: bytes) -> object:
    """What `text` says; numbers with a point or an exponent as Decimal. Raises BadRequest."""
    if _depth(text) > MAX_DEPTH:
        raise BadRequest("json.too_deep", f"The body nests deeper than {MAX_DEPTH} levels.")
    try:
        return json.loads(
            text.decode(),
            parse_float=json_decimal,
            parse_int=_read_integer,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique,
        )
    except (ValueError, ArithmeticError) as error:  # an exponent beyond every number
        raise BadRequest("json.invalid", "The body is not JSON in UTF-8.") from error


def _depth(text: bytes) -> int:
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", text)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _read_integer(literal: str) -> int | Decimal:
    """Beyond every amount and id a Decimal will do: Python refuses to turn thousands of digits into an int."""
    return int(literal) if len(literal) <= 40 else Decimal(literal)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise BadRequest("json.duplicate_key", "A key occurs twice in the body.")
    return read
