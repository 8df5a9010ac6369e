"""The bank against the books, day by day, on the page and as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from banking.queries.reconciliation import Reconciliation, reconciliations_of
from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.export import Column, Kind
from blackgem.lib.widgets import DayInput
from funds.queries.access import fund_of
from funds.queries.files import export_name

SHOWN = timedelta(days=31)
COLUMNS = (
    Column("Day", Kind.DATE, 12),
    Column("Account", width=24),
    Column("Currency", Kind.CURRENCY, 10),
    Column("Bank", Kind.MONEY),
    Column("Books", Kind.MONEY),
    Column("Outstanding payouts", Kind.MONEY),
    Column("Receipts in transit", Kind.MONEY),
    Column("Booked ahead", Kind.MONEY),
    Column("Left aside", Kind.MONEY),
    Column("Unexplained", Kind.MONEY),
)


class PeriodForm(forms.Form):
    """Days of an account; left out, the last month of which the bank said something."""

    account = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
    first = forms.DateField(label="From", required=False, widget=DayInput)
    last = forms.DateField(label="To", required=False, widget=DayInput)

    def __init__(self, *args, accounts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [(one.pk, one.masked) for one in accounts]


@dataclass(frozen=True, slots=True)
class Asked:
    """The account and the days that a request asks for."""

    fund: object
    form: PeriodForm
    one: Reconciliation | None
    first: date
    last: date


def _asked(request: HttpRequest, fund_id: int) -> Asked:
    fund = fund_of(request.user, fund_id)
    every = reconciliations_of(fund)
    form = PeriodForm(request.GET, accounts=[one.account for one in every])
    chosen = form.cleaned_data.get("account") if form.is_valid() else None
    one = next((one for one in every if chosen in (None, one.account.pk)), None)
    cleaned = form.cleaned_data if form.is_valid() else {}
    last = cleaned.get("last") or (one.until if one and one.until else fund.day_of(timezone.now()))
    first = cleaned.get("first") or last - SHOWN
    if form.is_valid() and one:
        shown = {"account": one.account.pk, "first": first, "last": last}
        form = PeriodForm(shown, accounts=[one.account for one in every])
    return Asked(fund, form, one, first, last)


@require_safe
@manager_page
def reconciliation(request: HttpRequest, fund_id: int) -> HttpResponse:
    """An account day by day, newest first, and what explains the difference at the end."""
    asked = _asked(request, fund_id)
    one = asked.one
    context = {
        "fund": asked.fund,
        "currency": asked.fund.currency,
        "form": asked.form,
        "one": one,
        "first": asked.first,
        "last": asked.last,
        "days": one.between(asked.first, asked.last) if one else [],
        "end": one.at(asked.last) if one else None,
        "items": one.items_at(asked.last) if one else [],
        "query": request.GET.urlencode(),
    }
    return render(
        request, "banking/reconciliation.html", context, status=200 if asked.form.is_valid() else 400
    )


def _rows(asked: Asked) -> Iterator[tuple]:
    if asked.one is None:
        return
    for day in asked.one.between(asked.first, asked.last):
        yield (
            day.on,
            asked.one.account.masked,
            asked.fund.currency,
            day.bank,
            day.ledger,
            day.outstanding,
            day.in_transit,
            day.ahead,
            day.ignored,
            day.unexplained,
        )


@require_GET
@manager_page
def export_reconciliation(request: HttpRequest, fund_id: int, form: str) -> HttpResponse:
    """The same days as CSV or XLSX."""
    asked = _asked(request, fund_id)
    return stream_table(
        form,
        COLUMNS,
        _rows(asked),
        name=export_name("bank-reconciliation", fund_id),
        sheet="Reconciliation",
        ctx=context_of(request),
    )
