"""What every letter to an investor holds: who writes, who reads, and positions before and after. All as text."""

from decimal import Decimal

from blackgem.lib.money import CENT, MOST_DECIMALS
from funds.models import Commitment, Fund
from funds.queries.wording import facts_of, wording_of

PartnerTotals = Fund.PartnerTotals
#: From what shows the least of all partners together to what shows the most.
LEAST_FIRST = (PartnerTotals.NONE, PartnerTotals.PERCENTAGES, PartnerTotals.ALL)


def fund_facts(fund: Fund) -> dict:
    """Who writes."""
    names = (
        "name",
        "legal_name",
        "address",
        "paper_size",
        "contact_name",
        "contact_email",
        "contact_phone",
        "signatory_name",
        "signatory_title",
    )
    facts = {name: getattr(fund, name) for name in names} | {"lpa_on": fund.lpa_date.isoformat()}
    wording = _wording(fund)
    return facts | ({"wording": wording} if wording else {})


def _wording(fund: Fund) -> dict | None:
    """Its letterhead and words, read once for all letters that are written with this row of the fund."""
    if "_wording" not in fund.__dict__:
        fund._wording = facts_of(wording_of(fund))
    return fund._wording


def partner_facts(commitment: Commitment) -> dict:
    """Who reads."""
    investor = commitment.investor
    return {
        "name": investor.name,
        "attention": investor.attention,
        "address": investor.address,
        "reference": commitment.reference,
    }


def totals_of(facts: dict) -> str:
    """What a letter shows of all partners together. Letters from before that could be chosen show all."""
    return facts.get("totals", PartnerTotals.ALL)


def allowed_totals(facts: dict, fund: Fund) -> str:
    """What may be left of them: as little as the letter shows already, or as its fund says now."""
    return min(totals_of(facts), fund.partner_totals, key=LEAST_FIRST.index)


def moving(label: str, after: Decimal, this: Decimal) -> dict:
    """A row of a position that this letter changes by `this`: before = after − this."""
    return {
        "label": label,
        "before": text(after - this),
        "this": text(this) if this else None,
        "after": text(after),
    }


def steady(label: str, value: str | None) -> dict:
    """A row that stays as it is."""
    return {"label": label, "before": value, "this": None, "after": value}


def ratio(part: Decimal, whole: Decimal) -> str | None:
    """A fraction with eight decimals, as text; nothing where there is no whole."""
    return f"{part / whole:.8f}" if whole else None


def text(amount: Decimal) -> str:
    """An amount exactly, with two decimals or the three of its currency: views may answer 0 or 8000."""
    return f"{amount:.2f}" if amount == amount.quantize(CENT) else f"{amount:.{MOST_DECIMALS}f}"
