"""The money trail in plain SQL, as anybody with psql would write it: no model, no service, only the rails."""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import psycopg
from django.apps import apps
from django.db.models import NOT_PROVIDED
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.support.encrypted import stored
from tests.support.opened import open_raw

AT = "2026-02-15 12:00+00"
CALLED_ON, DUE_ON, PAID_ON = "2026-02-15", "2026-03-01", "2026-02-20"
ISSUED = ("sent", "partially_funded", "fully_funded")
_numbers = itertools.count(1)

# What the rows of a table say unless told otherwise, beside what their model gives a new row.
DEFAULTS: dict[str, dict[str, object]] = {
    "users": {"password": "!", "full_name": "A Person"},
    "funds": {"lpa_date": "2025-09-01"},
    "fund_terms": {"version": 1, "effective_on": "2025-09-01"},
    "bank_details": {
        "version": 1,
        "bank_name": "First Republic Trust",
        "account_name": "A Fund, L.P.",
        "account_number": "000123456789",
        "four_eyes": False,
    },
    "commitments": {"closing_date": "2025-09-01"},
    "commitment_events": {
        "kind": "admitted",
        "changes_commitment": True,
        "effective_on": "2025-09-01",
        "four_eyes": False,
        "recorded_at": AT,
    },
    "allocation_amounts": {
        "kind": "allotment",
        "effective_on": "2025-09-01",
        "four_eyes": False,
        "recorded_at": AT,
    },
    "capital_calls": {"call_date": CALLED_ON, "due_date": DUE_ON, "purpose": "Acquisition"},
    "capital_call_lines": {"position": 1, "kind": "other"},
    "capital_call_item_lines": {"reduces_unfunded": True, "weight": "100000.00"},
    "receipts": {"value_date": PAID_ON},
    "receipt_returns": {"value_date": PAID_ON, "reason": "Sent back"},
    "payments": {"value_date": PAID_ON},
    "payment_reversals": {
        "reason": "The wire bounced",
        "cash_on": PAID_ON,
        "four_eyes": False,
        "requested_at": f"{PAID_ON} 12:00+00",
    },
    "notices": {"kind": "capital_call", "dated_on": CALLED_ON, "facts": "{}"},
    "audit_events": {"happened_at": AT, "verb": "look"},
}


@cache
def given_by_model(table: str) -> dict[str, object]:
    """What the model gives a new row where nobody says otherwise: the database itself knows no defaults."""
    model = next(one for one in apps.get_models() if one._meta.db_table == table)
    fields = [field for field in model._meta.concrete_fields if not field.null and not field.primary_key]
    given = {
        field.column: field.get_default()
        for field in fields
        if field.db_default is NOT_PROVIDED and (field.has_default() or field.get_default() == "")
    }
    return {column: Jsonb(value) if isinstance(value, dict) else value for column, value in given.items()}


@dataclass(frozen=True)
class Call:
    """A call's keys: its lines in their order, its items by commitment."""

    id: int
    fund: int
    lines: tuple[int, ...]
    items: Mapping[int, int]

    @property
    def item(self) -> int:
        """The first partner's item."""
        return next(iter(self.items.values()))


