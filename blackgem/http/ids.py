"""Ids in addresses: whole numbers that a row can have. Any other address does not exist."""

from django.urls import register_converter

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


def register_ids() -> None:
    """Make `{id:fund_id}` known to routes; before any of them is built."""
    register_converter(IdConverter, "id")
