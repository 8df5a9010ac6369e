"""What partners' shares of their fund's net asset value are worth on a day, with the multiples that follow."""

from collections.abc import Callable, Iterable
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from blackgem.lib.days import LocalDay
from blackgem.lib.knowledge import NOW, Knowledge
from funds.calc.multiples import Multiples, RecallableTreatment, multiples
from funds.models import CapitalTransaction, Commitment, Fund, FundTerms, NavEntry
from funds.queries.nav import valuer


def with_terms_of_nav(
    commitments: QuerySet[Commitment], *, as_of: date | LocalDay, known: Knowledge = NOW
) -> QuerySet[Commitment]:
    """Each commitment with what `add_nav` reads: the `recallable_treatment` of its fund's terms on a day, and whether
    the fund `may_have_value`: one was entered by then, or money was paid out. The day may be each fund's own."""
    terms = FundTerms.objects.filter(fund=OuterRef("fund"), effective_on__lte=as_of)
    terms = known.recorded(terms, "created_at")
    entered = known.recorded(NavEntry.objects.filter(fund=OuterRef("fund"), as_of__lte=as_of), "created_at")
    paid_out = CapitalTransaction.objects.filter(
        fund=OuterRef("fund"), payout_id__isnull=False, value_date__lte=as_of
    )
    return commitments.annotate(
        recallable_treatment=Coalesce(
            Subquery(terms.order_by("-effective_on", "-version").values("recallable_treatment")[:1]),
            Value(RecallableTreatment.ALL_IN.value),
        ),
        may_have_value=Exists(entered) | Exists(known.recorded(paid_out)),
    )


def add_nav(
    commitments: Iterable[Commitment], *, day_of: Callable[[Fund], date], known: Knowledge = NOW
) -> None:
    """Give each of `with_terms_of_nav` its `nav` on the day of its fund: None where none can be told."""
    commitments = list(commitments)
    valued = {one.fund for one in commitments if one.may_have_value}
    navs = valuer()({fund: day_of(fund) for fund in valued}, known) if valued else {}
    for commitment in commitments:
        commitment.nav = navs.get(commitment.pk)


def multiples_of(commitment: Commitment) -> Multiples:
    """PIC, DPI and, with a NAV, RVPI and TVPI (net of accrued carry) of a commitment that has its `capital` too, as the
    roll-up stands."""
    return _multiples(commitment, commitment.nav and commitment.nav.amount)


def gross_multiples_of(commitment: Commitment) -> Multiples:
    """The same before accrued carry."""
    return _multiples(commitment, commitment.nav and commitment.nav.gross)


def _multiples(commitment, nav) -> Multiples:
    capital = commitment.capital
    return multiples(
        contributed=capital.paid_in,
        distributed=capital.distributed - capital.returned_unused,
        nav=nav,
        commitment=capital.committed,
        recallable=capital.recallable,
        recallable_treatment=commitment.recallable_treatment,
    )
