"""What the bank says of a fund's account: a statement (camt.053) for each month, written from the fund's own books.

Every wire of the books stands on the statement of its day, with what the books of partners do not hold: what was bought
and sold, fees and expenses, taxes, the bank's charges. Each entry is settled as a person would have: receipts and
payouts are connected with what was recorded, everything else is classified. So nothing is unexplained.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from html import escape

from django.db.models import Q, QuerySet

from banking.models import BankAccount, BankEntry, EntryClass, StatementFile
from banking.services.accounts import add_bank_account
from banking.services.reading import read_file
from banking.services.rules import teach_rule
from blackgem.lib.context import WriteContext
from blackgem.lib.opened import open_import
from blackgem.models import User
from capital.models import CapitalCallLine, Payment
from distributions.models import Payout
from funds.models import CapitalTransaction, Deal, Fund
from funds.queries.cash_moves import CashMove, moves_of, payables_of

from .history import copy
from .people import Staff, on

ZERO = Decimal(0)
CHARGE = Decimal("-18.00")
TEN_YEARS = 120 * CHARGE
#: Kind of a line → the class of what it was spent on, and whom it went to.
SPENT_ON = {
    "investment": (EntryClass.DEAL_PURCHASE, "{deal}", "Purchase"),
    "management_fee": (EntryClass.MANAGEMENT_FEE, "The manager", "Management fee"),
    "organisational_costs": (EntryClass.EXPENSE, "Harbor Counsel LLP", "Organisational costs"),
}
EXPENSE = (EntryClass.EXPENSE, "Harbor Fund Administration", "Expenses of the fund")
POSTING = ("entry_id", "fund_id", "receipt_id", "step", "score", "reasons", "recorded_at", "recorded_by_id")
MOVE = ("fund_id", "entry_id", "kind", "row_id", "recorded_at", "recorded_by_id")
DECISION = ("fund_id", "entry_id", "version", "kind", "entry_class", "note", "recorded_at", "recorded_by_id")


@dataclass(frozen=True)
class Line:
    """One booking; `settled` is the wire of the books that it is, or its class; nothing where it waits."""

    on: date
    amount: Decimal
    name: str
    text: str
    settled: CashMove | str | None = None
    end_to_end_id: str = ""


def account_of(fund: Fund, bank: Mapping[str, str], day: date, staff: Staff) -> BankAccount:
    """The fund's account, registered on a day."""
    return add_bank_account(
        fund_id=fund.pk,
        number=bank["account_number"],
        bank=bank["routing_number"],
        ctx=WriteContext(staff.manager, on(day, 8)),
    )


def load(
    account: BankAccount,
    until: date,
    staff: Staff,
    waiting: Iterable[Line] = (),
    *,
    ids: Mapping[int, str] | None = None,
) -> None:
    """Statements up to the end of the month of `until`, or of that day, each settled but for the lines that wait. `ids`
    are those that payment files gave to payouts, by the payout's item."""
    fund = account.fund
    _teach(fund, until, staff)
    by_month: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for line in [*_lines(fund, until, ids or {}), *waiting]:
        by_month[line.on.year, line.on.month].append(line)
    balance, settled = ZERO, {}
    for n, (year, month) in enumerate(sorted(by_month), 1):
        lines = sorted(by_month[year, month], key=lambda line: line.on)
        last = min(date(year, month, monthrange(year, month)[1]), until)
        named = {f"B{account.pk}-{n}-{place}": line for place, line in enumerate(lines, 1)}
        content = camt(
            account, fund.currency, f"{year}-{month:02}", balance, (date(year, month, 1), last), named
        )
        bring_in(fund, content, f"statement-{year}-{month:02}.xml", last, staff.manager)
        settled |= {reference: line for reference, line in named.items() if line.settled is not None}
        balance += sum((line.amount for line in lines), ZERO)
    _settle(account, settled, staff, on(until))


