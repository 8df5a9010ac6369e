"""What clients get about distributions, payouts and write-downs. Statuses in capitals."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, WithJsonSchema

from blackgem.http.schemas import Amount, Answer, unit_being_written
from blackgem.lib.money import round_to_unit
from funds.api.letters import CheckAnswer, LetterAnswer
from funds.api.schemas import ControlChangeAnswer, TermsAnswer


class AmountFigure(Decimal):
    """A figure that is money; the others are rates, dates and words."""


def _write_figure(figure):
    """Amounts rounded: what is due deal by deal may hold fractions."""
    if isinstance(figure, AmountFigure):
        return round_to_unit(Decimal(figure), unit_being_written(figure))
    return figure


#: A figure that a tier was worked out from: an amount, a rate as a fraction, a date, a word.
Figure = Annotated[
    Any,
    PlainSerializer(_write_figure),
    WithJsonSchema({"type": ["number", "string", "boolean", "null"]}),
]


class TierAnswer(Answer):
    """One step of a waterfall. `terms` are the figures it used; amounts owed are null where it takes what is left."""

    name: str
    kind: str
    tier: int
    terms: dict[str, Figure]
    owed_before: Amount | None
    lp_amount: Amount
    gp_amount: Amount
    owed_after: Amount | None


class ShareAnswer(Answer):
    """One partner's share; its four parts add up to `grossAmount`. `weight` is what the share was measured by,
    `carryBorne` what the GP took of it, `tiers` its own working where it has an account of its own."""

    investor_id: int
    investor_name: str
    commitment_id: int
    reference: str
    kind: str
    weight: Amount
    gross_amount: Amount
    return_of_capital: Amount
    preferred_return: Amount
    profit_share: Amount
    carried_interest: Amount
    recallable_amount: Amount
    withholding_tax: Amount
    net_amount: Amount
    carry_borne: Amount
    tiers: list[TierAnswer]


class BreakdownAnswer(Answer):
    """A waterfall. `gpOwnShare` is what the GP's own commitment gets; with it, the first five add up to the total.
    `gpCatchUp` and `gpCarriedInterest` are the GP's parts of catch-ups and splits: its carry is both."""

    return_of_capital: Amount
    preferred_return: Amount
    gp_catch_up: Amount
    lp_profit_share: Amount
    gp_carried_interest: Amount
    gp_own_share: Amount
    total_to_lps: Amount = Field(alias="totalToLPs")
    total_to_gp: Amount = Field(alias="totalToGP")
    terms: TermsAnswer
    tiers: list[TierAnswer]
    items: list[ShareAnswer]


class DistributionItemAnswer(Answer):
    """One partner's part of a distribution. Without a status nothing is due to it. How it was paid is that of the
    payout that stands; a payout is of the gross amount. `notices` are the versions of its letter, newest first."""

    id: int
    distribution_id: int
    investor_id: int
    investor_name: str
    commitment_id: int
    reference: str
    gross_amount: Amount
    withholding_tax: Amount
    net_amount: Amount
    return_of_capital: Amount
    preferred_return: Amount
    profit_share: Amount
    carried_interest: Amount
    recallable_amount: Amount
    status: str | None
    paid_date: date | None
    payment_method: str | None
    payment_ref: str | None
    payout_id: int | None
    notices: list[LetterAnswer]


class DistributionAnswer(Answer):
    """A distribution. Its four parts add up to `totalAmount`; it counts in totals once it is `SENT` or `PAID`."""

    id: int
    fund_id: int
    fund_name: str
    currency: str
    distribution_num: int
    date: date
    total_amount: Amount
    type: str
    source: str
    deal_id: int | None
    deal_name: str | None
    recallable: bool
    status: str
    return_of_capital: Amount
    preferred_return: Amount
    profit_share: Amount
    carried_interest: Amount
    withholding_tax: Amount
    net_amount: Amount
    paid_out: Amount
    notice_sent_at: datetime | None
    four_eyes: bool
    revision: int
    created_at: datetime
    submitted_at: datetime | None
    approved_at: datetime | None
    sent_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str


class DistributionDetailAnswer(DistributionAnswer):
    """`inputsSha256` tells whether two versions were worked out from the same facts. `checks` is what should be looked
    at before the letters go out; empty once they did. `pendingChanges` is what of it waits for another person."""

    inputs_sha256: str
    items: list[DistributionItemAnswer]
    breakdown: BreakdownAnswer
    checks: list[CheckAnswer]
    pending_changes: list[ControlChangeAnswer]


class DistributionSummaryAnswer(Answer):
    """Over the whole filter, in one currency: the four parts add up to `declared`, of which some was `paidOut` and the
    rest is `payable`. `totalDistributed` is `declared` under its older name. Null where the filter spans funds of
    several currencies: see `summaries`."""

    currency: str | None
    total_distributed: Amount | None
    declared: Amount | None
    paid_out: Amount | None
    payable: Amount | None
    return_of_capital: Amount | None
    preferred_return: Amount | None
    lp_profit_share: Amount | None
    carried_interest: Amount | None


class DistributionsAnswer(Answer):
    distributions: list[DistributionAnswer]
    total: int
    summary: DistributionSummaryAnswer
    summaries: list[DistributionSummaryAnswer]


class PayoutReversalAnswer(Answer):
    id: int
    status: str
    reason: str
    cash_on: date | None
    four_eyes: bool
    requested_at: datetime
    approved_at: datetime | None
    rejected_at: datetime | None


class PayoutAnswer(Answer):
    """Money that went to one partner: its gross, to the version of its bank details that is named. A reversal is a
    negative payout that names the one it takes back."""

    id: int
    fund_id: int
    distribution_id: int
    item_id: int
    investor_id: int
    investor_name: str
    amount: Amount
    paid_date: date
    method: str
    reference: str
    payee_details_id: int | None
    reverses_id: int | None
    reversal: PayoutReversalAnswer | None
    recorded_at: datetime


class PayoutsAnswer(Answer):
    payouts: list[PayoutAnswer]
    total: int


class WriteDownAnswer(Answer):
    """`amount` of what a fund paid for a deal is gone, from a day on; negative where it is back. It counts once it is
    approved."""

    id: int
    fund_id: int
    deal_id: int
    date: date
    amount: Amount
    reason: str
    status: str
    four_eyes: bool
    created_at: datetime
    approved_at: datetime | None
    rejected_at: datetime | None


class WriteDownsAnswer(Answer):
    write_downs: list[WriteDownAnswer]
    total: int
