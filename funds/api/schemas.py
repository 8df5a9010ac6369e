"""Bodies and answers of funds, deals, investors, commitments and the ledger."""

from datetime import date, datetime
from typing import Literal

from blackgem.http.pagination import Paged
from blackgem.http.schemas import (
    Amount,
    Answer,
    Body,
    Currency,
    Day,
    Email,
    Filters,
    Fraction,
    Id,
    Money,
    MoneyOrZero,
    Multiple,
    Rate,
    RequiredEmail,
    choice,
    text,
)
from funds.models import CapitalTransaction, Commitment, ControlChange, Fund, FundTerms, Investor

# ---------------------------------------------------------------- bodies


class TierBody(Body):
    """A tier above the first: its hurdle a year, its catch-up, its carry, as fractions."""

    hurdle_rate: Rate
    catch_up_rate: Rate
    carry_rate: Rate


class TermsBody(Body):
    """Economic terms; rates are fractions. What is left out stays, or takes its usual value in a new fund."""

    effective_on: Day = None
    style: choice(FundTerms.Style) = None
    scope: choice(FundTerms.Scope) = None
    hurdle_rate: Rate = None
    catch_up_rate: Rate = None
    carry_rate: Rate = None
    compounding: choice(FundTerms.Compounding) = None
    day_count: choice(FundTerms.DayCount) = None
    management_fee_rate: Rate = None
    order: choice(FundTerms.Order) = None
    pref_start: choice(FundTerms.PrefStart) = None
    loss_carryforward: bool = None
    fee_allocation: choice(FundTerms.FeeAllocation) = None
    fee_base: choice(FundTerms.FeeBase) = None
    recallable_treatment: choice(FundTerms.RecallableTreatment) = None
    clawback_tax_rate: Rate = None
    recall_capital: bool = None
    recall_fees: bool = None
    recall_gains: bool = None
    recall_until: Day | None = None
    max_unfunded: Multiple = None
    max_cumulative: Multiple | None = None
    tiers: list[TierBody] = None


class FundChange(Body):
    name: text(200, least=1) = None
    code: text(12) = None
    legal_name: text(200, least=1) = None
    currency: Currency = None
    lpa_date: Day = None
    first_closing_on: Day | None = None
    address: text(500, multi_line=True) = None
    contact_name: text(200) = None
    contact_email: Email = None
    contact_phone: text(50) = None
    signatory_name: text(200) = None
    signatory_title: text(200) = None
    paper_size: choice(Fund.PaperSize) = None
    attach_notices: bool = None
    partner_totals: choice(Fund.PartnerTotals) = None
    four_eyes: bool = None
    time_zone: text(64, least=1) = None
    calendar: text(13) = None
    notice_days: int = None
    investments_split_by: choice(Fund.InvestmentKey) = None
    residual_limit: MoneyOrZero = None
    warnings_acknowledged: bool = None
    looked_at_above: MoneyOrZero = None
    reminder_days: text(60) = None
    terms: TermsBody = None


class NewFund(FundChange):
    name: text(200, least=1)
    lpa_date: Day


class DealChange(Body):
    name: text(200, least=1) = None
    description: text(2000, multi_line=True) = None


class NewDeal(DealChange):
    name: text(200, least=1)


class InvestorChange(Body):
    name: text(200, least=1) = None
    kind: choice(Investor.Kind) = None
    email: Email = None
    attention: text(200) = None
    address: text(500, multi_line=True) = None
    country: text(100) = None
    tax_reference: text(50) = None
    withholding_rate: Rate = None


class NewInvestor(InvestorChange):
    name: text(200, least=1)


class NewContact(Body):
    name: text(200, least=1)
    email: RequiredEmail
    takes_notices: bool = True


class NewCommitment(Body):
    investor_id: Id
    amount: MoneyOrZero
    closing_date: Day
    kind: choice(Commitment.Kind) = Commitment.Kind.LP
    reference: text(20, least=1) = None


class CommitmentChange(Body):
    amount: MoneyOrZero


class NewCommitmentEvent(Body):
    """A dated event that changes a commitment by an amount above zero, from a day on. Released and expired lower only
    what may still be called."""

    kind: Literal["increased", "released", "expired", "default_reduction"]
    amount: Money
    effective_on: Day
    reason: text(500, least=1)


class LedgerSpan(Filters):
    """What to show of the ledger: value dates from `startDate` to `endDate`, both included."""

    type: choice(CapitalTransaction.Type) = None
    start_date: Day = None
    end_date: Day = None


class LedgerFilter(LedgerSpan, Paged):
    fund_id: Id = None
    investor_id: Id = None


# ---------------------------------------------------------------- answers


class TierRatesAnswer(Answer):
    """A tier above the first: its hurdle a year, its catch-up, its carry, as fractions."""

    hurdle_rate: Fraction
    catch_up_rate: Fraction
    carry_rate: Fraction


class TermsAnswer(Answer):
    """A version of a fund's terms. The rates are those of the first tier, `tiers` the further ones."""

    version: int
    effective_on: date
    style: str
    scope: str
    hurdle_rate: Fraction
    catch_up_rate: Fraction
    carry_rate: Fraction
    compounding: str
    day_count: str
    management_fee_rate: Fraction
    order: str
    pref_start: str
    loss_carryforward: bool
    fee_allocation: str
    fee_base: str
    recallable_treatment: str
    clawback_tax_rate: Fraction
    recall_capital: bool
    recall_fees: bool
    recall_gains: bool
    recall_until: date | None
    max_unfunded: Fraction
    max_cumulative: Fraction | None
    tiers: list[TierRatesAnswer]

    @classmethod
    def of(cls, row, **more):
        tiers = sorted(row.further_tiers.all(), key=lambda tier: tier.position)
        return super().of(row, tiers=[TierRatesAnswer.of(tier) for tier in tiers], **more)


class DealAnswer(Answer):
    id: int
    name: str
    description: str
    created_at: datetime


class DealsAnswer(Answer):
    deals: list[DealAnswer]
    total: int


class ControlChangeAnswer(Answer):
    """`was` and `becomes` are the fields of what changes, as they were when it was asked for and as they become."""

    id: int
    fund_id: int
    kind: ControlChange.Kind
    about: str
    status: str
    was: dict
    becomes: dict
    requested_at: datetime
    requested_by: int


class ContactAnswer(Answer):
    id: int
    name: str
    email: str
    takes_notices: bool


class InvestorAnswer(Answer):
    id: int
    name: str
    kind: str
    email: str
    attention: str
    address: str
    country: str
    tax_reference: str
    withholding_rate: Fraction
    contacts: list[ContactAnswer]
    pending_changes: list[ControlChangeAnswer]
    created_at: datetime


class InvestorsAnswer(Answer):
    investors: list[InvestorAnswer]
    total: int


class TransactionAnswer(Answer):
    """One row of the ledger: contributions positive, distributions negative."""

    id: int
    fund_id: int
    investor_id: int
    investor_name: str
    commitment_id: int
    type: str
    amount: Amount
    date: date
    recorded_at: datetime
    description: str
    recallable: bool
    capital_call_id: int | None
    item_id: int | None
    allocation_id: int | None
    payment_id: int | None
    distribution_id: int | None
    distribution_item_id: int | None
    payout_id: int | None
    deal_id: int | None
    reverses_id: int | None


class TransactionsAnswer(Answer):
    transactions: list[TransactionAnswer]
    total: int
