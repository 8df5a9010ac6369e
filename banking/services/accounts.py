"""The accounts of a fund, and the columns of their banks' tables."""

import re

from django.db.models import Max

from banking.models import BankAccount, TableMapping
from banking.readers.form import plain_number
from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput, NotFound
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from funds.access import MANAGE, check_may
from funds.models import Fund
from funds.services.inputs import problems_of

_NUMBER = re.compile("[0-9A-Z]{1,50}")
_COLUMNS = {"booking_date", "value_date", "name", "account", "text", "reference", "customer_reference"}
_COLUMNS |= {"end_to_end_id", "creditor_reference", "currency", "balance"}
_ENCODINGS = {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "iso-8859-15", "windows-1252"}


@service
def add_bank_account(*, fund_id, number: str, bank: str = "", ctx: WriteContext) -> BankAccount:
    """Register an account of the fund, in its currency: statements of others are refused.

    Raises InvalidInput for what is no account number, Conflict for one that is the fund's already.
    """
    check_may(ctx.by, fund_id, MANAGE)
    if not _NUMBER.fullmatch(plain_number(number)):
        raise InvalidInput("bank_account.number", "An account number is letters and digits.", field="number")
    account = BankAccount(
        fund=Fund.objects.get(pk=fund_id),
        number=plain_number(number),
        bank=bank.strip(),
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    raise_if(problems_of(account, ("number", "bank")))
    account.save(force_insert=True)
    audit.record(verb="add_bank_account", ctx=ctx, subject=account, fund_id=fund_id)
    return account


@service
def reveal_bank_account(*, account_id: int, ctx: WriteContext) -> BankAccount:
    """The whole number of an account, to a manager: an act of its own. Raises NotFound, Forbidden."""
    account = BankAccount.objects.select_related("fund").filter(pk=account_id).first()
    if account is None:
        raise NotFound("not_found", "There is no such account.")
    check_may(ctx.by, account.fund_id, MANAGE)
    audit.record(
        verb="reveal_bank_account", ctx=ctx, subject=account, also=[account.fund], fund_id=account.fund_id
    )
    return account


@service
def name_columns(*, account_id, mapping: dict, ctx: WriteContext) -> TableMapping:
    """Remember how the tables of an account are read, in place of what was remembered before."""
    account = BankAccount.objects.filter(pk=account_id).first()
    if account is None:
        raise NotFound("not_found", "There is no such account.")
    check_may(ctx.by, account.fund_id, MANAGE)
    check_mapping(mapping)
    newest = account.mappings.aggregate(version=Max("version"))["version"] or 0
    row = TableMapping.objects.create(
        fund_id=account.fund_id,
        account=account,
        version=newest + 1,
        mapping=mapping,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    audit.record(verb="name_columns", ctx=ctx, subject=row, also=[account], fund_id=account.fund_id)
    return row


def check_mapping(mapping: object) -> None:
    """Raise InvalidInput for a mapping by which no table can be read."""
    wrong = _wrong_in(mapping) if isinstance(mapping, dict) else "a mapping is an object"
    if wrong:
        raise InvalidInput(
            "mapping.invalid", f"The columns cannot be read like this: {wrong}.", field="mapping"
        )


def _wrong_in(mapping: dict) -> str:
    amount, columns = mapping.get("amount"), mapping.get("columns")
    skip, delimiter = mapping.get("skip_rows", 0), mapping.get("delimiter", ",")
    checks = (
        (isinstance(amount, dict), "it names no column of amounts"),
        (isinstance(columns, dict) and "booking_date" in columns, "it names no column of booking days"),
        (str(mapping.get("encoding", "utf-8")).lower() in _ENCODINGS, "the encoding is not known"),
        (isinstance(delimiter, str) and len(delimiter) == 1, "cells are parted by one character"),
        (
            isinstance(skip, int) and not isinstance(skip, bool) and 0 <= skip <= 100,
            "it skips 0 to 100 lines",
        ),
        (mapping.get("decimal", ".") in (".", ","), "the decimal mark is a point or a comma"),
        (_is_form_of_a_day(mapping.get("date", "YYYY-MM-DD")), "days need day, month and year once each"),
    )
    wrong = next((message for fine, message in checks if not fine), "")
    if wrong:
        return wrong
    assert isinstance(amount, dict)
    assert isinstance(columns, dict)
    if not (amount.get("column") or (amount.get("debit") and amount.get("credit"))):
        return "amounts stand in one column, or in one of debits and one of credits"
    if set(columns) - _COLUMNS:
        return f"“{min(set(columns) - _COLUMNS)}” is not read"
    return ""


def _is_form_of_a_day(form: object) -> bool:
    letters = form if isinstance(form, str) and len(form) <= 20 else ""
    days = [letters.count(letter) for letter in "YMD"]
    together = all(letter * count in letters for letter, count in zip("YMD", days, strict=True))
    return together and days[0] in (2, 4) and 1 <= days[1] <= 2 and 1 <= days[2] <= 2