def _teach(fund: Fund, until: date, staff: Staff) -> None:
    """Rules for what comes again and again."""
    for name, text, entry_class in (
        ("", "account charge", EntryClass.BANK_CHARGE),
        ("Harbor Fund Administration", "", EntryClass.EXPENSE),
        ("The manager", "management fee", EntryClass.MANAGEMENT_FEE),
    ):
        teach_rule(
            fund_id=fund.pk,
            side="out",
            name_holds=name,
            text_holds=text,
            entry_class=entry_class,
            ctx=WriteContext(staff.manager, on(until, 9)),
        )


def _lines(fund: Fund, until: date, ids: Mapping[int, str]) -> list[Line]:
    """The wires of the books, and what they were for."""
    moves = [move for move in moves_of(fund) if move.on <= until]
    rows = Payout.objects.filter(fund=fund, item__in=ids).values_list("pk", "item") if ids else ()
    said = {("payout", payout): ids[item] for payout, item in rows}
    came = Payment.objects.filter(fund=fund, receipt__isnull=False, reverses=None).order_by("-pk")
    payers = dict(came.values_list("receipt_id", "commitment__investor__name"))
    lines = [
        Line(move.on, move.amount, move.who or _payer(move, payers), move.what, move, said.get(move.key, ""))
        for move in moves
    ]
    spent = _spent(fund, until)
    lines += spent
    lines += _proceeds(fund, moves)
    # What the bank charges is kept back of the first large expenses, and charged since: no account is overdrawn.
    large = [line for line in spent if line.settled == EntryClass.EXPENSE and line.amount < TEN_YEARS]
    first = min((line.on for line in large[:1] or lines), default=until)
    months = [divmod(n, 12) for n in range(12 * first.year + first.month - 1, 12 * until.year + until.month)]
    months = [(year, month + 1) for year, month in months]
    lines += [
        Line(
            min(date(*month, monthrange(*month)[1]), until),
            CHARGE,
            "",
            "Account charge",
            EntryClass.BANK_CHARGE,
        )
        for month in months
    ]
    for line in large[:1]:
        lines[lines.index(line)] = replace(line, amount=line.amount - CHARGE * len(months))
    return lines


def _payer(move: CashMove, payers: Mapping[int, str]) -> str:
    """Whose wire a receipt was, by what it was applied to first."""
    return payers.get(move.row_id, "Partner") if move.kind == "receipt" else "Partner"


def _spent(fund: Fund, until: date) -> list[Line]:
    """At the end of each month, what partners had paid for in it went where it was called for: not what was sent back
    to them, what changed hands between them, or what later partners paid for earlier ones to have back."""
    deals = dict(Deal.objects.values_list("pk", "name"))
    sums: dict[tuple, Decimal] = defaultdict(lambda: ZERO)
    rows = CapitalTransaction.objects.filter(
        fund=fund,
        call_id__isnull=False,
        amount__gt=0,
        reverses=None,
        reversed_by_row=None,
        transfer_id=None,
    ).exclude(call_line_id__in=_given_back(fund))
    for day, kind, deal, amount in rows.values_list("value_date", "line_kind", "deal", "amount"):
        if day <= until:
            sums[min(date(day.year, day.month, monthrange(day.year, day.month)[1]), until), kind, deal] += (
                amount
            )
    found = []
    for (day, kind, deal), amount in sorted(
        sums.items(), key=lambda one: (one[0][0], one[0][1], one[0][2] or 0)
    ):
        entry_class, name, text = SPENT_ON.get(kind, EXPENSE)
        found.append(Line(day, -amount, name.format(deal=deals.get(deal, "")), text, entry_class))
    return found


def _given_back(fund: Fund) -> QuerySet:
    """The lines of calls of later closings that earlier partners have back: their parts, and interest between them."""
    interest = Q(kind=CapitalCallLine.Kind.SUBSEQUENT_CLOSE_INTEREST, counts_as_called=False)
    return CapitalCallLine.objects.filter(Q(equalises__isnull=False) | interest, fund=fund).values("pk")


