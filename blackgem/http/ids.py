"""Ids in addresses: whole numbers that a row can have, or random ids. Any other address does not exist."""

from uuid import UUID

from django.urls import register_converter
from django.urls.converters import UUIDConverter

from blackgem.http.schemas import MAX_ID


class IdConverter:
    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > MAX_ID:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)


class AnyIdConverter:
    """A number, or a random id as it is written by us."""

    regex = f"{IdConverter.regex}|{UUIDConverter.regex}"

    def to_python(self, value: str) -> int | UUID:
        return UUID(value) if "-" in value else IdConverter().to_python(value)

    def to_url(self, value: int | UUID) -> str:
        return str(value)


def register_ids() -> None:
    """Make `{id:fund_id}` and `{any_id:investor_id}` known to routes; before any of them is built."""
    register_converter(IdConverter, "id")
    register_converter(AnyIdConverter, "any_id")
