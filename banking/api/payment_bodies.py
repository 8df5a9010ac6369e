"""What clients send about payment files."""

from typing import Annotated

from pydantic import Field

from banking.models import PaymentFileLine, PaymentFormat
from blackgem.http.pagination import Paged
from blackgem.http.schemas import Body, Day, Id, choice, text

from .bodies import FileContent


class PaymentFileFilter(Paged):
    fund_id: Id = None


class PaymentBody(Body):
    """Something payable: PAYOUT with the id of an item of a distribution, or REFUND_PAYOUT with that of a refund."""

    kind: choice(PaymentFileLine.Kind, upper=True)
    id: Id


class PaymentFileBody(Body):
    """The account that pays, the format, the day on which the bank is to pay, and what is paid."""

    fund_id: Id
    account_id: Id
    format: choice(PaymentFormat, upper=True)
    pay_on: Day
    payments: Annotated[list[PaymentBody], Field(min_length=1, max_length=1000)]


class WithdrawPaymentFileBody(Body):
    reason: text(500, least=1)


class StatusReportBody(Body):
    """The bank's payment status report (ISO 20022, pain.002) on a file that it was given."""

    content: FileContent


class AnswerPaymentFileBody(Body):
    """What the bank answered; `note` says why, where it refused."""

    accepted: Annotated[bool, Field(examples=[True])]
    note: text(500) = ""
