"""Bodies, queries and answers: camelCase on the wire, nothing unknown, nothing guessed.

A body says what shape a value must have; whether it is allowed is for the services to say.
"""

import re
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Model, TextChoices
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PrivateAttr,
    WithJsonSchema,
    model_serializer,
)
from pydantic.alias_generators import to_camel

from blackgem.lib.days import FIRST_YEAR, LAST_YEAR, read_moment
from blackgem.lib.errors import InvalidInput
from blackgem.lib.money import (
    CAP,
    CENT,
    MOST_DECIMALS,
    check_currency,
    parse_amount,
    parse_multiple,
    parse_rate,
    to_units,
    unit_of,
)
from blackgem.lib.text import forbidden_character

MAX_ID = 2**63 - 1
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"[0-9]{1,19}")
_RANDOM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Body(BaseModel):
    """What a client sends. `given()` is what it sent, under the names the services use."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)

    def given(self) -> dict:
        return self.model_dump(exclude_unset=True)


class Nothing(Body):
    """The body of a request that says everything in its address: empty, or {}."""


NOTHING = Nothing()


class Filters(Body):
    """Query parameters."""


#: The currency of the answer that is being written: its own, or that of the answer around it.
_CURRENCY: ContextVar[str | None] = ContextVar("currency", default=None)


class Answer(BaseModel):
    """What a client gets. Its amounts are in its `currency`, in that of its row, or in that of the answer around it."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True)
    _row_currency: str | None = PrivateAttr(None)

    @classmethod
    def of(cls, row: object, **more):
        """From a row's attributes of the same names, and whatever they lack."""
        made = cls(**{name: getattr(row, name) for name in cls.model_fields if name not in more}, **more)
        return made.in_currency(_currency_of(row))

    def in_currency(self, code: str | None):
        """The same, its amounts in this currency."""
        self._row_currency = code
        return self

    @model_serializer(mode="wrap")
    def _write(self, write):
        code = self._row_currency or getattr(self, "currency", None)
        if code is None:
            return write(self)
        around = _CURRENCY.set(code)
        try:
            return write(self)
        finally:
            _CURRENCY.reset(around)


def _currency_of(row: object) -> str | None:
    """A row's own currency, or its fund's where that has been read already: no answer reads the database."""
    if isinstance(row, Model) and "fund" in row._state.fields_cache:
        return row._state.fields_cache["fund"].currency
    return getattr(row, "currency", None)


# ---------------------------------------------------------------- amounts and rates

_AMOUNT_IN = {
    "anyOf": [
        {"type": "number", "minimum": 0, "exclusiveMaximum": int(CAP)},
        {"type": "string", "pattern": rf"^[0-9]{{1,13}}(\.[0-9]{{1,{MOST_DECIMALS}}})?$"},
    ],
    "description": f"A number or a string, at most the decimals of the currency, below {CAP:,}.",
    "examples": ["250000.00"],
}
_RATE_IN = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,8})?$"},
    ],
    "description": "A fraction from 0 to 1: 0.08 is 8 %.",
    "examples": ["0.08"],
}
_MULTIPLE_IN = {
    "anyOf": [
        {"type": "number", "minimum": 1, "maximum": 10},
        {"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,4})?$"},
    ],
    "description": "A multiple from 1 to 10: 1.2 is 120 %.",
    "examples": ["1.2"],
}


def _amount(value: object) -> Decimal:
    """The currency is the service's to know: it refuses what is finer."""
    return parse_amount(value, currency=None)


def _amount_or_zero(value: object) -> Decimal:
    return parse_amount(value, currency=None, allow_zero=True)


def _plain_rate(rate: Decimal) -> Decimal:
    """0.08000000 as 0.08."""
    return rate.normalize()


Money = Annotated[Decimal, BeforeValidator(_amount), WithJsonSchema(_AMOUNT_IN)]
MoneyOrZero = Annotated[Decimal, BeforeValidator(_amount_or_zero), WithJsonSchema(_AMOUNT_IN)]
Rate = Annotated[Decimal, BeforeValidator(parse_rate), WithJsonSchema(_RATE_IN)]
#: A multiple of a whole from 1 to 10, as a JSON number or string.
Multiple = Annotated[
    Decimal,
    BeforeValidator(parse_multiple),
    WithJsonSchema(_MULTIPLE_IN),
]


def in_its_decimals(amount: Decimal) -> Decimal:
    """An amount of the answer that is being written. Raises MoneyError where it is finer than its currency."""
    unit = unit_being_written(amount)
    to_units(amount, unit)
    return amount.quantize(unit)


def unit_being_written(amount: Decimal) -> Decimal:
    """The unit of the answer's currency. Raises TypeError where nothing says it, but for nothing at all."""
    code = _CURRENCY.get()
    if code is None and amount:
        raise TypeError("an amount is answered in a currency")
    return unit_of(code) if code else CENT


