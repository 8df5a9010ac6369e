"""JSON as text: amounts are numbers written from the exact decimal, never through binary floating point."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from json.encoder import encode_basestring

from ninja.renderers import BaseRenderer


def write_json(value: object) -> str:
    """`value` as JSON. A Decimal keeps the decimals it has; a float is refused with a TypeError, as is the unknown."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, Decimal | int):
        return _number(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{encode_basestring(str(k))}:{write_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(write_json, value)) + "]"
    if isinstance(value, datetime | date):
        return f'"{value.isoformat().replace("+00:00", "Z")}"'
    raise TypeError(f"no JSON for {type(value).__name__}")


def _number(value: Decimal | int) -> str:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise TypeError(f"no JSON for {value}")
        return f"{value:f}"
    return str(int(value))


class ExactRenderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request, data, *, response_status) -> str:
        return write_json(data)
