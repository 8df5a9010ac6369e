"""What should be looked at before a distribution is issued, and before its letters are sent."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery

from distributions.models import Distribution, DistributionItem
from distributions.notices import are_unsent, texts_of_letters
from distributions.services.decided import is_withheld_by_hand
from distributions.states import DISTRIBUTION_BEFORE_ISSUE, DISTRIBUTION_ISSUED, DistributionStatus
from funds.calc.checks import Check, PartOf, ToCheck, blocking, blocking_parts, checks
from funds.models import Commitment, Fund, Notice, PayeeDetails
from funds.queries.checks import mails_of, run_by, unprintable


def checks_of_distribution(one: Distribution, *, at: datetime, unsent: bool | None = None) -> list[Check]:
    """The check list while letters are still to go out; none once they were sent, or where it is cancelled.

    `unsent` is what the caller has read already. The number of queries does not depend on the number of investors.
    """
    is_before_issue = one.status in DISTRIBUTION_BEFORE_ISSUE
    if not is_before_issue and (one.status == DistributionStatus.CANCELLED or not _is_unsent(one, unsent)):
        return []
    items = _items(one)
    unprinted = _unprintable(one, items) if is_before_issue else ()
    return checks(_to_check(one, items, today=one.fund.day_of(at), unprintable=unprinted))


def _to_check(one: Distribution, items: list[DistributionItem], *, today=None, **known) -> ToCheck:
    usual = items[0] if items else None
    is_before_issue = one.status in DISTRIBUTION_BEFORE_ISSUE
    return ToCheck(
        currency=one.fund.currency,
        calendar=one.fund.calendar,
        today=today or one.date,
        due_on=one.date,
        date_field="date",
        parts=[_part(one, item, is_before_issue) for item in items],
        in_totals=_in_totals(one, items),
        total=one.total_amount,
        looked_at_above=one.fund.looked_at_above,
        own_mails=[mail for mail in (one.fund.contact_email, *(usual.run_by if usual else ())) if mail],
        largest_before=usual and usual.largest_before,
        **known,
    )


def blocking_checks(one: Distribution) -> list[Check]:
    """Those of the list that must be mended before it is submitted, approved or issued."""
    items = _items(one)
    return [*blocking(_unprintable(one, items)), *blocking_parts(_to_check(one, items))]


def _is_unsent(one: Distribution, unsent: bool | None) -> bool:
    return are_unsent(one) if unsent is None else unsent


def _unprintable(one: Distribution, items: list[DistributionItem]) -> list[str]:
    return unprintable(texts_of_letters(one, [item for item in items if item.gross_amount > 0]))


def _items(one: Distribution) -> list[DistributionItem]:
    others = Distribution.objects.filter(fund=one.fund_id, status__in=DISTRIBUTION_ISSUED).exclude(pk=one.pk)
    accounts = PayeeDetails.objects.verified().filter(commitment=OuterRef("commitment"))
    return list(
        DistributionItem.objects.filter(distribution=one)
        .select_related("commitment__investor")
        .annotate(
            mails=mails_of("commitment__investor", Notice.Kind.DISTRIBUTION),
            largest_before=Subquery(others.order_by("-total_amount").values("total_amount")[:1]),
            run_by=run_by(one.fund_id),
            has_account=Exists(accounts),
        )
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
        has_contact=bool(item.mails),
        mails=item.mails,
        has_account=item.has_account,
        item_id=item.pk,
        investor_id=item.commitment.investor_id,
    )
