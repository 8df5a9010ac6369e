"""ISO 20022 credit transfer initiation, pain.001.001.09: one message, one payment information block."""

import re
import xml.etree.ElementTree as ET

from banking.writers.form import Fault, Order, Payee, Payment, Unwritable
from banking.writers.latin import latin

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_PAIN_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_PAIN_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
#: The clearing systems whose members a routing number names (ExternalClearingSystemIdentification1Code).
CLEARING = {
    "USD": "USABA", "GBP": "GBDSC", "CAD": "CACPA", "AUD": "AUBSB", "NZD": "NZNCC", "HKD": "HKNCC", "SGD": "SGIBG",
    "JPY": "JPZGN", "INR": "INFSC", "ZAR": "ZANCC", "CHF": "CHBCC",
}  # fmt: skip
_LONGEST_NAME = 70


def write(order: Order) -> bytes:
    """The file. Raises Unwritable for payees whose name, bank or place cannot be written."""
    faults = [fault for one in order.payments for fault in _faults(order, one.payee)]
    payer = latin(order.payer)
    if payer is None:
        faults.append(_unwritten(order.payer))
    if faults:
        raise Unwritable(faults)
    assert payer
    ET.register_namespace("", NAMESPACE)
    document = ET.Element(f"{{{NAMESPACE}}}Document")
    root = _add(document, "CstmrCdtTrfInitn")
    head = _add(root, "GrpHdr")
    _add(head, "MsgId", order.message_id)
    _add(head, "CreDtTm", order.made_at.isoformat(timespec="seconds"))
    _sums(head, order)
    _add(_add(head, "InitgPty"), "Nm", payer[:_LONGEST_NAME])
    block = _add(root, "PmtInf")
    _add(block, "PmtInfId", order.message_id)
    _add(block, "PmtMtd", "TRF")
    _add(block, "BtchBookg", "false")
    _sums(block, order)
    if _is_sepa(order):
        _add(_add(_add(block, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _add(_add(block, "ReqdExctnDt"), "Dt", order.pay_on.isoformat())
    _add(_add(block, "Dbtr"), "Nm", payer[:_LONGEST_NAME])
    account = _add(block, "DbtrAcct")
    _account(account, order.account)
    _add(account, "Ccy", order.currency)
    _bank(_add(block, "DbtrAgt"), order.bank, order.currency)
    _add(block, "ChrgBr", "SLEV" if _is_sepa(order) else "SHAR")
    for one in order.payments:
        _payment(_add(block, "CdtTrfTxInf"), one, order)
    return ET.tostring(document, encoding="utf-8", xml_declaration=True)


def _faults(order: Order, payee: Payee) -> list[Fault]:
    name = latin(payee.name)
    found = [] if name else [_unwritten(payee.name)]
    if name and len(name) > _LONGEST_NAME:
        found.append(
            Fault("payment.name_too_long", f"The name “{payee.name}” has more than {_LONGEST_NAME} signs.")
        )
    if not (payee.iban or payee.bic or payee.routing_number):
        found.append(
            Fault(
                "payment.no_bank", f"The details of {payee.name} name no bank: no BIC and no routing number."
            )
        )
    town = latin(payee.town)
    if not _is_sepa(order) and not (town and payee.country):
        found.append(
            Fault(
                "payment.no_place", f"The details of {payee.name} name no town and country in Latin letters."
            )
        )
    return found


def _unwritten(name: str) -> Fault:
    return Fault(
        "payment.name_not_latin",
        f"“{name}” cannot be written in a payment file: enter the name in Latin letters, as its bank has it.",
    )


def _is_sepa(order: Order) -> bool:
    """Whether it goes from IBAN to IBANs in euro: no address and no BIC is needed."""
    ibans = [order.account, *(one.payee.iban for one in order.payments)]
    return order.currency == "EUR" and all(_PAIN_IBAN.fullmatch(one) for one in ibans)


def _sums(parent: ET.Element, order: Order) -> None:
    _add(parent, "NbOfTxs", str(len(order.payments)))
    _add(parent, "CtrlSum", order.amount(order.total))


def _payment(parent: ET.Element, one: Payment, order: Order) -> None:
    ids = _add(parent, "PmtId")
    _add(ids, "InstrId", one.end_to_end_id)
    _add(ids, "EndToEndId", one.end_to_end_id)
    _add(ids, "UETR", one.uetr)
    _add(_add(parent, "Amt"), "InstdAmt", order.amount(one.amount)).set("Ccy", order.currency)
    payee = one.payee
    if payee.bic or not payee.iban:
        _bank(_add(parent, "CdtrAgt"), payee.bic or payee.routing_number, order.currency)
    holder = _add(parent, "Cdtr")
    _add(holder, "Nm", latin(payee.name) or "")
    town = latin(payee.town)
    if town and payee.country:
        place = _add(holder, "PstlAdr")
        _add(place, "TwnNm", town)
        _add(place, "Ctry", payee.country)
    _account(_add(parent, "CdtrAcct"), payee.iban or payee.account_number)
    _add(_add(parent, "RmtInf"), "Ustrd", (latin(one.text) or one.end_to_end_id)[:140])


def _account(parent: ET.Element, number: str) -> None:
    kind = _add(parent, "Id")
    if _PAIN_IBAN.fullmatch(number):
        _add(kind, "IBAN", number)
    else:
        _add(_add(kind, "Othr"), "Id", "".join(number.split())[:34])


def _bank(parent: ET.Element, code: str, currency: str) -> None:
    bank = _add(parent, "FinInstnId")
    if _PAIN_BIC.fullmatch(code):
        _add(bank, "BICFI", code)
    elif code:
        member = _add(bank, "ClrSysMmbId")
        if currency in CLEARING:
            _add(_add(member, "ClrSysId"), "Cd", CLEARING[currency])
        _add(member, "MmbId", "".join(code.replace("-", " ").split()))
    else:
        _add(_add(bank, "Othr"), "Id", "NOTPROVIDED")


def _add(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    made = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    made.text = text
    return made
