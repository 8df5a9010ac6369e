"""What the value of funds on a day is worked out from: in two or three statements, however many funds they are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, QuerySet
from django.db.models.functions import Cast, JSONArray

from blackgem.lib.knowledge import NOW, Knowledge
from blackgem.lib.together import read_together
from distributions.calc.terms import Scope
from distributions.queries.expenses import Expense, by_fund, expenses_of
from distributions.services.facts import terms_of_funds
from distributions.services.fund_rows import FundRows, day_of, rows_of_funds
from funds.models import Fund, FundTerms, NavEntry, NavEntryDeal
from funds.queries.call_books import call_books


@dataclass(frozen=True, slots=True)
class OnRecord:
    """Of one fund on a day, as known at a time: its `rows`, the `terms` that hold and the net asset value that was
    entered last, where there are any, and what was `entered` of it by deal.

    `called`: by call, from which day on it counts; read where the entry counts what is receivable. `excused`: (partner,
    deal, from which day on); read where the value of a deal may have to be estimated partner by partner. `expenses`:
    what left the account by the day for single partners.
    """

    rows: FundRows
    terms: FundTerms | None
    entry: NavEntry | None
    called: Mapping[int, date]
    excused: tuple[tuple[int, int, date], ...]
    expenses: tuple[Expense, ...] = ()

    @property
    def entered(self) -> dict[int | None, Decimal]:
        return {deal: Decimal(amount) for deal, amount in self.entry.by_deal} if self.entry else {}


def read_on_record(days: Mapping[Fund, date], known: Knowledge = NOW) -> Iterator[OnRecord]:
    """Of each of these funds on its day."""
    rows, (entries, terms, *spent) = rows_of_funds(
        days, known, _entries_on(days, known), terms_of_funds(days, known), *expenses_of(days, known)
    )
    expenses = by_fund(spent)
    entry_of, terms_of = ({one.fund_id: one for one in found} for found in (entries, terms))
    called, excused = _of_calls(entry_of.values(), terms_of, known)
    for one in rows:
        number = one.fund.pk
        terms_row = terms_of.get(number)
        if terms_row is not None:
            terms_row.fund = one.fund
        yield OnRecord(
            one,
            terms_row,
            entry_of.get(number),
            called[number],
            tuple(excused[number]),
            expenses.get(number, ()),
        )


def _entries_on(days: Mapping[Fund, date], known: Knowledge) -> QuerySet[NavEntry]:
    """Of each fund the newest value that was entered for its day or one before, with what it says `by_deal`: the deal,
    and the amount as text."""
    entries = NavEntry.objects.filter(fund__in=days, as_of__lte=day_of(days))
    newest = known.recorded(entries, "created_at").order_by("fund_id", "-as_of", "-pk").distinct("fund_id")
    deals = NavEntryDeal.objects.filter(entry=OuterRef("pk")).order_by("pk")
    said = JSONArray("deal_id", Cast("amount", CharField()))
    return newest.annotate(by_deal=ArraySubquery(deals.values(said=said)))


def _of_calls(entries: Iterable[NavEntry], terms: Mapping[int, FundTerms], known: Knowledge):
    """By fund: its calls that count, and the partners that were excused; each of the funds that it matters for."""
    receivable = [one.fund_id for one in entries if one.receivables_included]
    divided = [
        one.fund_id
        for one in entries
        if not one.by_deal and one.fund_id in terms and terms[one.fund_id].scope == Scope.PER_INVESTOR
    ]
    called: dict[int, dict[int, date]] = defaultdict(dict)
    excused: dict[int, list[tuple[int, int, date]]] = defaultdict(list)
    calls, *partners = read_together(
        call_books().issued(receivable, known), *call_books().excused(divided, known)
    )
    for fund, call, on in calls:
        called[fund][call] = on
    for fund, *one in (row for rows in partners for row in rows):
        excused[fund].append(tuple(one))
    return called, excused
