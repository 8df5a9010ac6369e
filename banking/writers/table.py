"""Tables (CSV) as a bank asks for them: which columns, how a day and an amount are written, in which encoding."""

import csv
import io
from collections.abc import Mapping

from banking.writers.form import Fault, Order, Payment, Unwritable
from banking.writers.latin import latin

#: What a column may hold, by the name that a layout gives it.
FIELDS = (
    "name", "account", "iban", "account_number", "bic", "routing_number", "bank_name", "town", "country",
    "amount", "currency", "pay_on", "id", "text", "payer_account",
)  # fmt: skip
ENCODINGS = ("utf-8", "iso-8859-1", "windows-1252")
DAYS = {"YYYY-MM-DD": "%Y-%m-%d", "MM/DD/YYYY": "%m/%d/%Y", "DD/MM/YYYY": "%d/%m/%Y", "DD.MM.YYYY": "%d.%m.%Y",
        "YYYYMMDD": "%Y%m%d"}  # fmt: skip
DELIMITERS = (",", ";", "\t", "|")
#: A cell that begins like this is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(order: Order) -> bytes:
    """The file. Raises Unwritable for a layout by which none can be written, and names in no Latin letters."""
    faults = faults_of_layout(order.layout)
    for one in order.payments:
        if latin(one.payee.name) is None:
            faults.append(
                Fault(
                    "payment.name_not_latin",
                    f"“{one.payee.name}” cannot be written in a payment file: enter the name in Latin letters.",
                )
            )
    if faults:
        raise Unwritable(faults)
    layout = order.layout
    out = io.StringIO()
    table = csv.writer(out, delimiter=layout.get("delimiter", ","), lineterminator="\r\n")
    if layout.get("header", True):
        table.writerow([heading for heading, _ in layout["columns"]])
    for one in order.payments:
        table.writerow([_cell(field, one, order) for _, field in layout["columns"]])
    return out.getvalue().encode(layout.get("encoding", "utf-8"))


def faults_of_layout(layout: Mapping) -> list[Fault]:
    """What a layout leaves out, or cannot be."""
    columns = layout.get("columns")
    pairs = columns if isinstance(columns, list) and all(_is_pair(one) for one in columns) else []
    fields = [field for _, field in pairs]
    checks = (
        (bool(pairs), "it names no columns"),
        (set(fields) <= set(FIELDS), "a column holds what is not known"),
        ({"name", "amount"} <= set(fields), "it needs a column for the name and one for the amount"),
        (
            bool({"account", "iban", "account_number"} & set(fields)),
            "it needs a column for the account",
        ),
        (layout.get("delimiter", ",") in DELIMITERS, "cells are parted by a comma, semicolon, tab or bar"),
        (layout.get("decimal", ".") in (".", ","), "the decimal mark is a point or a comma"),
        (layout.get("date", "YYYY-MM-DD") in DAYS, "the form of days is not known"),
        (layout.get("encoding", "utf-8") in ENCODINGS, "the encoding is not known"),
        (
            not any(str(heading).startswith(_FORMULA) for heading, _ in pairs),
            "a heading begins like a formula",
        ),
    )
    wrong = [message for fine, message in checks if not fine]
    return [Fault("layout.invalid", f"The table cannot be written like this: {wrong[0]}.")] if wrong else []


def _is_pair(one: object) -> bool:
    return (
        isinstance(one, list | tuple)
        and len(one) == 2
        and all(isinstance(text, str) and len(text) <= 60 and text.isprintable() for text in one)
    )


def _cell(field: str, one: Payment, order: Order) -> str:
    payee, layout = one.payee, order.layout
    if field == "amount":
        return order.amount(one.amount).replace(".", layout.get("decimal", "."))
    if field == "pay_on":
        return f"{order.pay_on:{DAYS[layout.get('date', 'YYYY-MM-DD')]}}"
    cells = {
        "name": latin(payee.name) or "",
        "account": payee.iban or payee.account_number,
        "iban": payee.iban,
        "account_number": payee.account_number,
        "bic": payee.bic,
        "routing_number": payee.routing_number,
        "bank_name": latin(payee.bank_name) or "",
        "town": latin(payee.town) or "",
        "country": payee.country,
        "currency": order.currency,
        "id": one.end_to_end_id,
        "text": latin(one.text) or "",
        "payer_account": order.account,
    }
    return cells[field].lstrip("=+-@\t\r ")
