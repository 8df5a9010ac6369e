"""An investor's distributions."""

from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.charts import in_both_sizes, stacked_bars
from blackgem.lib.days import days_in
from funds.models import Notice
from portal.queries import distributions as queries
from portal.queries.calls import letter_of
from portal.queries.documents import acknowledgements_of
from portal.queries.lists import DISTRIBUTIONS
from portal.queries.questions import thread_of
from portal.reader import portal_page
from portal.views.lists import narrowed_page, show_list


@portal_page
@require_safe
def distribution_list(request: HttpRequest) -> HttpResponse:
    """Every distribution of its own."""
    form, items = narrowed_page(request, DISTRIBUTIONS)
    days = days_in((item.distribution.fund.time_zone for item in items), timezone.now())
    return show_list(request, "portal/distribution_list.html", form, {"items": items, "days": days})


@portal_page
@require_safe
def distribution(request: HttpRequest, distribution_item: UUID) -> HttpResponse:
    """One distribution: what the amount is made of and how it arose, in words and as a chart."""
    item = queries.distribution_of(request.reader, distribution_item)
    notice = letter_of(request.reader, Notice.Kind.DISTRIBUTION, item.pk)
    context = {
        "item": item,
        "notice": notice,
        "facts": notice.facts if notice else None,
        "acknowledgements": acknowledgements_of(notice) if notice else [],
        "currency": item.currency,
        "charts": parts_charts(notice.facts["parts"], item.currency) if notice else (),
        "thread": thread_of(request.reader, Notice.Kind.DISTRIBUTION, item),
        "today": item.distribution.fund.day_of(timezone.now()),
    }
    return render(request, "portal/distribution.html", context)


def parts_charts(parts: list[dict], currency: str):
    """A bar for each part of the amount, wide and narrow. The table beneath has the same figures."""
    rows = [(part["label"], {"Your part": Decimal(part["amount"])}) for part in parts]
    return in_both_sizes(stacked_bars, rows, currency=currency)
