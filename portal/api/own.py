"""What is one's own: commitments with their ids, and by them calls, payments, distributions, refunds and letters.

An investor's token reads here what its pages show, under the same row-level security. Whoever stands for no investor
finds nothing. What belongs to somebody else, and what there is not, are answered alike.
"""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import asks, makes_file
from blackgem.http.schemas import Answer, Day, RandomId
from blackgem.lib.context import context_of
from blackgem.lib.downloads import show_pdf, takes
from blackgem.lib.snapshots import write_after_reading
from capital.calc.dues import days_overdue
from capital.models import CapitalCallItem, Payment
from closings.models import Refund
from distributions.models import DistributionItem
from funds.api.letters import A_PDF
from funds.models import Commitment, Fund, Notice
from funds.services.letters import file_name
from portal.queries import documents as letters
from portal.queries.home import commitments_with_accounts
from portal.queries.lists import CALLS, DISTRIBUTIONS, DOCUMENTS, PAYMENTS, REFUNDS, OwnFilter, OwnList
from portal.queries.refunds import state_of
from portal.reader import own_reader
from portal.services.readings import record_opening

from .own_answers import (
    OwnCallAnswer,
    OwnCallsAnswer,
    OwnCommitmentAnswer,
    OwnCommitmentsAnswer,
    OwnDistributionAnswer,
    OwnDistributionsAnswer,
    OwnLetterAnswer,
    OwnLettersAnswer,
    OwnPaymentAnswer,
    OwnPaymentsAnswer,
    OwnRefundAnswer,
    OwnRefundsAnswer,
)

router = Router(by_alias=True, tags=["Investors’ own"])


class OwnSpan(Paged):
    """Of which fund, by its random id; from which day to which, both included: by due date, value date, or the date of
    the distribution or letter."""

    fund_id: RandomId = None
    start_date: Day = None
    end_date: Day = None


def whose(fund: Fund, commitment: Commitment) -> dict:
    """The fields that every answer about something of one's own has."""
    return {
        "fund_id": fund.public_id,
        "fund_name": fund.name,
        "investor_id": commitment.investor.public_id,
        "investor_name": commitment.investor.name,
        "commitment_id": commitment.public_id,
        "reference": commitment.reference,
        "currency": fund.currency,
    }


def listed(
    request: HttpRequest, kind: OwnList, asked: OwnSpan, answers: Callable[[list], list[Answer]]
) -> tuple[list[Answer], int]:
    reader = own_reader(request.user)
    with reader.own_rows():
        rows, total = page_of(
            kind.rows(reader, OwnFilter(asked.fund_id, asked.start_date, asked.end_date)), asked
        )
        return answers(rows), total


@router.get("/portal/commitments", response=OwnCommitmentsAnswer)
def list_own_commitments(request: HttpRequest, asked: Query[Paged]):
    """Your commitments, by fund, with the ids of fund, investor and commitment by which everything else is asked."""
    reader = own_reader(request.user)
    with reader.own_rows():
        rows, total = page_of(commitments_with_accounts(reader.investors, reader.commitments), asked)
        answers = [
            OwnCommitmentAnswer.of(one.capital, payable=one.distributions.payable, **whose(one.fund, one))
            for one in rows
        ]
    return OwnCommitmentsAnswer(commitments=answers, total=total)


@router.get("/portal/capital-calls", response=OwnCallsAnswer)
def list_own_calls(request: HttpRequest, asked: Query[OwnSpan]):
    """Your part of every call, the latest due first."""
    at = timezone.now()
    answers, total = listed(request, CALLS, asked, lambda rows: [_call(one, at) for one in rows])
    return OwnCallsAnswer(capital_calls=answers, total=total)


def _call(item: CapitalCallItem, at) -> OwnCallAnswer:
    call, capital = item.call, item.capital
    return OwnCallAnswer(
        **whose(call.fund, item.commitment),
        item_id=item.public_id,
        capital_call_id=call.public_id,
        call_number=call.number,
        purpose=call.purpose,
        call_date=call.call_date,
        due_date=capital.due_on,
        called_amount=capital.called,
        revised_amount=capital.revised,
        waived_amount=capital.waived,
        paid_amount=capital.paid,
        outstanding=capital.outstanding,
        days_overdue=days_overdue(capital.due_on, capital.outstanding, call.fund.day_of(at)),
        status="CANCELLED" if call.cancelled_at else capital.status.upper(),
    )


