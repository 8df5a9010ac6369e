"""An investor's home: its own commitments and calls, as they stand."""

from datetime import date

from django.db.models import F

from capital.models import CapitalCallItem
from funds.calc.multiples import multiples
from funds.models import Commitment, Investor
from funds.queries.nav import with_terms_of_nav
from portal.fence import outside


def investors_of(user):
    """The investors that a person stands for."""
    return Investor.objects.filter(contacts__user=user).distinct()


def accounts_of(investors, commitments, *, as_of: date) -> list[Commitment]:
    """Those of their commitments, by fund: each with its account, and its `dpi` as of today. Whether what can be called
    again counts, the fund's terms say, which are read outside the fence."""
    found = Commitment.objects.filter(investor__in=investors, pk__in=commitments)
    rows = list(
        found.select_related("fund", "investor", "capital", "distributions").order_by(
            "fund__name", "investor__name"
        )
    )
    with outside():
        known = with_terms_of_nav(
            Commitment.objects.filter(pk__in=[one.pk for one in rows]), as_of=as_of
        ).in_bulk()
    for one in rows:
        one.dpi = multiples(
            contributed=one.capital.paid_in,
            distributed=one.capital.distributed - one.capital.returned_unused,
            nav=None,
            recallable=one.capital.recallable,
            recallable_treatment=known[one.pk].recallable_treatment,
        ).dpi
    return rows


def contacts_of(investors):
    """The investors with the people on record for each."""
    ids = [one.pk for one in investors]
    return Investor.objects.filter(pk__in=ids).prefetch_related("contacts").order_by("name")


def call_items_of(investors):
    """Their part of every call that was issued, cancelled since or not, newest first."""
    return (
        CapitalCallItem.objects.filter(commitment__investor__in=investors, call__approved_at__isnull=False)
        .select_related("call__fund", "commitment__investor", "capital")
        .annotate(currency=F("call__fund__currency"))
        .order_by("-call__due_date", "-pk")
    )
