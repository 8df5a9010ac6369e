"""What a fund has returned to its limited partners by a day, and what the GP would owe back on that day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from distributions.calc.clawback import CarryAccount, Clawback, DatedAmount, clawback_of_accounts
from distributions.calc.facts import History
from distributions.calc.openings import Role
from distributions.calc.terms import Scope, Terms
from distributions.queries.on_record import OnRecord, read_on_record
from distributions.queries.valuation import Valuation, valuation_of
from distributions.services.facts import Facts, needed
from distributions.services.fund_rows import LedgerRow
from funds.calc.irr import Irr, xirr
from funds.calc.multiples import Multiples, RecallableTreatment, multiples
from funds.calc.nav import Nav
from funds.models import Commitment, Fund, FundTerms

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Returns:
    """The limited partners' money in and out of a fund, from the ledger, and what follows from it. In its currency.

    `paid_in` is what was paid for calls, `distributed` all that was paid out; multiples leave out of both what came
    back unused, and `left_out`: what may be called again, where the terms net it out.

    `nav` is what their part of the fund's net asset value is worth on the day; without one there is no TVPI and no IRR.
    `multiples` and `irr` are net of accrued carried interest, `gross` and `gross_irr` the same before it. `valuation`
    is that of the whole fund, where it has any.
    """

    committed: Decimal
    paid_in: Decimal
    distributed: Decimal
    valuation: Valuation | None
    nav: Nav | None
    multiples: Multiples
    irr: Irr | None
    gross: Multiples
    gross_irr: Irr | None
    left_out: Decimal

    @property
    def unused(self) -> Decimal:
        """What came back unused."""
        return self.paid_in - self.left_out - self.multiples.paid_in


@dataclass(frozen=True, slots=True)
class ClawbackShown:
    """The clawback of a day with what it was worked out from: the carry received and the profit distributed so far.

    `own_terms`: some partners' rates are not those of the fund.
    """

    received: Decimal
    profit: Decimal
    entitled: Decimal
    tax_rate: Decimal
    own_terms: bool
    owed: Clawback


def returns_on(fund: Fund, day: date) -> Returns:
    """Multiples and IRR of the limited partners together, as of the end of a day.

    Raises Conflict("terms.missing") where the fund has no terms in effect.
    """
    (found,) = read_on_record({fund: day})
    return returns_of(found)


def returns_of(found: OnRecord) -> Returns:
    """The same from what is on record of the fund on the day."""
    rows, day, terms = found.rows, found.rows.day, needed(found.terms)
    partners = {one.pk: one for one in rows.holders if one.kind == Commitment.Kind.LP}
    standing = [row for row in rows.standing if row.commitment_id in partners and _is_flow(row)]
    valuation = valuation_of(found)
    nav = valuation.nav_of(partners) if valuation else None
    paid_in = _total(row for row in standing if row.call_id)
    paid_out = -_total(row for row in standing if not row.call_id)
    committed = sum((one.amount for one in partners.values()), ZERO)
    flows = [(row.value_date, -row.amount) for row in standing]
    recallable = -_total(row for row in standing if row.recallable and row.counts_as_distributed)
    left_out = recallable if terms.recallable_treatment == RecallableTreatment.EXCLUDED else ZERO

    def measured(worth: Decimal | None) -> tuple[Multiples, Irr | None]:
        found = multiples(
            contributed=_total(row for row in standing if row.counts_as_paid_in),
            distributed=-_total(row for row in standing if row.counts_as_distributed),
            nav=worth,
            commitment=committed,
            recallable=recallable,
            recallable_treatment=terms.recallable_treatment,
        )
        return found, None if worth is None else xirr([*flows, (day, worth)])

    net, net_irr = measured(nav.amount if nav else None)
    gross, gross_irr = measured(nav.gross if nav else None)
    return Returns(committed, paid_in, paid_out, valuation, nav, net, net_irr, gross, gross_irr, left_out)


def _is_flow(row: LedgerRow) -> bool:
    """What was paid for calls and what went out, without what the fund only passes on."""
    return not row.passed_on and (bool(row.call_id) or row.counts_as_paid_in or row.counts_as_distributed)


def _total(rows: Iterable[LedgerRow]) -> Decimal:
    return sum((row.amount for row in rows), ZERO)


def clawback_on(facts: Facts, row: FundTerms, day: date) -> ClawbackShown:
    """What the GP would owe back if the fund ended on a day, from the facts of that day and its terms: partner by
    partner, each by its own terms, or for one account of all as the terms' scope says.

    Profit is what was distributed beyond what was paid in: holdings that are not sold count for nothing.
    """
    accounts = _carry_accounts(facts, day)
    return ClawbackShown(
        received=sum((one.received for one in accounts), ZERO),
        profit=sum((one.profit for one in accounts), ZERO),
        entitled=sum((one.entitled for one in accounts), ZERO),
        tax_rate=row.clawback_tax_rate,
        own_terms=len({(one.terms.tiers[0].carry, one.terms.pref_rate) for one in accounts}) > 1,
        owed=clawback_of_accounts(accounts, day, tax_rate=row.clawback_tax_rate, unit=facts.terms.unit),
    )


def _carry_accounts(facts: Facts, day: date) -> list[CarryAccount]:
    partners = [one for one in facts.partners if one.role == Role.LP]
    if facts.terms.scope == Scope.AGGREGATE:
        return [_carry_account(facts.terms, [one.history for one in partners], day)]
    return [_carry_account(one.terms or facts.terms, [one.history], day) for one in partners]


def _carry_account(terms: Terms, histories: Iterable[History], day: date) -> CarryAccount:
    paid_in = [one for history in histories for one in history.contributions]
    paid = [one for history in histories for one in history.paid if one.on <= day]
    return CarryAccount(
        terms,
        received=sum((one.parts.gp_carry for one in paid), ZERO),
        paid_in=tuple(DatedAmount(min(one.accrues_from or one.on, day), one.amount) for one in paid_in),
        paid_out=tuple(DatedAmount(one.on, one.parts.lp_total) for one in paid),
    )
