"""Whom the credits of a statement are from, as the books stand now."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from banking.calc.matching import Book, Item, Match, match
from banking.models import BankEntry, BankStatement, RepeatedEntry
from banking.queries.settled import settled_by, with_settled
from banking.readers.form import Entry
from blackgem.lib.encrypted_fields import index_of
from blackgem.lib.together import read_together
from capital.models import CallItemCapital
from capital.states import CALL_BEFORE_ISSUE, CALL_ISSUED
from funds.models import Commitment, Fund

_WORDS = (
    *("returned", "reference", "customer_reference", "end_to_end_id", "creditor_reference"),
    *("name", "text", "loose_text", "part"),
)


def book_of(fund: Fund) -> Book:
    """What a fund's credits may pay: items of issued calls with what they owe, and what partners quote."""
    rows = CallItemCapital.objects.filter(call__fund=fund, call__status__in=CALL_ISSUED, called__gt=0)
    found = rows.order_by("pk").values_list(
        "item",
        "call__number",
        "commitment__reference",
        "commitment",
        "commitment__investor__name",
        "outstanding",
        "due_on",
        "call__due_date",
    )
    calls = fund.capital_calls.exclude(status__in=CALL_BEFORE_ISSUE).values_list("number", flat=True)
    references = Commitment.objects.filter(fund=fund).values_list("reference", flat=True)
    numbers, partners, payers, items = read_together(calls, references, _payers(fund), found)
    return Book(
        items=tuple(_item(fund, *row) for row in items),
        partner_references=tuple(partners),
        calls=frozenset(numbers),
        payer_accounts=_of_one(payers),
        charge_limit=fund.residual_limit,
    )


def _item(
    fund: Fund,
    item: int,
    number: int,
    partner: str,
    partner_id: int,
    investor: str,
    outstanding,
    due_on,
    due_date,
) -> Item:
    reference = f"CC{number}-{partner}"
    return Item(
        key=str(item),
        reference=reference,
        spellings=(f"{fund.code}-{reference}",),
        partner=str(partner_id),
        investor=investor,
        outstanding=max(outstanding, Decimal(0)),
        due_date=due_on or due_date,
    )


def _payers(fund: Fund) -> QuerySet:
    """Accounts from which a partner paid before, by an entry that was posted for it alone, each with that partner."""
    return (
        BankEntry.objects.filter(fund=fund, posting__isnull=False)
        .exclude(party_account="")
        .annotate(same=index_of("party_account"), partner=F("posting__receipt__payments__commitment"))
        .order_by("same", "partner")
        .distinct("same", "partner")
        .values_list("party_account", "partner", "same")
    )


def _of_one(rows: Iterable[tuple[str, int | None, str]]) -> dict[str, str]:
    """Account → partner. An account from which several paid says nothing."""
    found: dict[str, set[str]] = {}
    for account, partner, _ in rows:
        if partner is not None:
            found.setdefault(account, set()).add(str(partner))
    return {account: partners.pop() for account, partners in found.items() if len(partners) == 1}


def matches_of(statement: BankStatement, book: Book | None = None) -> list[tuple[BankEntry, Match | None]]:
    """Each line of a statement in its order, with what it is `settled` by, and its match; None for what is settled."""
    rows = lines_of(statement)
    waiting = [row for row in rows if row.settled is None]
    found = match([entry_of(row) for row in waiting], book or book_of(statement.fund))
    by_entry = {row.pk: one for row, one in zip(waiting, found, strict=True)}
    return [(row, by_entry.get(row.pk)) for row in rows]


def lines_of(statement: BankStatement) -> list[BankEntry]:
    """The entries of a statement, those that were known before it too, as `line` in its order, each with what it is
    `settled` by."""
    of_it = RepeatedEntry.objects.filter(entry=OuterRef("pk"), statement=statement)
    rows = BankEntry.objects.filter(Q(statement=statement) | Q(pk__in=statement.repeats.values("entry")))
    found = list(with_settled(rows).annotate(repeated_at=Subquery(of_it.order_by("n").values("n")[:1])))
    for row in found:
        row.is_repeated = row.statement_id != statement.pk
        row.line = row.repeated_at if row.is_repeated else row.n
        row.settled = settled_by(row)
    return sorted(found, key=lambda row: row.line)


def entry_of(row: BankEntry) -> Entry:
    """A row as its reader saw it."""
    words = {name: getattr(row, name) or None for name in _WORDS}
    original = (row.original_amount, row.original_currency) if row.original_amount is not None else None
    return Entry(
        n=row.line,
        line=0,
        status=row.status,
        booking_date=row.booking_date,
        value_date=row.value_date,
        amount=row.amount,
        reversal=row.reversal,
        account=row.party_account or None,
        original=original,
        cleaned=row.cleaned,
        **words,
    )
