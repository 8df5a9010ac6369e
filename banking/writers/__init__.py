"""Writers of payment files, one for each format that banks take."""

from banking.writers import nacha, pain, table
from banking.writers.form import Fault, Order, Payee, Payment, Unwritable

_WRITERS = {"pain.001.001.09": pain.write, "nacha": nacha.write, "csv": table.write}


def write(form: str, order: Order) -> bytes:
    """The bytes of a payment file. Raises Unwritable."""
    return _WRITERS[form](order)


def faults_of_layout(form: str, layout: dict) -> list[Fault]:
    """What of a layout is wrong; pain.001 asks for none."""
    checks = {"nacha": nacha.faults_of_layout, "csv": table.faults_of_layout}
    return checks[form](layout) if form in checks else []


__all__ = ["Fault", "Order", "Payee", "Payment", "Unwritable", "faults_of_layout", "write"]
