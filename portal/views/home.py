"""Where an investor arrives: what it promised, what is due, and the latest letters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.days import days_in
from funds.queries.lists import shortened
from portal.queries import calls, documents
from portal.queries import home as queries
from portal.reader import portal_page


@portal_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The investor's own commitments and calls, as they stand today."""
    reader, at = request.reader, timezone.now()
    commitments = queries.accounts_of(reader.investors, reader.commitments, at=at)
    context = {
        "commitments": commitments,
        "owed": shortened(calls.open_calls_of(reader), 10),
        "documents": shortened(documents.documents_of(reader), 5),
        "at": at,
        "days": days_in((one.fund.time_zone for one in commitments), at),
    }
    return render(request, "portal/home.html", context)


@portal_page
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Who is on record for the investor, and where its letters go. The fund's manager changes it."""
    context = {"investors": queries.contacts_of(request.reader)}
    return render(request, "portal/profile.html", context)
