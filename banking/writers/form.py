"""What a payment file says, whatever its format; and why one cannot be written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """Whom a payment goes to, as the verified details of its account say; what is not known is empty."""

    name: str
    account_number: str = ""
    iban: str = ""
    bic: str = ""
    routing_number: str = ""
    bank_name: str = ""
    town: str = ""
    country: str = ""
    is_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment, in the currency of its order; `amount` is positive. `text` is what the payee reads."""

    n: int
    end_to_end_id: str
    uetr: str
    amount: Decimal
    payee: Payee
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Payments out of one account on one day. `bank` is the BIC or the routing number of its bank. `amounts` writes an
    amount with the decimals of the currency; `layout` is what the bank asks of files in the format."""

    message_id: str
    made_at: datetime
    pay_on: date
    currency: str
    decimals: int
    payer: str
    account: str
    bank: str
    payments: tuple[Payment, ...]
    layout: Mapping = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return sum((one.amount for one in self.payments), Decimal(0))

    def amount(self, value: Decimal) -> str:
        """With the decimals of the currency, without grouping."""
        return f"{value:.{self.decimals}f}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a payment cannot be written: what is missing of whom."""

    code: str
    message: str


class Unwritable(Exception):
    """A file that cannot be written, with every reason."""

    def __init__(self, faults: list[Fault]):
        super().__init__("; ".join(one.message for one in faults))
        self.faults = faults
