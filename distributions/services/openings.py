"""How the partners stand before a distribution, and the memory of it from one keystroke to the next.

To draw a fund's whole life up to a day takes most of the time that a preview takes, and none of it depends on the
amount that is being typed. So a process remembers it for as long as nothing moves that it follows from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.cache import caches
from django.db import connection

from distributions.calc.facts import Key
from distributions.calc.openings import Opening, funded, open_partners, unreturned
from distributions.models import Distribution
from distributions.services.facts import Facts, Holder, facts_on, those_before
from distributions.services.plan import DistributionPlan
from distributions.services.rows import Row, TierRow, rows_outside, rows_through
from funds.models import FundTerms

MINUTES_KEPT = 10
#: Everything that facts are read from. Ledger, side letters and write-downs only ever grow, so their number tells.
_STATE_OF_THE_FACTS = """
SELECT md5(row(
    (SELECT string_agg(
         row(c.id, c.reference, c.kind, i.name, i.withholding_rate)::text, ';' ORDER BY c.id
     ) FROM commitments c JOIN investors i ON i.id = c.investor_id WHERE c.fund_id = %(fund)s),
    (SELECT string_agg(row(id, status, revision)::text, ';' ORDER BY id) FROM distributions WHERE fund_id = %(fund)s),
    (SELECT row(count(*), count(approved_at))::text FROM commitment_events WHERE fund_id = %(fund)s),
    (SELECT row(count(*), max(id))::text FROM capital_transactions WHERE fund_id = %(fund)s),
    (SELECT row(count(*), count(approved_at))::text FROM write_downs WHERE fund_id = %(fund)s),
    (SELECT count(*) FROM side_letters l JOIN commitments c ON c.id = l.commitment_id WHERE c.fund_id = %(fund)s)
)::text)
"""


@dataclass(frozen=True)
class Opened:
    """All that a plan is worked out from but its amounts, in whole `unit`s. `paid_in`, and `unreturned` of it, serve
    what goes back unused."""

    holders: tuple[Holder, ...]
    opening: Opening | None
    paid_in: Mapping[Key, Decimal]
    unreturned: Mapping[Key, Decimal]
    unit: Decimal

    def rows(self, plan: DistributionPlan) -> tuple[tuple[Row, ...], tuple[TierRow, ...]]:
        """The plan's rows and tiers. Raises ZeroWeights and Conflict."""
        if self.opening is None:
            return rows_outside(plan, self.holders, self.paid_in, self.unreturned, self.unit)
        return rows_through(plan, self.holders, self.opening)


def opened(facts: Facts, plan: DistributionPlan) -> Opened:
    """What facts come to before a plan's amount. Raises TermsRefused and OutOfOrder."""
    if plan.is_excess:
        paid_in = {one.key: funded(one.history, plan.date) for one in facts.partners}
        left = unreturned(facts.partners, facts.terms, plan.date)
        return Opened(facts.commitments, None, paid_in, left, facts.terms.unit)
    opening = open_partners(facts.partners, facts.terms, on=plan.date, deal=plan.deal_id)
    return Opened(facts.commitments, opening, {}, {}, facts.terms.unit)


def remembered(fund, terms: FundTerms, plan: DistributionPlan, before: Distribution | None) -> Opened:
    """The same for a fund, from memory where the facts have not moved. Good for looking, not for writing."""
    asked = (fund.pk, terms.pk, plan.date, plan.is_excess, plan.deal_id, before.pk if before else "")
    key = ":".join(map(str, ("opened", *asked, _state_of_the_facts(fund))))
    return caches["process"].get_or_set(
        key,
        lambda: opened(facts_on(fund, terms, plan.date, earlier=those_before(fund, before)), plan),
        timeout=60 * MINUTES_KEPT,
    )


def _state_of_the_facts(fund) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_STATE_OF_THE_FACTS, {"fund": fund.pk})
        return cursor.fetchone()[0]
