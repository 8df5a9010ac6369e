"""ISO 20022 payment status report (pain.002): what a bank says of a file of payments that it was given."""

import re
from dataclasses import dataclass
from decimal import Decimal

from banking.readers import xml
from banking.readers.form import Refused
from banking.readers.numbers import amount_or_refuse, with_point
from banking.readers.xml import Node

LARGEST = 5_000_000  # bytes
REJECTED = "RJCT"
#: Statuses that let a payment go on (ExternalPaymentGroupStatus1Code, ExternalPaymentTransactionStatus1Code).
ACCEPTED = frozenset(("ACTC", "ACCP", "ACFC", "ACSP", "ACSC", "ACWC", "ACWP", "ACCC", "PART"))
#: Those that say nothing yet.
WAITING = frozenset(("RCVD", "PDNG", "PATC"))
_NAMESPACE = re.compile(r"pain\.002\.001\.(0[3-9]|1[0-9])$")


@dataclass(frozen=True, kw_only=True)
class PaymentStatus:
    """What is said of one payment: its end-to-end id, its status, why, and the amount that the bank read, if told."""

    end_to_end_id: str
    status: str
    reason: str
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, kw_only=True)
class StatusReport:
    """What is said of a message as a whole (`status`, empty where only payments are spoken of), and of payments."""

    message_id: str
    of_message: str
    status: str
    reason: str
    payments: tuple[PaymentStatus, ...]

    @property
    def refuses_all(self) -> bool:
        return self.status == REJECTED

    @property
    def refused(self) -> tuple[PaymentStatus, ...]:
        return tuple(one for one in self.payments if one.status == REJECTED)

    @property
    def waits(self) -> bool:
        """Whether it says nothing yet: received, or pending."""
        said = {self.status, *(one.status for one in self.payments)} - {""}
        return said <= WAITING


def read_status_report(data: bytes) -> StatusReport:
    """The report in a file. Raises Refused: `file.…`, `xml.…`, `status.unknown`."""
    if len(data) > LARGEST:
        gist = f"the file is larger than {LARGEST // 1_000_000} MB"
        raise Refused("file.too_large", 1, "file", gist)
    if not data.strip():
        raise Refused("file.empty", 1, "file", "the file is empty")
    xml.check_well_formed(data)
    found: list[Node] = []
    xml.walk(data, root=_root, taken=frozenset({"CstmrPmtStsRpt"}), take=lambda node, _: found.append(node))
    if len(found) != 1:
        last = xml.last_line(data)
        raise Refused("file.format", last, "CstmrPmtStsRpt", "the message holds not one status report")
    return _report(found[0])


def _root(namespace: str, name: str, line: int) -> None:
    if name != "Document" or not _NAMESPACE.search(namespace):
        raise Refused(
            "xml.message", line, name, "this is no payment status report (pain.002.001.03 or later)"
        )


def _report(node: Node) -> StatusReport:
    groups, blocks = node.all("OrgnlGrpInfAndSts"), node.all("OrgnlPmtInfAndSts")
    if len(groups) != 1:
        raise Refused("file.format", node.line, "OrgnlGrpInfAndSts", "a report is of one message")
    whole = [one for one in (_status(groups[0], "GrpSts"), *(_status(b, "PmtInfSts") for b in blocks)) if one]
    is_refused = REJECTED in whole[:1] or (len(blocks) == 1 and REJECTED in whole)
    reasons = dict.fromkeys(filter(None, (_reason(one) for one in (*groups, *blocks))))
    return StatusReport(
        message_id=node.value("GrpHdr/MsgId") or "",
        of_message=groups[0].value("OrgnlMsgId") or "",
        status=REJECTED if is_refused else next(iter(whole), ""),
        reason=". ".join(reasons),
        payments=tuple(_payment(one) for block in blocks for one in block.all("TxInfAndSts")),
    )


def _status(node: Node, name: str) -> str:
    found = node.first(name)
    if found is None:
        return ""
    if (status := found.text.strip()) in ACCEPTED | WAITING | {REJECTED}:
        return status
    raise Refused("status.unknown", found.line, name, f"{status or 'nothing'} is no status that is known")


def _payment(node: Node) -> PaymentStatus:
    told = node.first("OrgnlTxRef/Amt/InstdAmt")
    currency = told.attributes.get("Ccy", "") if told else ""
    return PaymentStatus(
        end_to_end_id=(node.value("OrgnlEndToEndId", "OrgnlInstrId") or "").upper(),
        status=_status(node, "TxSts"),
        reason=_reason(node),
        amount=_amount(told, currency) if told else None,
        currency=currency,
    )


def _amount(node: Node, currency: str) -> Decimal:
    amount = with_point(node.text, currency, signed=False)
    return amount_or_refuse(amount, node.text, node.line, "InstdAmt")


def _reason(node: Node) -> str:
    """Why, by the bank: its codes and its words."""
    told = [
        said.text.strip()
        for one in node.all("StsRsnInf")
        for path in ("Rsn/Cd", "Rsn/Prtry", "AddtlInf")
        for said in one.all(path)
    ]
    return " ".join(filter(None, told))
