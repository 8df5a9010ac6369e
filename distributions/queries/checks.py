"""What should be looked at before a distribution is issued, and before its letters are sent."""

from datetime import datetime

from distributions.models import Distribution, DistributionItem
from distributions.notices import are_unsent, texts_of_letters
from distributions.services.decided import is_withheld_by_hand
from distributions.states import DISTRIBUTION_BEFORE_ISSUE, DistributionStatus
from funds.calc.checks import Check, PartOf, ToCheck, blocking, checks
from funds.models import Commitment, Fund
from funds.queries.checks import takes_notices, unprintable


def checks_of_distribution(one: Distribution, *, at: datetime, unsent: bool | None = None) -> list[Check]:
    """The check list while letters are still to go out; none once they were sent, or where it is cancelled.

    `unsent` is what the caller has read already. The number of queries does not depend on the number of investors.
    """
    is_before_issue = one.status in DISTRIBUTION_BEFORE_ISSUE
    if not is_before_issue and (one.status == DistributionStatus.CANCELLED or not _is_unsent(one, unsent)):
        return []
    items = _items(one)
    return checks(
        ToCheck(
            currency=one.fund.currency,
            calendar=one.fund.calendar,
            today=one.fund.day_of(at),
            due_on=one.date,
            date_field="date",
            parts=[_part(one, item, is_before_issue) for item in items],
            unprintable=_unprintable(one, items) if is_before_issue else (),
            in_totals=_in_totals(one, items),
        )
    )


def blocking_checks(one: Distribution) -> list[Check]:
    """Those of the list that must be mended before it is submitted, approved or issued."""
    return blocking(_unprintable(one, _items(one)))


def _is_unsent(one: Distribution, unsent: bool | None) -> bool:
    return are_unsent(one) if unsent is None else unsent


def _unprintable(one: Distribution, items: list[DistributionItem]) -> list[str]:
    return unprintable(texts_of_letters(one, [item for item in items if item.gross_amount > 0]))


def _items(one: Distribution) -> list[DistributionItem]:
    return list(
        DistributionItem.objects.filter(distribution=one)
        .select_related("commitment__investor")
        .annotate(has_contact=takes_notices("commitment__investor"))
        .defer("tiers", "working")
        .order_by("commitment__reference", "pk")
    )


def _in_totals(one: Distribution, items: list[DistributionItem]) -> set[int]:
    """How many partners each total adds up: all who get something, and the limited partners among them."""
    if one.fund.partner_totals == Fund.PartnerTotals.NONE:
        return set()
    paid = [item for item in items if item.gross_amount > 0]
    limited = [item for item in paid if item.commitment.kind != Commitment.Kind.GP]
    return {len(paid), len(limited)}


def _part(one: Distribution, item: DistributionItem, is_before_issue: bool) -> PartOf:
    """Who has no share gets nothing, as everybody expects. A rate may change once the distribution is issued."""
    return PartOf(
        item.commitment.investor.name,
        item.gross_amount,
        excused=not item.weight,
        withheld_by_hand=is_before_issue and is_withheld_by_hand(item, one.fund.currency),
        has_contact=item.has_contact,
    )
