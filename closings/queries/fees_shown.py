"""How the fees of later partners for the time before came about, in the words of letters and pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from blackgem.lib.money import unit_of
from closings.calc.equalise import fee_interests
from closings.calc.terms import Beside
from closings.models import Closing
from closings.queries.fees_before import FeesBefore
from closings.queries.working import WorkedOutClosing, days_of, terms_of
from fees.queries.caught_up import caught_up


@dataclass(frozen=True, slots=True)
class FeeShown:
    """One later partner's fee for the time before, with interest: `said` is how it came about, `reason` why a person
    set it to something else than was worked out."""

    investor_id: int
    name: str
    said: dict
    reason: str
    interest: Decimal


def fees_told(worked_out: WorkedOutClosing) -> dict[int, dict]:
    """By investor, of a closing as it would be settled now."""
    return _told(worked_out.closing, worked_out.parties, worked_out.fees)


def fees_shown(closing: Closing, parties, fees: FeesBefore) -> list[FeeShown]:
    """In the order of partners: those who owe any, or agreed on theirs."""
    told = _told(closing, parties, fees)
    return [
        FeeShown(
            one.investor_id,
            one.name,
            told[one.investor_id],
            fees.rows[one.investor_id].reason,
            sum((Decimal(row["interest"]) for row in told[one.investor_id]["interest"]), Decimal("0.00")),
        )
        for one in parties
        if one.investor_id in told
    ]


def _told(closing: Closing, parties, fees: FeesBefore) -> Mapping[int, dict]:
    if not fees.rows:
        return {}
    terms, days, unit = terms_of(closing, parties), days_of(closing), unit_of(closing.fund.currency)

    def interest_of(key: int) -> list[dict]:
        if key in terms.no_interest:
            return []
        found = fee_interests(Beside(fees.instalments.get(key, ())), terms, days, unit)
        return [
            {
                "amount": f"{one.amount:f}",
                "since": one.since.isoformat(),
                "days": one.days,
                "interest": f"{one.interest:f}",
            }
            for one in found
        ]

    return {key: caught_up(row, unit, interest_of(key)) for key, row in fees.rows.items()}