def _proceeds(fund: Fund, moves: list[CashMove]) -> list[Line]:
    """What a distribution pays out came in the day before its first payout, with what of it still waits."""
    paid = [move for move in moves if move.kind == "payout" and move.amount < 0]
    first = {move.what: move.on for move in sorted(paid, key=lambda move: move.on, reverse=True)}
    sums: dict[tuple[date, str], Decimal] = defaultdict(lambda: ZERO)
    for move in paid:
        sums[first[move.what], move.what] -= move.amount
    for one in payables_of(fund):
        if one.what in first:
            sums[first[one.what], one.what] += one.amount
    return [
        Line(
            day - timedelta(days=1), amount, "Escrow agent", f"Proceeds for {what}", EntryClass.DEAL_PROCEEDS
        )
        for (day, what), amount in sorted(sums.items())
    ]


def camt(
    account: BankAccount,
    currency: str,
    name: str,
    opening: Decimal,
    days: tuple[date, date],
    lines: dict[str, Line],
) -> bytes:
    """A statement of these lines, each under its reference, as a bank writes it."""

    def amount(value: Decimal) -> str:
        direction = "CRDT" if value >= 0 else "DBIT"
        return f'<Amt Ccy="{currency}">{abs(value):.2f}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'

    def balance(code: str, value: Decimal, day: date) -> str:
        kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        return f"<Bal>{kind}{amount(value)}<Dt><Dt>{day}</Dt></Dt></Bal>"

    def entry(reference: str, line: Line) -> str:
        side = "Dbtr" if line.amount >= 0 else "Cdtr"
        party = (
            f"<RltdPties><{side}><Pty><Nm>{escape(line.name)}</Nm></Pty></{side}></RltdPties>"
            if line.name
            else ""
        )
        ids = f"<Refs><EndToEndId>{line.end_to_end_id}</EndToEndId></Refs>" if line.end_to_end_id else ""
        return (
            f"<Ntry>{amount(line.amount)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{line.on}</Dt></BookgDt>"
            f"<ValDt><Dt>{line.on}</Dt></ValDt><AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls>{ids}{party}"
            f"<RmtInf><Ustrd>{escape(line.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
        )

    closing = opening + sum((line.amount for line in lines.values()), ZERO)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        f"<BkToCstmrStmt><Stmt><Id>{name}</Id><Acct><Id><Othr><Id>{account.number}</Id></Othr></Id>"
        f"<Ccy>{currency}</Ccy></Acct>"
        + balance("OPBD", opening, days[0])
        + balance("CLBD", closing, days[1])
        + "".join(entry(reference, line) for reference, line in lines.items())
        + "</Stmt></BkToCstmrStmt></Document>\n"
    ).encode()


def bring_in(fund: Fund, content: bytes, name: str, day: date, by: User) -> StatementFile:
    """Keep a file as it would have been uploaded, without waking a worker, and read it."""
    open_import()
    file = StatementFile.objects.create(
        fund=fund,
        name=name,
        content=content,
        sha256=sha256(content).hexdigest(),
        size=len(content),
        uploaded_at=on(day, 12),
        uploaded_by=by,
    )
    read_file(StatementFile.objects.get(pk=file.pk), at=on(day, 13))
    return file


def _settle(account: BankAccount, lines: dict[str, Line], staff: Staff, at) -> None:
    """Write what each entry is, as history is written: in one go."""
    open_import()
    entries = dict(BankEntry.objects.filter(account=account).values_list("reference", "pk"))
    by, fund = (at, staff.manager.pk), account.fund_id
    postings, moves, decisions = [], [], []
    for reference, line in lines.items():
        entry, settled = entries[reference], line.settled
        if not isinstance(settled, CashMove):
            decisions.append((fund, entry, 1, "classified", settled, "", *by))
        elif settled.kind == "receipt":
            postings.append((entry, fund, settled.row_id, 1, 100, "[]", *by))
        else:
            moves.append((fund, entry, settled.kind, settled.row_id, *by))
    copy("entry_postings", POSTING, postings)
    copy("entry_moves", MOVE, moves)
    copy("entry_decisions", DECISION, decisions)
