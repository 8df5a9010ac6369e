"""Model fields whose values are encrypted in the database and plain in Python, and what finds all of them.

They are read and written as always. SQL sees what is encrypted: nothing is filtered or ordered by it, but for equality
where the field is `indexed`, which compares blind indexes.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Func, Lookup, Q, Value

from blackgem.lib.encryption import (
    INDEXED_PATTERN,
    MARK,
    PATTERN,
    blind_index,
    converted,
    decrypted,
    decrypted_bytes,
    encrypted,
    encrypted_bytes,
    is_encrypted,
)
from blackgem.lib.fields import SafeCharField

#: Names under which JSON holds an account number or a tax reference.
SECRET_NAMES = frozenset({"account_number", "iban", "tax_reference"})


class EncryptedField:
    """What the fields have in common: the place that their values open in, and how these are opened."""

    model: type[models.Model]
    column: str
    #: (what is stored, as a driver gives it; connection) → the plain value. Raises CannotDecrypt.
    opened: Callable[..., Any]

    @property
    def place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"


def encrypted_columns() -> Iterator[models.Field]:
    """Every field of this kind, by table and column."""
    found = [
        field
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedField)
    ]
    yield from sorted(found, key=lambda field: field.place)


# ---------------------------------------------------------------- text


class _Equals(Lookup):
    """Equality by the blind index; with nothing, as it stands."""

    lookup_name = "exact"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        sql, params = self.process_lhs(compiler, connection)
        if self.rhs == "":
            return f"{sql} = ''", params
        return f"split_part({sql}, '.', 4) = %s", [*params, self._index(self.rhs, connection)]

    def _index(self, value: object, connection) -> str:
        if not self.lhs.output_field.indexed or not isinstance(value, str):
            raise FieldError(
                f"{self.lhs.output_field.place} is encrypted, and has no blind index to compare."
            )
        return blind_index(value, connection)


class _IsAmong(_Equals):
    lookup_name = "in"

    def as_sql(self, compiler, connection):
        sql, params = self.process_lhs(compiler, connection)
        indexes = [self._index(value, connection) for value in self.rhs]
        return f"split_part({sql}, '.', 4) = ANY (%s)", [*params, indexes]


class _EncryptedText(EncryptedField):
    """`indexed`: with a blind index, so that it can be looked for and be unique."""

    def __init__(self, *args, indexed: bool = False, **kwargs):
        self.indexed = indexed
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | ({"indexed": True} if self.indexed else {})

    def db_type(self, connection) -> str:
        return "text"

    def get_db_prep_save(self, value, connection):
        if isinstance(value, str) and self.max_length and len(value) > self.max_length:
            raise ValidationError(f"Use at most {self.max_length} characters.", code="max_length")
        written = super().get_db_prep_save(value, connection)
        if not isinstance(written, str):
            return written
        return encrypted(written, self.place, connection, indexed=self.indexed)

    def from_db_value(self, value, expression, connection):
        return None if value is None else self.opened(value, connection)

    def opened(self, stored, connection):
        return decrypted(stored, self.place, connection)

    def get_lookup(self, lookup_name):
        lookups = {"exact": _Equals, "in": _IsAmong}
        if lookup_name in ("isnull", "regex"):
            return super().get_lookup(lookup_name)
        return lookups.get(lookup_name)


class EncryptedCharField(_EncryptedText, SafeCharField):
    """One line of plain text, as SafeCharField has it."""


class EncryptedTextField(_EncryptedText, models.TextField):
    """Text of any length."""


class MaybeEncryptedField(EncryptedField, models.CharField):
    """A label that is plain text, unless what it was made of was a secret: then it was encrypted, once and for all, and
    is shown as `shown` makes it."""

    def __init__(self, *args, shown: Callable[[str], str] = str, **kwargs):
        self.shown = shown
        super().__init__(*args, **kwargs)

    def from_db_value(self, value, expression, connection):
        return self.shown(self.opened(value, connection)) if is_encrypted(value) else value

    def opened(self, stored, connection):
        return decrypted(stored, self.place, connection) if is_encrypted(stored) else stored


def index_of(name: str) -> Func:
    """The blind index of a column, to be unique by."""
    return Func(F(name), Value("."), Value(4), function="split_part", output_field=models.TextField())


def encrypted_rails(prefix: str, *names: str, indexed: tuple[str, ...] = ()) -> list[CheckConstraint]:
    """That these columns of text hold what is encrypted, or nothing: "<prefix>_<column>_is_encrypted"."""
    return [
        CheckConstraint(
            condition=Q(**{name: ""})
            | Q(**{f"{name}__regex": INDEXED_PATTERN if name in indexed else PATTERN}),
            name=f"{prefix}_{name}_is_encrypted",
        )
        for name in (*names, *indexed)
    ]


def encrypted_bytes_rail(name: str, column: str) -> CheckConstraint:
    """That a column of bytes holds what is encrypted."""
    begins = Func(
        F(column),
        template="substring(%(expressions)s FROM 1 FOR 4) = '\\x656e6331'::bytea",
        output_field=models.BooleanField(),
    )
    return CheckConstraint(condition=begins, name=name)


def encrypted_json_rail(name: str, column: str) -> CheckConstraint:
    """That a column of JSON is one text that is encrypted, or an empty list."""
    is_text = Func(
        F(column),
        template=f"(%(expressions)s #>> '{{}}') ~ '{PATTERN}'",
        output_field=models.BooleanField(),
    )
    return CheckConstraint(condition=is_text, name=name)


# ---------------------------------------------------------------- JSON and bytes


class EncryptedJSONField(EncryptedField, models.JSONField):
    """JSON of which every text under one of `SECRET_NAMES` is encrypted, with a blind index where it is `indexed`; or,
    where it is `whole`, all of it as one text. `shown` is what a secret is read as: itself, or its last signs."""

    def __init__(
        self, *args, whole=False, indexed=False, shown: Callable[[str], str] | None = None, **kwargs
    ):
        self.whole, self.indexed, self.shown = whole, indexed, shown
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        said = {name: True for name in ("whole", "indexed") if getattr(self, name)}
        return name, path, args, kwargs | said

    def get_db_prep_save(self, value, connection):
        if value is None or hasattr(value, "resolve_expression"):
            return super().get_db_prep_save(value, connection)
        return super().get_db_prep_save(self.encrypted(value, connection), connection)

    def encrypted(self, value, connection):
        """The JSON as it is stored."""
        if self.whole:
            return encrypted(json.dumps(value, cls=self.encoder), self.place, connection)
        return converted(
            value,
            SECRET_NAMES,
            lambda text: encrypted(text, self.place, connection, indexed=self.indexed),
        )

    def from_db_value(self, value, expression, connection):
        read = super().from_db_value(value, expression, connection)
        if not isinstance(value, str) or f'"{MARK}.' not in value:
            return read
        if self.whole:
            return json.loads(decrypted(read, self.place, connection), cls=self.decoder)
        return self._each_opened(read, connection, self.shown)

    def may_hold_secrets(self, text: str) -> bool:
        """Whether `opened` would find anything in what is stored, by its text."""
        return self.whole or f'"{MARK}.' in text

    def opened(self, stored, connection):
        """A number with a decimal point is the text that it is, as in a leaf of a seal."""
        if self.whole:
            return json.loads(decrypted(stored, self.place, connection), parse_float=str)
        return self._each_opened(stored, connection, None)

    def _each_opened(self, stored, connection, shown):
        def plain(text: str) -> str:
            if not is_encrypted(text):
                return text
            found = decrypted(text, self.place, connection)
            return shown(found) if shown else found

        return converted(stored, SECRET_NAMES, plain)


class EncryptedBinaryField(EncryptedField, models.BinaryField):
    """Bytes of a file. `hashed` is the field beside it that holds their SHA-256, before they were encrypted."""

    def __init__(self, *args, hashed: str = "", **kwargs):
        self.hashed = hashed
        super().__init__(*args, **kwargs)

    def get_db_prep_save(self, value, connection):
        if isinstance(value, bytes | bytearray | memoryview):
            value = encrypted_bytes(bytes(value), self.place, connection)
        return super().get_db_prep_save(value, connection)

    def from_db_value(self, value, expression, connection):
        return None if value is None else self.opened(value, connection)

    def opened(self, stored, connection):
        return decrypted_bytes(bytes(stored), self.place, connection)
