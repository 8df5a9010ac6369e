"""What a fund has returned to its limited partners by a day, and what the GP would owe back on that day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import BooleanField, ExpressionWrapper, Q, Sum

from blackgem.lib.money import unit_of
from distributions.calc.clawback import Clawback, DatedAmount, clawback, entitled_carry, hurdle_shortfall
from distributions.calc.openings import Role
from distributions.services.facts import Facts, Holder
from funds.calc.irr import Irr, xirr
from funds.calc.multiples import Multiples, multiples
from funds.calc.nav import Nav, share_nav
from funds.models import CapitalTransaction, Commitment, FundTerms, NavEntry

ZERO = Decimal("0.00")
Type = CapitalTransaction.Type
_GROUPED = ("commitment_id", "type", "recallable", "value_date", "stands")
_STANDS = ExpressionWrapper(
    Q(reverses__isnull=True) & Q(reversed_by_row__isnull=True), output_field=BooleanField()
)


@dataclass(frozen=True, slots=True)
class Returns:
    """The limited partners' money in and out of a fund, from the ledger, and what follows from it. In its currency.

    `nav` is their part of the fund's newest net asset value by the day; without one there is no TVPI and no IRR.
    """

    committed: Decimal
    paid_in: Decimal
    distributed: Decimal
    nav: Nav | None
    multiples: Multiples
    irr: Irr | None


@dataclass(frozen=True, slots=True)
class ClawbackShown:
    """The clawback of a day with what it was worked out from: the carry received and the profit distributed so far."""

    received: Decimal
    profit: Decimal
    entitled: Decimal
    tax_rate: Decimal
    owed: Clawback


def returns_of(
    fund,
    terms: FundTerms,
    navs: Iterable[NavEntry],
    day: date,
    *,
    commitments: Iterable[Commitment | Holder] | None = None,
) -> Returns:
    """Multiples and IRR of the limited partners together, as of the end of a day. `navs` come newest first;
    `commitments` are the fund's, where they have been read already."""
    everybody = fund.commitments.all() if commitments is None else commitments
    partners = {one.pk: one for one in everybody if one.kind == Commitment.Kind.LP}
    rows = _rows(fund.pk, day)
    nav = _nav_of(
        partners, rows, next((one for one in navs if one.as_of <= day), None), unit_of(fund.currency)
    )
    standing = [row for row in rows if row.stands and row.commitment_id in partners]
    paid_in = _total(row for row in standing if row.type == Type.CONTRIBUTION)
    paid_out = -_total(row for row in standing if row.type == Type.DISTRIBUTION)
    committed = sum((one.amount for one in partners.values()), ZERO)
    return Returns(
        committed=committed,
        paid_in=paid_in,
        distributed=paid_out,
        nav=nav,
        multiples=multiples(
            contributed=paid_in,
            distributed=paid_out,
            nav=nav.amount if nav else None,
            commitment=committed,
            recallable=-_total(row for row in standing if row.recallable),
            recallable_treatment=terms.recallable_treatment,
        ),
        irr=xirr([*((row.value_date, -row.sum) for row in standing), (day, nav.amount)]) if nav else None,
    )


def _rows(fund_id, day):
    """The ledger's contributions and distributions by partner and day; `stands`: neither reversed nor a reversal."""
    moved = CapitalTransaction.objects.filter(fund=fund_id, value_date__lte=day)
    return list(
        moved.filter(type__in=(Type.CONTRIBUTION, Type.DISTRIBUTION))
        .annotate(stands=_STANDS)
        .values(*_GROUPED)
        .annotate(sum=Sum("amount"))
        .order_by("value_date", "commitment_id")
        .values_list(*_GROUPED, "sum", named=True)
    )


def _total(rows) -> Decimal:
    return sum((row.sum for row in rows), ZERO)


def _nav_of(partners, rows, entry, unit) -> Nav | None:
    """The partners' part of an entry, by what everybody had paid in on its day."""
    if entry is None:
        return None
    paid_in = defaultdict(lambda: ZERO)
    for row in rows:
        if row.type == Type.CONTRIBUTION and row.value_date <= entry.as_of:
            paid_in[row.commitment_id] += row.sum
    shares = share_nav(entry.amount, paid_in, unit)
    return Nav(entry.as_of, sum((amount for key, amount in shares.items() if key in partners), ZERO))


def clawback_on(facts: Facts, row: FundTerms, day: date) -> ClawbackShown:
    """What the GP would owe back if the fund ended on a day, from the facts of that day and its terms.

    Profit is what was distributed beyond what was paid in: holdings that are not sold count for nothing.
    """
    partners = [one for one in facts.partners if one.role == Role.LP]
    paid_in = [
        DatedAmount(one.on, one.amount) for partner in partners for one in partner.history.contributions
    ]
    paid = [one for partner in partners for one in partner.history.paid if one.on <= day]
    received = sum((one.parts.gp_carry for one in paid), ZERO)
    paid_out = [DatedAmount(one.on, one.parts.lp_total) for one in paid]
    profit = (
        received + sum((one.amount for one in paid_out), ZERO) - sum((one.amount for one in paid_in), ZERO)
    )
    entitled = entitled_carry(row.carry_rate, profit, unit=facts.terms.unit)
    owed = clawback(
        received=received,
        entitled=entitled,
        lp_shortfall=hurdle_shortfall(paid_in, paid_out, facts.terms, day),
        tax_rate=row.clawback_tax_rate,
        unit=facts.terms.unit,
    )
    return ClawbackShown(received, profit, entitled, row.clawback_tax_rate, owed)
