"""An investor's home: its own commitments and calls, as they stand."""

from datetime import datetime

from django.db.models import F

from blackgem.lib.days import LocalDay
from capital.models import CapitalCallItem
from capital.queries.nav import with_terms_of_nav
from funds.calc.multiples import RecallableTreatment, multiples
from funds.models import Commitment, Investor, PortalGrant
from portal.row_security import outside


def granted_to(user):
    """What managers of funds let a person see, who signs in as a contact."""
    return PortalGrant.objects.in_force().filter(contact__user=user)


def investors_of(user):
    """The investors that a person stands for, as far as some fund lets it see."""
    return Investor.objects.filter(pk__in=granted_to(user).values("commitment__investor"))


def commitments_with_accounts(investors, commitments):
    """Those of their commitments, by fund, each with its account."""
    found = Commitment.objects.filter(investor__in=investors, pk__in=commitments)
    related = found.select_related("fund", "investor", "capital", "distributions")
    return related.order_by("fund__name", "investor__name", "pk")


def accounts_of(investors, commitments, *, at: datetime) -> list[Commitment]:
    """Those of their commitments, by fund: each with its account, and its `dpi` as of its fund's today. Whether
    what can be called again counts, the fund's terms say, which are read outside row-level security."""
    rows = list(commitments_with_accounts(investors, commitments))
    treatments = _treatments([one.pk for one in rows if one.capital.recallable], at)
    for one in rows:
        one.dpi = multiples(
            contributed=one.capital.paid_in,
            distributed=one.capital.distributed - one.capital.returned_unused,
            nav=None,
            recallable=one.capital.recallable,
            recallable_treatment=treatments.get(one.pk, RecallableTreatment.ALL_IN),
        ).dpi
    return rows


def _treatments(commitments: list[int], at: datetime) -> dict[int, RecallableTreatment]:
    """Whether what may be called again counts in multiples; nothing is asked where nothing may."""
    if not commitments:
        return {}
    today = LocalDay(at, "fund__time_zone")
    with outside():
        known = with_terms_of_nav(Commitment.objects.filter(pk__in=commitments), as_of=today).in_bulk()
    return {pk: one.recallable_treatment for pk, one in known.items()}


def contacts_of(investors):
    """The investors with the people on record for each."""
    ids = [one.pk for one in investors]
    return Investor.objects.filter(pk__in=ids).prefetch_related("contacts").order_by("name")


def call_items_of(investors):
    """Their part of every call that was issued, cancelled since or not, newest first."""
    return (
        CapitalCallItem.objects.filter(commitment__investor__in=investors, call__approved_at__isnull=False)
        .select_related("call__fund", "commitment__investor", "capital")
        .defer("call__total_amount")
        .annotate(currency=F("call__fund__currency"))
        .order_by("-call__due_date", "-pk")
    )
