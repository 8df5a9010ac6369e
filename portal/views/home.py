"""Where an investor arrives: what it promised, what is due, and the latest letters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.days import days_in
from funds.models import Notice
from funds.queries.lists import Shortened, shortened
from portal.calc.due import Due, due_of
from portal.queries import calls, documents, refunds
from portal.queries import home as queries
from portal.reader import Reader, portal_page


@portal_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The investor's own commitments and calls, as they stand today."""
    reader, at = request.reader, timezone.now()
    accounts = queries.accounts_of(reader.investors, reader.commitments, at=at)
    owed = list(calls.open_calls_of(reader))
    due = due_of(owed)
    context = {
        "accounts": accounts,
        "due": due,
        "owed": Shortened(owed[:10], len(owed)),
        "refunds": list(refunds.open_refunds_of(reader)),
        "documents": shortened(documents.documents_of(reader), 5),
        "at": at,
        "days": days_in((row.fund.time_zone for one in accounts for row in one.rows), at),
    }
    return render(request, "portal/home.html", context | (_only(reader, due) if due.only else {}))


def _only(reader: Reader, due: Due) -> dict:
    """How to pay the one payment that is due."""
    item = calls.asking_for(reader, due.only)
    notice = calls.letter_of(reader, Notice.Kind.CAPITAL_CALL, item.pk)
    facts = notice.facts if notice else None
    return {"payment": due.only, "item": item, "facts": facts, "currency": item.currency}


@portal_page
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Who is on record for the investor, and where its letters go. The fund's manager changes it."""
    context = {"investors": queries.contacts_of(request.reader)}
    return render(request, "portal/profile.html", context)
