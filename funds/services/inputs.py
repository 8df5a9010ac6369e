"""From fields that came in to a checked row: what every service here begins with."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import DatabaseDefault

from blackgem.lib.errors import Problem
from blackgem.lib.problems import raise_if

FIRST_YEAR, LAST_YEAR = 1900, 2199


def refuse_unknown(fields, allowed) -> None:
    """Raise InvalidInput("field.unknown") for whatever is not among `allowed`."""
    raise_if(
        [
            Problem("field.unknown", f"There is no field {str(name)[:60]!r} here.", str(name)[:60])
            for name in fields
            if name not in allowed
        ],
    )


def fill(row, fields, *, allowed) -> dict:
    """Set `fields` on a row, cleaned; answer {field: [old, new]} for those that differ.

    Checks every allowed field, so that one that is missing is found too. Raises InvalidInput with a problem for each:
    field.unknown, field.blank, field.max_length, amount.…, text.forbidden, date.out_of_range, ….
    """
    refuse_unknown(fields, allowed)
    before = {name: getattr(row, name) for name in allowed}
    for name, value in fields.items():
        setattr(row, name, _tidy(row._meta.get_field(name), value))
    raise_if(problems_of(row, allowed))
    return {name: [old, getattr(row, name)] for name, old in before.items() if old != getattr(row, name)}


def problems_of(row, names) -> list[Problem]:
    """What is wrong with these fields of a row; fields that pass are left cleaned. As `Model.clean_fields`, which takes
    several times as long to find out which fields are not asked of."""
    refused = []
    for field in row._meta.fields:
        if field.name not in names:
            continue
        value = getattr(row, field.attname)
        if isinstance(value, DatabaseDefault) or (field.blank and value in field.empty_values):
            continue
        try:
            setattr(row, field.attname, field.clean(value, row))
        except ValidationError as error:
            refused += [Problem(_code(one), _message(one), field.name) for one in error.error_list]
    return refused or [
        Problem("date.out_of_range", f"Enter a date between {FIRST_YEAR} and {LAST_YEAR}.", name)
        for name in names
        if isinstance(value := getattr(row, name), date) and not FIRST_YEAR <= value.year <= LAST_YEAR
    ]


def _tidy(field, value):
    """Text without surrounding space and with one kind of line end; no text for none."""
    if isinstance(value, str):
        return value.strip().replace("\r\n", "\n")
    return "" if value is None and isinstance(field, models.CharField) and not field.null else value


def _code(error) -> str:
    code = error.code or "invalid"
    return code if "." in code else f"field.{code}"


def _message(error) -> str:
    return error.messages[0]


def entered(row, names) -> dict:
    """The fields of a new row for its audit event: {field: [None, value]}, without those left empty."""
    return {name: [None, getattr(row, name)] for name in names if getattr(row, name) not in (None, "")}
