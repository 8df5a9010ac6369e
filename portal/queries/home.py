"""An investor's home: its own commitments and calls, as they stand."""

from datetime import date

from django.db.models import F

from capital.models import CapitalCallItem
from capital.states import CALL_ISSUED
from funds.calc.multiples import RecallableTreatment, multiples
from funds.models import Commitment, Investor
from funds.queries.nav import treatment_of

from .statement import add_nav


def investors_of(user):
    """The investors that a person stands for."""
    return Investor.objects.filter(contacts__user=user).distinct()


def accounts_of(investors, commitments, *, as_of: date) -> list[Commitment]:
    """Those of their commitments, by fund: each with its account, and its `dpi` as of today.

    Only where something can be called again do the terms say whether it counts; only then are they asked.
    """
    found = Commitment.objects.filter(investor__in=investors, pk__in=commitments)
    rows = list(
        found.select_related("fund", "investor", "capital", "distributions").order_by(
            "fund__name", "investor__name"
        )
    )
    in_doubt = [one for one in rows if one.capital.recallable]
    if in_doubt:
        add_nav(in_doubt, as_of)
    for one in rows:
        treatment = treatment_of(one) if one.capital.recallable else RecallableTreatment.ALL_IN
        one.dpi = multiples(
            contributed=one.capital.paid,
            distributed=one.capital.distributed,
            nav=None,
            recallable=one.capital.recallable,
            recallable_treatment=treatment,
        ).dpi
    return rows


def contacts_of(investors):
    """The investors with the people on record for each."""
    ids = [one.pk for one in investors]
    return Investor.objects.filter(pk__in=ids).prefetch_related("contacts").order_by("name")


def call_items_of(investors):
    """Their part of every issued call, newest first."""
    return (
        CapitalCallItem.objects.filter(commitment__investor__in=investors, call__status__in=CALL_ISSUED)
        .select_related("call__fund", "commitment__investor", "capital")
        .annotate(currency=F("call__fund__currency"))
        .order_by("-call__due_date", "-pk")
    )
