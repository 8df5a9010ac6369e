"""How much of all partners together a letter about a call shows."""

from decimal import Decimal

from funds.models import Fund
from funds.services.notice_facts import allowed_totals, ratio, text

OF_THE_FUND = "Commitment, % of the fund"


def with_allowed_totals(facts: dict, fund: Fund) -> dict:
    """The facts with as much of all partners together as the fund lets its letters show, and never more than before:
    all of it; the uses of the money and what is called in percent; or nothing but this partner's own."""
    totals = allowed_totals(facts, fund)
    if totals == Fund.PartnerTotals.ALL:
        return facts
    shows_shares = totals == Fund.PartnerTotals.PERCENTAGES
    return facts | {
        "totals": totals,
        "call": facts["call"] | {"amount": None},
        "lines": [
            _line_without_total(line, facts["call"]["amount"], shows_shares) for line in facts["lines"]
        ],
        "fund_position": [],
        "fund_shares": facts["fund_shares"] if shows_shares else [],
        "position_shares": [
            row for row in facts["position_shares"] if shows_shares or row["label"] != OF_THE_FUND
        ],
    }


def cancelled_facts(facts: dict, fund: Fund) -> dict:
    """Those of the letter that a call is cancelled: no longer due is what the letter before said last, where that is
    not what was called at first, but for what was carried to it."""
    told = with_allowed_totals(facts, fund)
    if not told.get("due"):
        return told
    carried = sum((Decimal(one["amount"]) for one in told["carried"]), Decimal(0))
    return told | {"no_longer_due": text(Decimal(told["due"]) - carried)}


def _line_without_total(line: dict, whole: str | None, shows_shares: bool) -> dict:
    """`share` is what of the whole call goes to this use of the money."""
    share = line.get("share")
    if line["fund"] is not None and whole is not None:
        share = ratio(Decimal(line["fund"]), Decimal(whole))
    return line | {"fund": None, "share": share if shows_shares else None}
