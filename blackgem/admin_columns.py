"""What a field of a row looks like in the admin: as on every other page, money with its currency, rates in percent,
yes and no in words."""

from collections.abc import Callable
from functools import cache

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, Field, ForeignKey, Model
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from blackgem.lib.fields import MoneyField, RateField
from blackgem.lib.money import format_money, format_rate

EMPTY = "-"


def figures(roll_up: str, *names: str) -> tuple[Callable, ...]:
    """Columns with amounts of a roll-up of the row, in the currency of its fund: those of `row.<roll_up>`."""
    return tuple(_figure(roll_up, name) for name in names)


def _figure(roll_up, name):
    @admin.display(description=name.replace("_", " "), empty_value=EMPTY)
    def column(row):
        return money_of(row, getattr(getattr(row, roll_up), name))

    column.__name__ = f"{name}_figure"
    return column


def money_of(row: Model, amount) -> str:
    """An amount in the currency of the row, which is a fund or belongs to one."""
    if amount is None:
        return EMPTY
    return format_money(amount, getattr(row, "fund", row).currency)


def readable(model: type[Model], names, *, links: bool, fixed: bool = True) -> list:
    """`names` of fields and other columns, with those of money and rates in the place of what Django would print; where
    they are `fixed`, nothing to be entered, also of yes or no, and with `links` of other rows that the admin shows."""
    return [_readable(model, name, links, fixed) for name in names]


@cache  # the admin compares columns: they are the same each time
def _readable(model, name, links, fixed):
    try:
        field = model._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        field = None
    if isinstance(field, MoneyField):
        return _column(field, f"{name}_figure", lambda row: money_of(row, getattr(row, name)))
    if isinstance(field, RateField):
        return _column(field, f"{name}_figure", lambda row: _percent(getattr(row, name)))
    if fixed and isinstance(field, BooleanField):
        return _column(field, name, lambda row: _yes_or_no(getattr(row, name)))
    if links and isinstance(field, ForeignKey) and field.related_model in admin.site._registry:
        return _column(field, name, lambda row: _link(getattr(row, name)))
    return name


def _column(field: Field, name: str, show: Callable) -> Callable:
    column = admin.display(description=field.verbose_name, ordering=field.name, empty_value=EMPTY)(show)
    column.__name__ = name
    return column


def _percent(rate) -> str:
    return EMPTY if rate is None else format_rate(rate)


def _yes_or_no(value: bool | None) -> str:
    return EMPTY if value is None else "yes" if value else "no"


def _link(row: Model | None) -> str:
    if row is None:
        return EMPTY
    try:
        address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return str(row)
    return format_html('<a href="{}">{}</a>', address, row)