#: Answered as a JSON number with exactly its currency's decimals.
Amount = Annotated[
    Decimal,
    PlainSerializer(in_its_decimals),
    WithJsonSchema({"type": "number", "description": "Exactly the decimals of its currency."}),
]
Fraction = Annotated[Decimal, PlainSerializer(_plain_rate), WithJsonSchema({"type": "number"})]


# ---------------------------------------------------------------- ids and numbers


def _read_whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return int(value) if _WHOLE.fullmatch(str(value)[:21]) else None


def _id(value: object) -> int:
    number = _read_whole(value)
    if number is None or not 0 < number <= MAX_ID:
        raise InvalidInput("id.invalid", "This is no id.")
    return number


def whole_number(least: int, most: int):
    """A whole number within these bounds, written as a number or in digits."""

    def read(value: object) -> int:
        number = _read_whole(value)
        if number is None or not least <= number <= most:
            raise InvalidInput("number.invalid", f"Enter a whole number from {least} to {most}.")
        return number

    schema = {"type": "integer", "minimum": least, "maximum": most}
    return Annotated[int, BeforeValidator(read), WithJsonSchema(schema)]


Id = Annotated[
    int,
    BeforeValidator(_id),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": MAX_ID},
                {"type": "string", "pattern": "^[0-9]{1,19}$"},
            ],
            "examples": [7],
        }
    ),
]


def _random_id(value: object) -> UUID:
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str) or not _RANDOM.fullmatch(value):
        raise InvalidInput("id.invalid", "This is no id.")
    return UUID(value)


def _any_id(value: object) -> int | UUID:
    return _random_id(value) if isinstance(value, str) and "-" in value else _id(value)


#: The id by which an investor knows what is its own, and what it is a part of.
RandomId = Annotated[
    UUID,
    BeforeValidator(_random_id),
    PlainSerializer(str),
    WithJsonSchema(
        {"type": "string", "format": "uuid", "examples": ["0d9f3c1e-5b7a-4c86-9d21-3e8f6a70b542"]}
    ),
]


#: The id of a row that investors are led to as well: a number to those who work for its fund, random to investors.
AnyId = Annotated[
    int | UUID,
    BeforeValidator(_any_id),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": MAX_ID},
                {"type": "string", "pattern": "^[0-9]{1,19}$"},
                {"type": "string", "format": "uuid"},
            ],
            "examples": [7],
        }
    ),
]
#: The same, as it is answered.
AnswerId = Annotated[
    int | UUID,
    PlainSerializer(lambda value: value if isinstance(value, int) else str(value)),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "format": "uuid"}]}),
]


# ---------------------------------------------------------------- text, days, choices


def _line(value: str) -> str:
    return _without_hidden(value, multi_line=False)


def _lines(value: str) -> str:
    return _without_hidden(value, multi_line=True)


def _without_hidden(value: str, *, multi_line: bool) -> str:
    found = forbidden_character(value, multi_line=multi_line)
    if found:
        raise InvalidInput("text.forbidden", f"Please remove the hidden character {found}.")
    return value.strip()


def _email(value: str) -> str:
    try:
        if value:
            validate_email(value)
    except ValidationError as error:
        raise InvalidInput("email.invalid", "Enter one e-mail address, such as name@fund.example.") from error
    return value


def _day(value: object) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        day = None  # 2025-02-30 has the right shape and is no day
    if day is None:
        raise InvalidInput("date.invalid", "Enter a date such as 2026-02-15.")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidInput("date.out_of_range", f"Enter a date between {FIRST_YEAR} and {LAST_YEAR}.")
    return day


def _moment(value: object) -> datetime:
    at = read_moment(value) if isinstance(value, str) else None
    if at is None:
        raise InvalidInput("time.invalid", "Enter a time with its offset, such as 2026-01-05T09:00:00Z.")
    return at


def text(most: int, *, least: int = 0, multi_line: bool = False):
    """Plain text of `least` to `most` characters, without hidden ones; spaces at its ends do not count."""
    read = AfterValidator(_lines if multi_line else _line)
    return Annotated[str, Field(max_length=most), read, Field(min_length=least)]


def choice(options: type[TextChoices], *, upper: bool = False):
    """One of these values; `upper` where the wire spells them in capitals."""
    spelled = {value.upper() if upper else value: value for value in options.values}

    def read(value: object) -> str:
        if isinstance(value, str) and value in spelled:
            return spelled[value]
        raise InvalidInput("choice.invalid", f"Choose one of: {', '.join(spelled)}.")

    return Annotated[str, BeforeValidator(read), WithJsonSchema({"type": "string", "enum": list(spelled)})]


_DAY_IN = {"type": "string", "format": "date", "examples": ["2026-02-15"]}
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema(_DAY_IN)]
_MOMENT_IN = {"type": "string", "format": "date-time", "examples": ["2026-01-05T09:00:00Z"]}
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema(_MOMENT_IN)]
Currency = Annotated[str, BeforeValidator(check_currency)]
Email = Annotated[str, Field(max_length=254, examples=["partner@investor.example"]), AfterValidator(_email)]
RequiredEmail = Annotated[Email, Field(min_length=1)]
