"""ACH files of NACHA: lines of 94 signs, in blocks of ten. Credits only, in US dollars, one batch for companies (CCD)
and one for people (PPD)."""

import re
from collections.abc import Mapping

from stdnum.us import rtn

from banking.writers.form import Fault, Order, Payment, Unwritable
from banking.writers.latin import latin

_WIDTH, _BLOCK = 94, 10
_MOST = 99_999_999_99  # cents of an entry
_CREDITS = "220"
_GIVEN_ID = re.compile(r"[A-Z0-9 ]{1,10}")
#: What a bank says of whoever sends it files: the names of a layout.
ASKED = ("destination", "destination_name", "origin", "company_id", "description")


def write(order: Order) -> bytes:
    """The file. Raises Unwritable for another currency, a layout that says too little, and payees without a routing
    number or with a name that cannot be written."""
    faults = _faults(order)
    if faults:
        raise Unwritable(faults)
    layout = order.layout
    lines, batches, entries = [_file_header(order, layout)], 0, 0
    hashes, cents = 0, 0
    for kind, is_person in (("CCD", False), ("PPD", True)):
        payments = [one for one in order.payments if one.payee.is_person is is_person]
        if payments:
            batches += 1
            lines += _batch(order, layout, kind, batches, payments)
            entries += len(payments)
            hashes += _hash(payments)
            cents += sum(_cents(one) for one in payments)
    blocks = -(-(len(lines) + 1) // _BLOCK)
    sums = f"{entries:08}{hashes % 10**10:010}{0:012}{cents:012}"
    lines.append(f"9{batches:06}{blocks:06}{sums}".ljust(_WIDTH))
    lines += ["9" * _WIDTH] * (blocks * _BLOCK - len(lines))
    assert all(len(line) == _WIDTH for line in lines)
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def faults_of_layout(layout: Mapping) -> list[Fault]:
    """What a layout leaves out, or cannot be."""
    found = []
    if not rtn.is_valid(str(layout.get("destination", ""))):
        found.append(Fault("layout.destination", "Name the routing number of the bank that takes the files."))
    for name, most in (("destination_name", 23), ("description", 10)):
        if not 0 < len(latin(str(layout.get(name, ""))) or "") <= most:
            found.append(Fault(f"layout.{name}", f"The {name.replace('_', ' ')} has 1 to {most} signs."))
    for name in ("origin", "company_id"):
        if not _GIVEN_ID.fullmatch(str(layout.get(name, ""))):
            found.append(
                Fault(
                    f"layout.{name}",
                    f"The {name.replace('_', ' ')} has 1 to 10 signs, as the bank gave them.",
                )
            )
    return found


def _faults(order: Order) -> list[Fault]:
    if order.currency != "USD":
        return [Fault("payment.currency", "ACH files pay US dollars alone.")]
    found = faults_of_layout(order.layout)
    if latin(order.payer) is None:
        found.append(Fault("payment.name_not_latin", f"“{order.payer}” cannot be written in a payment file."))
    for one in order.payments:
        payee = one.payee
        account = "".join(payee.account_number.split())
        checks = (
            (
                latin(payee.name),
                "payment.name_not_latin",
                f"“{payee.name}” cannot be written in a payment file: enter the name in Latin letters.",
            ),
            (
                rtn.is_valid(payee.routing_number),
                "payment.no_bank",
                f"The details of {payee.name} name no routing number.",
            ),
            (
                0 < len(account) <= 17,
                "payment.account",
                f"The account of {payee.name} has more than 17 signs, or is an IBAN.",
            ),
            (
                _cents(one) <= _MOST,
                "payment.too_much",
                f"An ACH entry carries no more than 99,999,999.99: pay {payee.name} by wire.",
            ),
            (
                len(one.end_to_end_id) <= 15,
                "payment.id",
                "The numbers of this file are too long for ACH: pay by wire.",
            ),
        )
        found += [Fault(code, message) for fine, code, message in checks if not fine]
    return found


def _cents(one: Payment) -> int:
    return int(one.amount * 100)


def _hash(payments: list[Payment]) -> int:
    return sum(int(one.payee.routing_number[:8]) for one in payments)


def _text(value: str, width: int) -> str:
    return (latin(value) or "").upper()[:width].ljust(width)


def _file_header(order: Order, layout: Mapping) -> str:
    made = f"{order.made_at:%y%m%d%H%M}"
    head = f"101 {layout['destination']}{layout['origin']:>10}{made}A094101"
    return f"{head}{_text(layout['destination_name'], 23)}{_text(order.payer, 23)}{' ' * 8}"


def _batch(order: Order, layout: Mapping, kind: str, number: int, payments: list[Payment]) -> list[str]:
    company, bank = f"{layout['company_id']:<10}", layout["destination"][:8]
    paid = f"{order.pay_on:%y%m%d}"
    lines = [
        f"5{_CREDITS}{_text(order.payer, 16)}{' ' * 20}{company}{kind}{_text(layout['description'], 10)}"
        f"{paid}{paid}   1{bank}{number:07}"
    ]
    for one in payments:
        payee = one.payee
        account = "".join(payee.account_number.split())
        lines.append(
            f"622{payee.routing_number}{account:<17}{_cents(one):010}{one.end_to_end_id:<15}"
            f"{_text(payee.name, 22)}  0{bank}{one.n:07}"
        )
    sums = (
        f"{len(payments):06}{_hash(payments) % 10**10:010}{0:012}{sum(_cents(one) for one in payments):012}"
    )
    return [*lines, f"8{_CREDITS}{sums}{company}{' ' * 25}{bank}{number:07}"]
