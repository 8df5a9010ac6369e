"""Objects, lists and amounts inside the terms of a worked example. What is null is left out."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from devtools.worked_examples.reading import CaseError, money, read_amount, read_fraction

Terms = Mapping[str, Any]


def read_object(own: Terms, key: str, where: str = "terms") -> Terms:
    """An object, empty where there is none. Raises CaseError."""
    value = own.get(key) or {}
    if not isinstance(value, dict):
        raise CaseError(f"{where}.{key} has to be an object")
    return value


def read_named_objects(terms: Terms, key: str) -> Mapping[str, Terms]:
    """An object of objects. Raises CaseError."""
    found = read_object(terms, key)
    for name, own in found.items():
        if not isinstance(own, dict):
            raise CaseError(f"terms.{key}.{name} has to be an object")
    return found


def read_list(value: object, where: str) -> list[Any]:
    """A list. Raises CaseError."""
    if not isinstance(value, list):
        raise CaseError(f"{where} has to be a list")
    return value


def read_objects(own: Terms, key: str) -> list[Terms]:
    """A list of objects, empty where there is none. Raises CaseError."""
    listed = read_list(own.get(key) or [], f"terms.{key}")
    if not all(isinstance(one, dict) for one in listed):
        raise CaseError(f"terms.{key} has to be a list of objects")
    return listed


def read_names(own: Terms, key: str, where: str = "terms") -> list[str]:
    """A list of names, empty where there is none. Raises CaseError."""
    listed = read_list(own.get(key) or [], f"{where}.{key}")
    if not all(isinstance(name, str) for name in listed):
        raise CaseError(f"{where}.{key} has to be a list of names")
    return listed


def read_signed(value: object, terms: Terms) -> Decimal:
    """An amount that may be below zero: whoever works with it refuses that. Raises MoneyError."""
    return read_amount(value, terms, allow_negative=True)


def read_amount_of(
    own: Terms, key: str, where: str, terms: Terms, *, default: Decimal | None = None
) -> Decimal:
    """The same, of an object; raises CaseError where it is missing and has no default."""
    if own.get(key) is not None:
        return read_signed(own[key], terms)
    if default is None:
        raise CaseError(f"{where}.{key} is missing")
    return default


def read_amounts(own: Terms, key: str, terms: Terms, where: str = "terms") -> dict[str, Decimal]:
    """Names with amounts. Raises CaseError and MoneyError."""
    return {name: read_signed(amount, terms) for name, amount in read_object(own, key, where).items()}


def read_share(own: Terms, key: str, where: str, *, default: Fraction | None = None) -> Fraction:
    """An exact share of an object. Raises CaseError."""
    if own.get(key) is None and default is not None:
        return default
    return read_fraction(own.get(key), f"{where}.{key}")


def show_amounts(amounts: Mapping[Any, Decimal]) -> dict[Any, str]:
    """Amounts by name, as the examples print them."""
    return {key: money(amount) for key, amount in amounts.items()}
