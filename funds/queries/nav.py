"""What partners' shares of their fund's net asset value are worth on a day, with the multiples that follow."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from funds.calc.multiples import Multiples, RecallableTreatment, multiples
from funds.calc.nav import Nav
from funds.models import Commitment, Fund, FundTerms

#: The value of every partner's share of a fund on a day, by commitment; a partner without one is left out.
Valuer = Callable[[Fund, date], Mapping[int, Nav]]
_valuers: list[Valuer] = []


def register_valuer(valuer: Valuer) -> None:
    """Say who works out what partners would get: the app that knows the waterfall."""
    _valuers[:] = [valuer]


def add_nav(commitments: Iterable[Commitment], *, as_of: date) -> None:
    """Give each commitment its `nav` (None where none can be told) and `recallable_treatment` on a day."""
    by_fund: dict[Fund, list[Commitment]] = defaultdict(list)
    for commitment in commitments:
        by_fund[commitment.fund].append(commitment)
    for fund, held in by_fund.items():
        navs = _valuers[0](fund, as_of)
        for commitment in held:
            commitment.nav = navs.get(commitment.pk)
    add_treatment(commitments, as_of=as_of)


def add_treatment(commitments: Iterable[Commitment], *, as_of: date) -> None:
    """Give each commitment its `recallable_treatment`: whether recallable distributions count in multiples, by the
    fund's terms of the day."""
    rows = FundTerms.objects.filter(fund__in={one.fund_id for one in commitments}, effective_on__lte=as_of)
    in_force = dict(rows.order_by("effective_on", "version").values_list("fund_id", "recallable_treatment"))
    for commitment in commitments:
        treatment = in_force.get(commitment.fund_id, RecallableTreatment.ALL_IN)
        commitment.recallable_treatment = RecallableTreatment(treatment)


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
        contributed=capital.paid,
        distributed=capital.distributed,
        nav=nav,
        commitment=capital.committed,
        recallable=capital.recallable,
        recallable_treatment=commitment.recallable_treatment,
    )
