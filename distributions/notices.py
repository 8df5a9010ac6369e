"""What a distribution notice says, frozen when the distribution is issued: one per partner who gets something."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from blackgem.lib.context import WriteContext
from blackgem.lib.letter_fonts import texts_in
from distributions.models import Distribution, DistributionItem
from distributions.states import DistributionType
from funds.models import Fund, FundTerms, Notice
from funds.queries.accounts import account_of, account_path
from funds.services.notice_facts import allowed_totals, fund_facts, moving, partner_facts, ratio, steady, text
from funds.services.notices import NoticeDraft, draft_notice, letters_unsent, rewrite_unsent, write_notices

STEP_WORDS = {
    "return_of_capital": "Capital that was paid in comes back first",
    "preferred_return": "Then the preferred return that this capital has earned",
    "catch_up": "Then the general partner catches up with its share of the profit",
    "split": "What is left is split between the partners and the general partner",
    "gp_own": "The general partner’s own commitment takes its share and bears no carried interest",
    "excess": "Money that was called and not needed goes back to those who paid it",
}


def write_distribution_notices(
    *, distribution: Distribution, ctx: WriteContext, change_note: str = ""
) -> list[Notice]:
    """Write the notices of an issued distribution, inside the caller's transaction, after its status is saved.

    The number of queries does not depend on the number of partners.
    """
    fund = Fund.objects.get(pk=distribution.fund_id)
    return write_notices(
        fund=fund,
        kind=Notice.Kind.DISTRIBUTION,
        subject_id=distribution.pk,
        dated_on=ctx.today(distribution.fund),
        drafts=_drafts(distribution, fund, _items(distribution)),
        change_note=change_note,
        ctx=ctx,
    )


def draft_of_letter(distribution: Distribution, item_id: int, *, at: datetime) -> Notice | None:
    """One of `drafts_of_letters`; None where this partner gets nothing, and so no letter."""
    return next(iter(drafts_of_letters(distribution, at=at, of=item_id)), None)


def drafts_of_letters(distribution: Distribution, *, at: datetime, of: int | None = None) -> list[Notice]:
    """The letters as they would be issued now, of what is not issued yet, or that of one item: nothing is written."""
    items = [item for item in _items(distribution) if of in (None, item.pk)]
    for item in items:
        _count_as_issued(item, _is_excess(distribution))
    return [
        draft_notice(
            fund=distribution.fund,
            kind=Notice.Kind.DISTRIBUTION,
            dated_on=distribution.fund.day_of(at),
            draft=draft,
        )
        for draft in _drafts(distribution, distribution.fund, items)
    ]


def write_allowed_totals(*, distribution: Distribution, ctx: WriteContext) -> list[Notice]:
    """The next version of those unsent letters that show more of all partners than the fund lets them by now."""
    return rewrite_unsent(
        subject=distribution,
        kind=Notice.Kind.DISTRIBUTION,
        facts_of=with_allowed_totals,
        change_note="It shows less of all partners together.",
        ctx=ctx,
    )


def write_payout_taken_back(
    *, distribution: Distribution, item_id: int, back: dict, ctx: WriteContext
) -> list[Notice]:
    """The next version of one letter, which says that a payout did not stay: `back` has its amount, the days on which
    it went and was taken back, and whether its money came back."""
    newest = Notice.objects.newest(Notice.Kind.DISTRIBUTION, distribution.pk).filter(item_id=item_id)
    fund = Fund.objects.get(pk=distribution.fund_id)
    return write_notices(
        fund=fund,
        kind=Notice.Kind.DISTRIBUTION,
        subject_id=distribution.pk,
        dated_on=ctx.today(fund),
        drafts=[
            NoticeDraft(
                one.commitment,
                one.item_id,
                one.number,
                with_allowed_totals(one.facts | {"undone": back}, fund),
            )
            for one in newest.select_related("commitment")
        ],
        change_note="What was paid out to you was taken back, and is payable again.",
        ctx=ctx,
    )


def texts_of_letters(distribution: Distribution, items: Iterable[DistributionItem]) -> Iterator[str]:
    """Every text that the letters of these items would print; also before issue."""
    for item in items:
        yield from texts_in(_letter(distribution, item, distribution.fund))


def are_unsent(distribution: Distribution) -> bool:
    """Whether one of the newest letters was never sent."""
    return letters_unsent(Notice.Kind.DISTRIBUTION, distribution.pk)


def _items(distribution: Distribution) -> list[DistributionItem]:
    """Those who get something, with their positions, all read by one statement."""
    paid = DistributionItem.objects.filter(distribution=distribution, gross_amount__gt=0)
    positions = ("commitment__investor", f"commitment__{account_path()}", "commitment__distributions")
    return list(paid.select_related("capital", *positions).order_by("commitment_id"))


def _count_as_issued(item: DistributionItem, is_excess: bool) -> None:
    """Have the roll-up that was read with an item count a distribution that is not issued yet, in memory alone."""
    declared = item.commitment.distributions
    declared.distributed += item.gross_amount
    if is_excess:
        declared.returned_unused += item.gross_amount


def _drafts(distribution: Distribution, fund: Fund, items: list[DistributionItem]) -> list[NoticeDraft]:
    tiers = [_tier(tier) for tier in distribution.tiers.order_by("position")]
    return [
        NoticeDraft(
            item.commitment,
            item.pk,
            notice_number(distribution, item.commitment),
            with_allowed_totals(_facts(distribution, fund, item, tiers), fund),
        )
        for item in items
    ]


def notice_number(distribution: Distribution, commitment) -> str:
    """What the letter is called, over all funds: "LSFI-DN1-0001"."""
    return f"{distribution.fund.code}-DN{distribution.number}-{commitment.reference}"


def _facts(distribution, fund, item, tiers) -> dict:
    taxable = item.gross_amount - item.return_of_capital
    return {
        **_letter(distribution, item, fund),
        "currency": fund.currency,
        "totals": Fund.PartnerTotals.ALL,
        "amount": text(item.net_amount),
        "parts": _parts(item),
        "gross": text(item.gross_amount),
        "withheld": text(item.withholding_tax),
        "withheld_share": ratio(item.withholding_tax, taxable),
        "recallable": text(item.recallable_amount),
        "carry_borne": text(_carry_borne(item)),
        "weight": text(item.weight),
        "by_commitment": _is_by_commitment(distribution),
        "tiers": tiers,
        "working": [_step(step) for step in item.working],
        "position": _position(item),
        "position_shares": [_dpi(item, Decimal(0) if _is_excess(distribution) else item.gross_amount)],
    }


def with_allowed_totals(facts: dict, fund: Fund) -> dict:
    """The facts with as much of all partners together as the fund lets its letters show, and never more than before:
    all of it; the steps of the waterfall in percent; or the steps in words, without a figure."""
    totals = allowed_totals(facts, fund)
    if totals == Fund.PartnerTotals.ALL:
        return facts
    whole = facts["distribution"]["amount"] if totals == Fund.PartnerTotals.PERCENTAGES else None
    return facts | {
        "totals": totals,
        "distribution": facts["distribution"] | {"amount": None},
        "tiers": [_tier_without_totals(tier, whole, totals) for tier in facts["tiers"]],
    }


def _tier_without_totals(tier: dict, whole: str | None, totals: str) -> dict:
    """`lp_share` and `gp_share` are of the whole distribution."""
    shares = {name: tier.get(f"{name}_share") for name in ("lp", "gp")}
    if whole is not None:
        shares = {name: ratio(Decimal(tier[name]), Decimal(whole)) for name in shares}
    if totals == Fund.PartnerTotals.NONE:
        shares = dict.fromkeys(shares)
    named = {f"{name}_share": share for name, share in shares.items()}
    return tier | {"owed": None, "lp": None, "gp": None} | named


def _letter(distribution, item, fund) -> dict:
    """Who writes to whom, about what, for which day."""
    return {
        "commitment_id": item.commitment_id,
        "item_id": item.pk,
        "fund": fund_facts(fund),
        "partner": partner_facts(item.commitment),
        "distribution": {
            "number": distribution.number,
            "paid_on": distribution.date.isoformat(),
            "type": distribution.get_type_display(),
            "source": distribution.source,
            "deal": distribution.deal.name if distribution.deal else "",
            "amount": text(distribution.total_amount),
        },
    }


def _is_by_commitment(distribution) -> bool:
    """Whether shares went by what was committed: a waterfall worked out once for all, outside which they never do."""
    return not _is_excess(distribution) and distribution.terms.scope == FundTerms.Scope.AGGREGATE


def _is_excess(distribution) -> bool:
    return distribution.type == DistributionType.RETURN_OF_EXCESS_CAPITAL


def _parts(item) -> list[dict]:
    named = {
        "Return of capital": item.return_of_capital,
        "Preferred return": item.preferred_return,
        "Share of profit": item.profit_share,
        "Carried interest": item.carried_interest,
    }
    return [{"label": label, "amount": text(amount)} for label, amount in named.items() if amount]


def _tier(tier) -> dict:
    """One step over all partners, in words and amounts."""
    return {
        "label": tier.get_kind_display(),
        "words": STEP_WORDS[tier.kind],
        "owed": None if tier.owed_before is None else text(tier.owed_before),
        "lp": text(tier.lp_amount),
        "gp": text(tier.gp_amount),
    }


def _step(step: dict) -> dict:
    """The same for this partner alone, where its share has a waterfall of its own."""
    return {
        "words": STEP_WORDS[step["kind"]],
        "owed": step["owed_before"],
        "lp": step["lp_amount"],
        "gp": step["gp_amount"],
    }


def _carry_borne(item) -> Decimal:
    """What the general partner took of this partner's share: the GP's part of every catch-up and split."""
    return sum((Decimal(catch_up) + Decimal(split) for _, catch_up, _, split in item.tiers), Decimal(0))


def _position(item) -> list[dict]:
    """The roll-ups count this distribution as declared already: before = after − this."""
    capital, distributions = account_of(item.commitment), item.commitment.distributions
    return [
        steady("Commitment", text(capital.committed)),
        steady("Paid in (cumulative)", text(capital.paid_in)),
        moving("Declared (cumulative)", distributions.distributed, item.gross_amount),
        _unfunded(item),
    ]


def _unfunded(item) -> dict:
    """What may be called before and after. The books restore it when the money goes out, so the row says so."""
    restored = item.recallable_amount
    after = account_of(item.commitment).unfunded + (Decimal(0) if item.capital.paid_out else restored)
    label = "Unfunded commitment, once this is paid out" if restored else "Unfunded commitment"
    return {**moving(label, after, restored), "total": True}


def _dpi(item, this: Decimal) -> dict:
    """Declared to paid-in: what came back unused lowers what was paid in and was not declared as proceeds."""
    paid_in, distributions = account_of(item.commitment).paid_in, item.commitment.distributions
    declared = distributions.distributed - distributions.returned_unused
    return {
        "label": "Declared, % of what you paid in",
        "before": ratio(declared - this, paid_in),
        "this": ratio(this, paid_in),
        "after": ratio(declared, paid_in),
    }
