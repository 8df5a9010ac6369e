"""Writers of bank files for tests: the same bookings as camt.053, MT940, OFX, BAI2 or a table."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape

NUMBER = "4400117730"
MAPPING = {
    "encoding": "utf-8",
    "delimiter": ";",
    "skip_rows": 0,
    "date": "DD.MM.YYYY",
    "decimal": ",",
    "amount": {"column": "Amount"},
    "columns": {
        "booking_date": "Day",
        "value_date": "Value",
        "name": "Name",
        "text": "Text",
        "reference": "Reference",
        "balance": "Balance",
    },
}


@dataclass(frozen=True)
class Booking:
    """What the bank booked on one day; `reference` is the bank's."""

    day: date
    amount: Decimal
    reference: str
    text: str
    name: str = ""
    end_to_end: str = ""


def closing_of(opening: Decimal, bookings) -> Decimal:
    return opening + sum((booking.amount for booking in bookings), Decimal(0))


def camt(bookings, opening: Decimal, *, number=NUMBER, statement_id="S1", currency="USD") -> bytes:
    def amount(value: Decimal) -> str:
        direction = "CRDT" if value >= 0 else "DBIT"
        return f'<Amt Ccy="{currency}">{abs(value)}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'

    def balance(code: str, value: Decimal, day: date) -> str:
        kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        return f"<Bal>{kind}{amount(value)}<Dt><Dt>{day}</Dt></Dt></Bal>"

    def entry(booking: Booking) -> str:
        side = "Dbtr" if booking.amount >= 0 else "Cdtr"
        party = (
            f"<RltdPties><{side}><Pty><Nm>{escape(booking.name)}</Nm></Pty></{side}></RltdPties>"
            if booking.name
            else ""
        )
        ids = f"<Refs><EndToEndId>{booking.end_to_end}</EndToEndId></Refs>" if booking.end_to_end else ""
        text = f"<RmtInf><Ustrd>{escape(booking.text)}</Ustrd></RmtInf>" if booking.text else ""
        return (
            f"<Ntry>{amount(booking.amount)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{booking.day}</Dt></BookgDt>"
            f"<ValDt><Dt>{booking.day}</Dt></ValDt><AcctSvcrRef>{booking.reference}</AcctSvcrRef>"
            f"<NtryDtls><TxDtls>{ids}{party}{text}</TxDtls></NtryDtls></Ntry>\n"
        )

    days = [booking.day for booking in bookings]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        f"<BkToCstmrStmt><Stmt><Id>{statement_id}</Id><Acct><Id><Othr><Id>{number}</Id></Othr></Id><Ccy>{currency}</Ccy></Acct>"
        + balance("OPBD", opening, min(days))
        + balance("CLBD", closing_of(opening, bookings), max(days))
        + "".join(map(entry, bookings))
        + "</Stmt></BkToCstmrStmt></Document>\n"
    ).encode()


def mt940(bookings, opening: Decimal) -> bytes:
    def balance(tag: str, value: Decimal, day: date) -> str:
        return f":{tag}:{'C' if value >= 0 else 'D'}{day:%y%m%d}USD{abs(value):.2f}".replace(".", ",")

    def cut(text: str) -> str:
        return "".join(f"?{20 + n}{text[27 * n : 27 * n + 27]}" for n in range((len(text) + 26) // 27))

    days = [booking.day for booking in bookings]
    lines = [":20:S1", f":25:{NUMBER}", ":28C:1/1", balance("60F", opening, min(days))]
    for booking in bookings:
        mark = "C" if booking.amount >= 0 else "D"
        amount = f"{abs(booking.amount):.2f}".replace(".", ",")
        lines.append(f":61:{booking.day:%y%m%d%m%d}{mark}{amount}NTRFNONREF//{booking.reference}")
        details = f"166{cut(booking.text)}" + (f"?32{booking.name[:27]}" if booking.name else "")
        lines += [(":86:" if at == 0 else "") + details[at : at + 65] for at in range(0, len(details), 65)]
    lines += [balance("62F", closing_of(opening, bookings), max(days)), "-"]
    return "\r\n".join(lines).encode()


def bai2(bookings, opening: Decimal) -> bytes:
    """All of one day: the format knows one per statement."""
    closing = closing_of(opening, bookings)
    amounts = [int(value * 100) for value in (opening, closing)]
    records = [f"03,{NUMBER},USD,010,{amounts[0]},,,015,{amounts[1]},,/"]
    for booking in bookings:
        cents = int(abs(booking.amount) * 100)
        amounts.append(cents)
        kind = 195 if booking.amount >= 0 else 495
        records.append(f"16,{kind},{cents},Z,{booking.reference},,{booking.text[:30]}")
        records += [f"88,{booking.text[at : at + 30]}" for at in range(30, len(booking.text), 30)]
    total, count = sum(amounts), len(records) + 1
    day = f"{bookings[0].day:%y%m%d}"
    return "\n".join(
        [
            f"01,123456780,FUND,{day},0600,1,,,2/",
            f"02,FUND,123456780,1,{day},,USD,2/",
            *records,
            f"49,{total},{count}/",
            f"98,{total},1,{count + 2}/",
            f"99,{total},1,{count + 4}/",
        ]
    ).encode()


def ofx(bookings, opening: Decimal) -> bytes:
    rows = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{booking.day:%Y%m%d}235959[-8:PST]<TRNAMT>{booking.amount:+}"
        f"<FITID>{booking.reference}<NAME>{escape(booking.name)}<MEMO>{escape(booking.text)}\n</STMTTRN>\n"
        for booking in bookings
    )
    days = [booking.day for booking in bookings]
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:UTF-8\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD\n"
        f"<BANKACCTFROM><BANKID>123456780<ACCTID>{NUMBER}</BANKACCTFROM><BANKTRANLIST><DTSTART>{min(days):%Y%m%d}"
        f"<DTEND>{max(days):%Y%m%d}\n{rows}</BANKTRANLIST><LEDGERBAL><BALAMT>{closing_of(opening, bookings)}"
        f"<DTASOF>{max(days):%Y%m%d}</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode()


def table(bookings, opening: Decimal, *, newest_first: bool = False) -> bytes:
    """Read by `MAPPING`."""

    def german(value: Decimal) -> str:
        return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    rows, balance = [], opening
    for booking in bookings:
        balance += booking.amount
        day = f"{booking.day:%d.%m.%Y}"
        words = (cell(booking.name), cell(booking.text), booking.reference)
        rows.append(";".join([day, day, *words, german(booking.amount), german(balance)]))
    rows = rows[::-1] if newest_first else rows
    return "\n".join(["Day;Value;Name;Text;Reference;Amount;Balance", *rows]).encode()


def pain002(message_id: str, status: str, payments=None, *, currency="USD", doctype=False) -> bytes:
    """A status report of the bank: of the message as a whole, and by end-to-end id (status, reason, amount)."""
    told = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{escape(identifier)}</OrgnlEndToEndId><TxSts>{said}</TxSts>"
        + (f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else "")
        + f'<OrgnlTxRef><Amt><InstdAmt Ccy="{currency}">{amount}</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>'
        for identifier, (said, reason, amount) in (payments or {}).items()
    )
    whole = f"<GrpSts>{status}</GrpSts>" if status else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        + ("<!DOCTYPE Document>" if doctype else "")
        + '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-01-01T00:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
        f"{whole}</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{message_id}</OrgnlPmtInfId>{told}"
        "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()
