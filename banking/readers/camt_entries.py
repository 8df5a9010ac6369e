"""The entries of a camt.053 statement. A batch is taken apart only where its details add up to it."""

from decimal import Decimal

from banking.readers.form import BOOKED, INFO, PENDING, Entry, Refused, reference_or_none
from banking.readers.numbers import amount_or_refuse, iso_day, with_point
from banking.readers.words import cleaned
from banking.readers.xml import Node

_STATUS = {"BOOK": BOOKED, "PDNG": PENDING, "FUTR": PENDING, "INFO": INFO}
_DIRECTION = {"CRDT": 1, "DBIT": -1}


def entries_of(node: Node, currency: str, count: int) -> list[Entry]:
    """One entry, or one per detail of a batch; amounts have the direction that is given (`CdtDbtInd`).

    Raises entry.amount, .currency, .direction, .date.
    """
    signed = _signed_amount(node, currency)
    details = node.all("NtryDtls/TxDtls")
    facts = _facts(node, currency, count + 1)
    parts = _own_amounts(node, details, currency) if len(details) > 1 else None
    if parts and sum(parts) == signed:
        return [
            cleaned(_detailed(node, detail, amount, facts, currency, place=(n, len(details))))
            for n, (detail, amount) in enumerate(zip(details, parts, strict=True), 1)
        ]
    if len(details) == 1:
        return [cleaned(_detailed(node, details[0], signed, facts, currency))]
    return [cleaned(_whole(node, details, signed, facts, currency))]


def _facts(node: Node, currency: str, n: int) -> dict:
    """What all parts of an entry share. What is not known to be booked is pending."""
    booking = node.first("BookgDt/Dt", "BookgDt/DtTm")
    value = node.first("ValDt/Dt", "ValDt/DtTm")
    if booking is None and value is None:
        raise Refused("entry.date", node.line, "BookgDt", "the entry has no day")
    days = [iso_day(day.text, day.line, day.name) if day else None for day in (booking, value)]
    status = node.value("Sts/Cd", "Sts", "Sts/Prtry") or ""
    return {
        "n": n,
        "line": node.line,
        "status": _STATUS.get(status.upper(), PENDING),
        "booking_date": days[0] or days[1],
        "value_date": days[1] or days[0],
        "reversal": node.value("RvslInd") in ("true", "1"),
    }


def _detailed(node: Node, detail: Node, amount: Decimal, facts: dict, currency: str, place=None) -> Entry:
    """The entry of one detail. A part of a batch takes its own references before the entry's."""
    of_entry = node.value("AcctSvcrRef")
    own = [detail.value("Refs/AcctSvcrRef"), of_entry, detail.value("Refs/TxId"), detail.value("Refs/UETR")]
    if place:
        own = [own[0], own[2], own[3], own[1]]
    reference = next((found for one in own if (found := reference_or_none(one))), None)
    creditor_reference = reference_or_none(
        detail.value("RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/CdtrRefInf/CdtrRef")
    )
    given = [one.text for one in detail.all("RmtInf/Ustrd") if one.text.strip()]
    text = " ".join(given) or detail.value("AddtlTxInf")
    if not text and not creditor_reference:
        text = node.value("AddtlNtryInf")
    name, account = _party(node, detail, facts["reversal"])
    return Entry(
        **facts,
        amount=amount,
        returned=_returned(detail),
        reference=reference,
        end_to_end_id=reference_or_none(detail.value("Refs/EndToEndId")),
        creditor_reference=creditor_reference,
        name=name,
        account=account,
        text=text,
        loose_text=None,
        original=_original(detail, currency) or (None if place else _original(node, currency)),
        part=f"{place[0]}/{place[1]}" if place else None,
    )


def _whole(node: Node, details: list[Node], amount: Decimal, facts: dict, currency: str) -> Entry:
    """An entry without details, or of a batch that cannot be taken apart: all texts and no party."""
    texts = []
    for detail in details:
        given = [one.text for one in detail.all("RmtInf/Ustrd") if one.text.strip()]
        texts.append(" ".join(given) or detail.value("AddtlTxInf") or "")
    returned = {_returned(detail) for detail in details}
    return Entry(
        **facts,
        amount=amount,
        returned=returned.pop() if len(returned) == 1 else None,
        reference=reference_or_none(node.value("AcctSvcrRef")),
        text=" ".join(text for text in texts if text) or node.value("AddtlNtryInf"),
        original=_original(node, currency),
    )


def _party(node: Node, detail: Node, reversal: bool) -> tuple[str | None, str | None]:
    """The debtor of a credit, the creditor of a debit; of what is taken back, the other if that one is not named."""
    first, second = ("Dbtr", "Cdtr") if node.value("CdtDbtInd") == "CRDT" else ("Cdtr", "Dbtr")
    sides = (first, second) if reversal or _returned(detail) else (first,)
    for side in sides:
        path = f"RltdPties/{side}"
        name = detail.value(f"{path}/Nm", f"{path}/Pty/Nm")
        account = detail.value(f"{path}Acct/Id/IBAN", f"{path}Acct/Id/Othr/Id")
        if name or account:
            return name, account
    return None, None


def _returned(detail: Node) -> str | None:
    return detail.value("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry", "RtrInf/RtrRsn/Cd")


def _signed_amount(node: Node, currency: str) -> Decimal:
    amount = node.first("Amt")
    if amount is None:
        raise Refused("entry.amount", node.line, "Amt", "the entry has no amount")
    if amount.attributes.get("Ccy", currency) != currency:
        gist = f"the entry is in {amount.attributes['Ccy']}, the account in {currency}"
        raise Refused("entry.currency", amount.line, "Amt", gist)
    direction = node.first("CdtDbtInd")
    sign = _DIRECTION.get(direction.text.strip()) if direction else None
    if sign is None:
        line = direction.line if direction else node.line
        raise Refused("entry.direction", line, "CdtDbtInd", "the entry is neither CRDT nor DBIT")
    read = with_point(amount.text, currency, signed=False)
    return sign * amount_or_refuse(read, amount.text.strip(), amount.line, "Amt", "an amount such as 5600.00")


def _own_amounts(node: Node, details: list[Node], currency: str) -> list[Decimal] | None:
    """The signed amounts of all details in the account's currency, or None where one has none."""
    found = []
    for detail in details:
        amount = detail.first("Amt", "AmtDtls/TxAmt/Amt")
        if amount is None or amount.attributes.get("Ccy", currency) != currency:
            return None
        read = with_point(amount.text, currency, signed=False)
        sign = _DIRECTION.get(detail.value("CdtDbtInd") or node.value("CdtDbtInd") or "")
        if read is None or sign is None:
            return None
        found.append(sign * read)
    return found


def _original(detail: Node, currency: str) -> tuple[Decimal, str] | None:
    """What was sent, where it was sent in another currency."""
    for path in ("AmtDtls/InstdAmt/Amt", "AmtDtls/TxAmt/Amt", "Amt"):
        for amount in detail.all(path):
            other = amount.attributes.get("Ccy")
            read = with_point(amount.text, other or currency, signed=False)
            if other and other != currency and read is not None:
                return read, other
    return None
