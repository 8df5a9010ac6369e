"""An investor's home: its own commitments and calls, as they stand."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from django.db.models import F, Sum, Window

from blackgem.lib.days import LocalDay
from capital.models import CapitalCallItem
from capital.queries.nav import with_terms_of_nav
from funds.calc.multiples import RecallableTreatment, multiples
from funds.models import Commitment, Investor, PortalGrant
from portal.calc.differences import Difference, differences
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


#: The figures of a commitment, in the order of the table, and where each stands.
FIGURES = {
    "Committed": "capital__committed",
    "Called": "capital__called",
    "Funded": "capital__paid",
    "Uncalled": "differences__uncalled",
    "Outstanding": "capital__outstanding",
    "Unfunded": "capital__unfunded",
    "Distributed": "capital__distributed",
}
#: What lies between them.
BETWEEN = (
    "released",
    "outside",
    "recallable",
    "waived",
    "taken_over",
    "to_refund",
    "interest",
    "borne",
    "set_off",
    "not_capital",
    "returned_unused",
    "withheld",
    "payable",
)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The commitments in one currency, each with its `figures` and `dpi`; their sums, and what explains those."""

    currency: str
    rows: list[Commitment]
    totals: list[tuple[str, Decimal]]
    differences: list[Difference]


def accounts_of(investors, commitments, *, at: datetime) -> list[Accounts]:
    """Those of their commitments, by currency and fund, each with its `dpi` as of its fund's today. Whether what can be
    called again counts there, the fund's terms say, which are read outside row-level security."""
    found = Commitment.objects.filter(investor__in=investors, pk__in=commitments)
    rows = list(
        found.select_related("fund", "investor", "capital", "differences")
        .annotate(**_sums())
        .order_by("fund__currency", "fund__name", "investor__name", "pk")
    )
    treatments = _treatments([one.pk for one in rows if one.capital.recallable], at)
    for one in rows:
        one.figures = [(label, _figure(one, path)) for label, path in FIGURES.items()]
        one.dpi = _dpi(one.capital, treatments.get(one.pk, RecallableTreatment.ALL_IN))
    return [_accounts(currency, list(group)) for currency, group in groupby(rows, _currency)]


def _sums() -> dict[str, Window]:
    """Every figure added up over the rows of one currency: never over two."""
    paths = [*FIGURES.values(), *(f"differences__{name}" for name in BETWEEN)]
    return {f"all_{path}": Window(Sum(path), partition_by=F("fund__currency")) for path in paths}


def _figure(commitment: Commitment, path: str) -> Decimal:
    view, name = path.split("__")
    return getattr(getattr(commitment, view), name)


def _currency(commitment: Commitment) -> str:
    return commitment.fund.currency


def _accounts(currency: str, rows: list[Commitment]) -> Accounts:
    first = rows[0]
    totals = [(label, getattr(first, f"all_{path}")) for label, path in FIGURES.items()]
    between = {name: getattr(first, f"all_differences__{name}") for name in BETWEEN}
    return Accounts(currency, rows, totals, differences(between))


def _dpi(capital, treatment: RecallableTreatment) -> Decimal | None:
    return multiples(
        contributed=capital.paid_in,
        distributed=capital.distributed - capital.returned_unused,
        nav=None,
        recallable=capital.recallable,
        recallable_treatment=treatment,
    ).dpi


def _treatments(commitments: list[int], at: datetime) -> dict[int, RecallableTreatment]:
    """Whether what may be called again counts in multiples; nothing is asked where nothing may."""
    if not commitments:
        return {}
    today = LocalDay(at, "fund__time_zone")
    with outside():
        known = with_terms_of_nav(Commitment.objects.filter(pk__in=commitments), as_of=today).in_bulk()
    return {pk: one.recallable_treatment for pk, one in known.items()}


def contacts_of(reader):
    """The investors with the people on record for each, and whether who reads `may_switch` what is mailed to them."""
    ids = [one.pk for one in reader.investors]
    with outside():
        unmanaged = Commitment.objects.filter(investor__in=ids).exclude(pk__in=reader.manages_contacts)
        others = set(unmanaged.values_list("investor", flat=True))
    rows = list(Investor.objects.filter(pk__in=ids).prefetch_related("contacts").order_by("name"))
    for one in rows:
        one.may_switch = bool(reader.manages_contacts) and one.pk not in others
    return rows


def call_items_of(investors):
    """Their part of every call that was issued, cancelled since or not, newest first."""
    return (
        CapitalCallItem.objects.filter(commitment__investor__in=investors, call__approved_at__isnull=False)
        .select_related("call__fund", "commitment__investor", "capital")
        .defer("call__total_amount")
        .annotate(currency=F("call__fund__currency"))
        .order_by("-call__due_date", "-pk")
    )