class Trail:
    """Writes rows through `connection`; every method answers the new row's id, `call` a Call."""

    def __init__(self, connection: psycopg.Connection, person: int | None = None):
        self.connection = connection
        self.person = person or self.user(opens_funds=True)

    def add(self, table: str, **values) -> int:
        """One row: what is given, over the table's defaults."""
        row = {**given_by_model(table), **DEFAULTS.get(table, {}), **values}
        row = stored(self.connection, table, row)
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join([sql.Placeholder()] * len(row)),
        )
        open_raw(self.connection)
        return self.connection.execute(statement, list(row.values())).fetchone()[0]

    def one(self, query: str, *parameters):
        """The first row of a query; its value where it has one column."""
        row = self.connection.execute(query, parameters).fetchone()
        return row[0] if row and len(row) == 1 else row

    def sql(self, statement: str, *parameters):
        """Runs a statement with its parameters."""
        return self.connection.execute(statement, parameters)

    def change(self, table: str, row: int, **values):
        """UPDATE of one row by its id."""
        values = stored(self.connection, table, values)
        open_raw(self.connection)
        columns = ", ".join(f"{column} = %s" for column in values)
        self.sql(f"UPDATE {table} SET {columns} WHERE id = %s", *values.values(), row)

    # ------------------------------------------------------------ surroundings

    def user(self, **values) -> int:
        return self.add("users", email=f"person{next(_numbers)}@trail.example", **values)

    def fund(self, **values) -> int:
        name = f"Trail Fund {next(_numbers)}"
        named = {"name": name, "legal_name": f"{name}, L.P."}
        return self.add("funds", **{**named, "created_by_id": self.person, **values})

    def investor(self, **values) -> int:
        return self.add("investors", **{"name": "A Partner", "created_by_id": self.person, **values})

    def deal(self, **values) -> int:
        return self.add("deals", **{"name": "A Company", "created_by_id": self.person, **values})

    def commitment(self, fund: int, amount="100000.00", **values) -> int:
        given = {
            "investor_id": values.pop("investor_id", None) or self.investor(),
            "reference": f"{next(_numbers)}",
        }
        commitment = self.add("commitments", fund_id=fund, created_by_id=self.person, **{**given, **values})
        self.promised(commitment, fund, amount)
        return commitment

    def promised(self, commitment: int, fund: int, amount, **values) -> int:
        """A dated event of a commitment, approved."""
        people = {"recorded_by_id": self.person, "approved_by_id": self.person, "approved_at": AT}
        row = {"commitment_id": commitment, "fund_id": fund, "amount": amount}
        return self.add("commitment_events", **{**row, **people, **values})

    def allocation(self, fund: int, amount="100000.00", **values) -> int:
        deal = values.pop("deal_id", None) or self.deal()
        row = {"fund_id": fund, "deal_id": deal, "created_by_id": self.person}
        allocation = self.add("fund_allocations", **row, **values)
        self.allotted(allocation, fund, amount)
        return allocation

    def allotted(self, allocation: int, fund: int, amount, **values) -> int:
        """A dated row of an allocation, approved."""
        people = {"recorded_by_id": self.person, "approved_by_id": self.person, "approved_at": AT}
        row = {"allocation_id": allocation, "fund_id": fund, "amount": amount}
        return self.add("allocation_amounts", **{**row, **people, **values})

    def bank_details(self, fund: int, **values) -> int:
        return self.add("bank_details", **{"fund_id": fund, "created_by_id": self.person, **values})

    # ------------------------------------------------------------ calls

    def call(
        self, fund: int, parts: Mapping[int, Sequence], allocations: Sequence[int | None] = (None,), **values
    ) -> Call:
        """A call with its lines, items and parts. `parts`: commitment → its amount on each line."""
        totals = [sum(Decimal(part[index]) for part in parts.values()) for index in range(len(allocations))]
        call = self.bare_call(fund, **{"total_amount": sum(totals), **values})
        lines = tuple(
            self.line(call, fund, total, allocation, position=index + 1)
            for index, (total, allocation) in enumerate(zip(totals, allocations, strict=True))
        )
        items = {
            commitment: self.item(call, fund, commitment, amounts, lines)
            for commitment, amounts in parts.items()
        }
        return Call(call, fund, lines, items)

    def bare_call(self, fund: int, **values) -> int:
        """The call's own row, in any status, with the people that the status demands."""
        status = values.setdefault("status", "sent")
        people = {"created_by_id": self.person}
        if status in ISSUED or status == "pending_approval":
            people |= {"submitted_at": AT, "submitted_by_id": self.person}
        if status in ISSUED:
            people |= {"approved_at": AT, "approved_by_id": self.person}
        if status == "cancelled":
            people |= {"cancelled_at": AT, "cancelled_by_id": self.person}
        number = self.one("SELECT coalesce(max(number), 0) + 1 FROM capital_calls WHERE fund_id = %s", fund)
        return self.add("capital_calls", **{"fund_id": fund, "number": number, **people, **values})

    def line(self, call: int, fund: int, amount, allocation: int | None = None, **values) -> int:
        deal = {}
        if allocation:
            seen = "SELECT coalesce(max(seq_no), 0) + 1 FROM capital_call_lines WHERE allocation_id = %s"
            deal = {"kind": "investment", "allocation_id": allocation, "seq_no": self.one(seen, allocation)}
        return self.add("capital_call_lines", call_id=call, fund_id=fund, amount=amount, **{**deal, **values})

    def item(self, call: int, fund: int, commitment: int, amounts: Sequence, lines: Sequence[int]) -> int:
        keys = {"call_id": call, "fund_id": fund, "commitment_id": commitment}
        item = self.add("capital_call_items", amount=sum(map(Decimal, amounts)), **keys)
        for line, amount in zip(lines, amounts, strict=True):
            self.add("capital_call_item_lines", item_id=item, line_id=line, amount=amount, **keys)
        return item

    # ------------------------------------------------------------ money

    def receipt(self, fund: int, amount, **values) -> int:
        return self.add("receipts", fund_id=fund, amount=amount, recorded_by_id=self.person, **values)

    def payment(self, call: Call, commitment: int, amount, receipt: int | None = None, **values) -> int:
        """A payment of one partner, with a receipt of its own unless one is given."""
        receipt = receipt or self.receipt(call.fund, amount)
        keys = {"fund_id": call.fund, "call_id": call.id, "item_id": call.items[commitment]}
        row = {**keys, "commitment_id": commitment, "receipt_id": receipt, "amount": amount}
        return self.add("payments", **{**row, "recorded_by_id": self.person, **values})

    def reversing_payment(self, payment: int, **values) -> int:
        """The compensating row of a payment."""
        same = "receipt_id", "fund_id", "call_id", "item_id", "commitment_id"
        *keys, amount = self.one(f"SELECT {', '.join(same)}, -amount FROM payments WHERE id = %s", payment)
        row = {**dict(zip(same, keys, strict=True)), "amount": amount, "reverses_id": payment}
        return self.add("payments", **{**row, "recorded_by_id": self.person, **values})

    def approved_reversal(self, payment: int, compensation: int, **values) -> int:
        people = {"requested_by_id": self.person, "approved_by_id": self.person, "approved_at": AT}
        row = {"payment_id": payment, "compensation_id": compensation, **people}
        return self.add("payment_reversals", **{**row, **values})

    def letter_facts(self, item: int, **more) -> str:
        """What a letter about an item of a call says at least, as JSON."""
        commitment, amount, reference, currency = self.one(
            "SELECT i.commitment_id, i.amount, 'CC' || c.number || '-' || m.reference, f.currency"
            "  FROM capital_call_items i JOIN capital_calls c ON c.id = i.call_id"
            "  JOIN commitments m ON m.id = i.commitment_id JOIN funds f ON f.id = i.fund_id WHERE i.id = %s",
            item,
        )
        said = {"item_id": item, "commitment_id": commitment, "amount": str(amount), "currency": currency}
        return json.dumps(said | {"payment_reference": reference} | more)

    def settle(self) -> int:
        return self.one("SELECT settle_states()")
