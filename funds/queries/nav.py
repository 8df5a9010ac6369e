"""Multiples of single partners, with their share of the newest NAV: read together with their commitments."""

from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from blackgem.lib.money import unit_of
from funds.calc.multiples import Multiples, RecallableTreatment, multiples
from funds.calc.nav import Nav, share_nav
from funds.models import CapitalTransaction, Commitment, FundTerms, NavEntry

#: What `with_nav` adds.
NAV_PARTS = ("recallable_treatment", "nav_on", "nav_amount", "nav_currency", "nav_partners", "nav_weights")


def with_nav(commitments: QuerySet[Commitment], *, as_of: date) -> QuerySet[Commitment]:
    """Each commitment with what `nav_of` and `treatment_of` read: the fund's newest NAV by `as_of`, what every partner
    of the fund had paid in on the day of it, and the terms' treatment of recallable distributions."""
    navs = NavEntry.objects.filter(fund=OuterRef("fund"), as_of__lte=as_of).order_by("-as_of", "-pk")
    terms = FundTerms.objects.filter(fund=OuterRef("fund"), effective_on__lte=as_of)
    paid = (
        CapitalTransaction.objects.filter(
            fund=OuterRef("fund"),
            type=CapitalTransaction.Type.CONTRIBUTION,
            value_date__lte=OuterRef("nav_on"),
        )
        .values("commitment")
        .annotate(sum=Sum("amount"))
        .order_by("commitment")
    )
    return commitments.annotate(
        recallable_treatment=Subquery(
            terms.order_by("-effective_on", "-version").values("recallable_treatment")[:1]
        ),
        nav_on=Subquery(navs.values("as_of")[:1]),
        nav_amount=Subquery(navs.values("amount")[:1]),
        nav_currency=F("fund__currency"),
        nav_partners=ArraySubquery(paid.values("commitment")),
        nav_weights=ArraySubquery(paid.values("sum")),
    )


def nav_of(commitment: Commitment) -> Nav | None:
    """This partner's share of the fund's NAV; None where no NAV is known, or the partner had paid nothing in."""
    if commitment.nav_on is None:
        return None
    paid_in = dict(zip(commitment.nav_partners, commitment.nav_weights, strict=True))
    share = share_nav(commitment.nav_amount, paid_in, unit_of(commitment.nav_currency)).get(commitment.pk)
    return None if share is None else Nav(commitment.nav_on, share)


def treatment_of(commitment: Commitment) -> RecallableTreatment:
    """Whether recallable distributions count in multiples, by the fund's terms of the day."""
    return RecallableTreatment(commitment.recallable_treatment or RecallableTreatment.ALL_IN)


def multiples_of(commitment: Commitment) -> Multiples:
    """PIC, DPI and, with a NAV, RVPI and TVPI of a commitment that has its `capital` too, as the roll-up stands."""
    capital, nav = commitment.capital, nav_of(commitment)
    return multiples(
        contributed=capital.paid,
        distributed=capital.distributed,
        nav=nav.amount if nav else None,
        commitment=capital.committed,
        recallable=capital.recallable,
        recallable_treatment=treatment_of(commitment),
    )
