"""What the routes of funds and commitments answer: the rows, and their figures in the fund's currency."""

from datetime import date, datetime

from blackgem.http.schemas import Amount, Answer
from funds.api.schemas import ControlChangeAnswer, TermsAnswer


class PartnersAnswer(Answer):
    """The sums over a fund's partners. `distributed` is what was paid out, gross."""

    committed: Amount
    called: Amount
    paid: Amount
    outstanding: Amount
    distributed: Amount
    recallable: Amount
    unfunded: Amount


class CashAnswer(Answer):
    """Incoming cash of a fund."""

    received: Amount
    applied: Amount
    returned: Amount
    unapplied: Amount


class FundAnswer(Answer):
    id: int
    name: str
    code: str
    legal_name: str
    currency: str
    lpa_date: date
    first_closing_on: date | None
    address: str
    contact_name: str
    contact_email: str
    contact_phone: str
    signatory_name: str
    signatory_title: str
    paper_size: str
    attach_notices: bool
    partner_totals: str
    four_eyes: bool
    time_zone: str
    calendar: str
    notice_days: int
    investments_split_by: str
    residual_limit: Amount
    warnings_acknowledged: bool
    looked_at_above: Amount
    reminder_days: str
    pending_changes: list[ControlChangeAnswer]
    terms: TermsAnswer | None
    current_size: Amount
    partners: PartnersAnswer
    cash: CashAnswer
    created_at: datetime


class FundsAnswer(Answer):
    funds: list[FundAnswer]
    total: int


class CommitmentAnswer(Answer):
    """What an investor promised, and its account with the fund."""

    id: int
    fund_id: int
    investor_id: int
    investor_name: str
    kind: str
    reference: str
    standing: str
    amount: Amount
    closing_date: date
    released: Amount
    called: Amount
    paid: Amount
    outstanding: Amount
    distributed: Amount
    recallable: Amount
    unfunded: Amount


class CommitmentEventAnswer(Answer):
    """A dated event of a commitment. What is committed on a day is the sum of the approved events effective by then
    that change the commitment. `revision` is how many events of the commitment are approved."""

    id: int
    commitment_id: int
    kind: str
    amount: Amount
    changes_commitment: bool
    effective_on: date
    reason: str
    status: str
    four_eyes: bool
    revision: int
    recorded_at: datetime
    approved_at: datetime | None
    rejected_at: datetime | None


class CommitmentEventsAnswer(Answer):
    events: list[CommitmentEventAnswer]
    total: int


class CommitmentsAnswer(Answer):
    commitments: list[CommitmentAnswer]
    total: int
    summary: PartnersAnswer
