"""Bank details of partners, to be read: masked, version by version. They are entered and verified on the site alone."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router

from blackgem.http.pagination import Paged, page_of
from blackgem.http.schemas import Answer
from blackgem.lib.text import masked
from funds.models import Commitment, Fund, PayeeDetails

from .verbs import one

router = Router(by_alias=True, tags=["Commitments"])


class PayeeDetailsAnswer(Answer):
    """One version; `accountNumber` and `iban` show their last four signs. The newest that is verified is in force."""

    id: int
    commitment_id: int
    version: int
    account_name: str
    holder_town: str
    holder_country: str
    bank_name: str
    bank_address: str
    account_number: str
    routing_number: str
    swift: str
    iban: str
    from_portal: bool
    usable_from: datetime
    created_at: datetime
    verified_at: datetime | None
    rejected_at: datetime | None


class PayeeDetailsListAnswer(Answer):
    payee_details: list[PayeeDetailsAnswer]
    total: int


@router.get("/commitments/{id:commitment_id}/payee-details", response=PayeeDetailsListAnswer)
def list_payee_details(request: HttpRequest, commitment_id: int, asked: Query[Paged]):
    """Every version of the account to which the fund pays a partner, newest first."""
    visible = Commitment.objects.filter(fund__in=Fund.objects.visible_to(request.user))
    commitment = one(visible, commitment_id)
    rows = PayeeDetails.objects.filter(commitment=commitment).order_by("-version")
    found, total = page_of(rows, asked)
    return PayeeDetailsListAnswer(payee_details=[_answer(row) for row in found], total=total)


def _answer(row: PayeeDetails) -> PayeeDetailsAnswer:
    return PayeeDetailsAnswer.of(row, account_number=masked(row.account_number), iban=masked(row.iban))