@router.get("/portal/payments", response=OwnPaymentsAnswer)
def list_own_payments(request: HttpRequest, asked: Query[OwnSpan]):
    """What you paid and what of it was reversed, newest first."""
    answers, total = listed(request, PAYMENTS, asked, lambda rows: [_payment(one) for one in rows])
    return OwnPaymentsAnswer(payments=answers, total=total)


def _payment(one: Payment) -> OwnPaymentAnswer:
    return OwnPaymentAnswer(
        **whose(one.call.fund, one.commitment),
        item_id=one.item.public_id,
        call_number=one.call.number,
        value_date=one.value_date,
        amount=one.amount,
        method=one.method if one.receipt_id else None,
        payment_ref=one.reference,
        reversed=one.reverses_id is not None,
        paid_too_much=one.excuse_id is not None,
    )


@router.get("/portal/distributions", response=OwnDistributionsAnswer)
def list_own_distributions(request: HttpRequest, asked: Query[OwnSpan]):
    """Your part of every distribution, newest first."""
    answers, total = listed(request, DISTRIBUTIONS, asked, lambda rows: [_distribution(one) for one in rows])
    return OwnDistributionsAnswer(distributions=answers, total=total)


def _distribution(item: DistributionItem) -> OwnDistributionAnswer:
    whole, paid_on = item.distribution, item.capital.paid_on
    return OwnDistributionAnswer.of(
        item,
        **whose(whole.fund, item.commitment),
        item_id=item.public_id,
        distribution_id=whole.public_id,
        distribution_num=whole.number,
        date=whole.date,
        type=whole.type.upper(),
        source=whole.source,
        paid_date=paid_on,
        status="PAID" if paid_on else "CANCELLED" if whole.cancelled_at else "PENDING",
    )


@router.get("/portal/refunds", response=OwnRefundsAnswer)
def list_own_refunds(request: HttpRequest, asked: Query[OwnSpan]):
    """What comes back to you after later closings, the latest first; days are those of the closings."""
    answers, total = listed(request, REFUNDS, asked, lambda rows: [_refund(one) for one in rows])
    return OwnRefundsAnswer(refunds=answers, total=total)


_REFUND_STATES = {"open": "PENDING", "partial": "PARTIAL", "paid": "PAID", "cancelled": "CANCELLED"}


def _refund(one: Refund) -> OwnRefundAnswer:
    closing = one.closing
    return OwnRefundAnswer.of(
        one,
        **whose(closing.fund, one.commitment),
        item_id=one.public_id,
        closing_id=closing.public_id,
        closing_num=closing.number,
        closing_date=closing.held_on,
        expected_by=closing.pay_on,
        paid_date=one.paid_on,
        status=_REFUND_STATES[state_of(one)],
    )


# ---------------------------------------------------------------- letters


@router.get("/portal/letters", response=OwnLettersAnswer)
def list_own_letters(request: HttpRequest, asked: Query[OwnSpan]):
    """Every version of every letter that you were sent, newest first."""
    answers, total = listed(request, DOCUMENTS, asked, _letters)
    return OwnLettersAnswer(letters=answers, total=total)


def _letters(rows: list[Notice]) -> list[OwnLetterAnswer]:
    parts = letters.public_ids_of_parts(rows)
    return [
        OwnLetterAnswer(
            **whose(one.fund, one.commitment),
            id=one.public_id,
            item_id=parts[one.kind, one.item_id],
            kind=one.kind.upper(),
            number=one.number,
            version=one.version,
            date=one.dated_on,
            state=one.state.upper(),
            acknowledged=one.acknowledged,
        )
        for one in rows
    ]


def _check_letter(user, letter_id: UUID) -> None:
    """Raise NotFound for a letter that is not one of this person's."""
    reader = own_reader(user)
    with reader.own_rows():
        letters.document_of(reader, letter_id)


@router.get("/portal/letters/{uuid:letter_id}/pdf", openapi_extra={"responses": A_PDF})
@makes_file
@asks(_check_letter)
def get_own_letter_pdf(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """One version of a letter, as it was sent; where it no longer holds or is settled, a line on each page says so.
    That you opened it is written down, as it is in the portal."""
    reader, ctx = own_reader(request.user), context_of(request)
    with reader.own_rows():
        letter = letters.document_of(reader, letter_id)
        content = letters.content_of(reader, letter_id)
    write_after_reading(lambda: record_opening(notice=letter_id, ctx=ctx))
    takes(request, letter, *reader.investors, fund_id=letter.fund_id)
    return show_pdf(content, name=file_name(letter), inline=False)
