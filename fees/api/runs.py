"""Fee runs: the next one as it would be billed, asked for, read partner by partner, decided."""

from datetime import date, timedelta
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.http.validation import naming
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.errors import REFUSALS
from fees.models import FeeRun, FeeRunLine
from fees.queries import pages as read
from fees.services import payments
from fees.services import runs as services
from funds.access import DECLINE, MANAGE
from funds.api import verbs
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining
from funds.models import Fund

from .answers import (
    FeeLineAnswer,
    FeePartAnswer,
    FeePaymentAnswer,
    FeeRunAnswer,
    FeeRunDetailAnswer,
    FeeRunsAnswer,
    FeeTrueUpAnswer,
    NextFeeAnswer,
)
from .bodies import FeePaymentBody, FeeRunBody, FeeRunFilter, NextFeeFilter, ReverseFeePayment

router = Router(by_alias=True, tags=["Management fees"])


@router.get("/fee-runs", response=FeeRunsAnswer)
def list_fee_runs(request: HttpRequest, asked: Query[FeeRunFilter]):
    """Newest first."""
    rows = read.runs_seen(request.user)
    if asked.fund_id is not None:
        rows = rows.filter(fund=asked.fund_id)
    if asked.status is not None:
        rows = read.having_status(rows, asked.status)
    found, total = page_of(rows.order_by("-pk"), asked)
    return FeeRunsAnswer(fee_runs=[_answer(one) for one in found], total=total)


@router.get("/fee-runs/{id:fee_run_id}", response=FeeRunDetailAnswer)
def get_fee_run(request: HttpRequest, fee_run_id: int):
    """With every partner’s part."""
    return _detail(request, fee_run_id)


@router.get("/funds/{id:fund_id}/fee-runs/next", response=NextFeeAnswer)
def get_next_fee_run(request: HttpRequest, fund_id: int, asked: Query[NextFeeFilter]):
    """The instalment after those that were run, as it would be billed now; nothing is written."""
    fund = verbs.one(Fund.objects.visible_to(request.user), fund_id)
    about = {"fund_id": fund.pk, "currency": fund.currency}
    try:
        worked_out = services.preview_fee_run(fund=fund, waived=asked.waived)
    except REFUSALS as error:
        return NextFeeAnswer(**about, problems=[problem.message for problem in error.problems])
    run = services.unwritten_run(worked_out)
    names = ("starts_on", "last_day", "effective_on", "recognised", "net", "tax")
    return NextFeeAnswer(
        **about,
        **{name: getattr(run, name) for name in names},
        lines=[_line(one, fund) for one in read.lines_worked_out(worked_out, run)],
    )


@router.post("/funds/{id:fund_id}/fee-runs", response={201: FeeRunDetailAnswer, 202: FeeRunDetailAnswer})
@needs(MANAGE)
def post_fee_run(request: HttpRequest, response: HttpResponse, fund_id: int, body: FeeRunBody):
    """Bill the next instalment: a call that asks each partner for its part is issued, unless the fund pays it. Where a
    second person must approve, it waits, and this answers 202. 409 where another one waits, or there is no
    schedule."""
    done = services.request_fee_run(fund_id=fund_id, **body.model_dump(), ctx=context_of(request))
    response["Location"] = f"/api/fee-runs/{done.pk}"
    return Status(201 if done.approved_at else 202, _detail(request, done.pk))


@router.post("/fee-runs/{id:fee_run_id}/approve", response=FeeRunDetailAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_fee_run(request: HttpRequest, fee_run_id: int, body: Nothing = NOTHING):
    """The call that asks for it is issued; not by who asked for it where the fund demands two. 409 where it would come
    to something else by now."""
    services.approve_fee_run(run_id=fee_run_id, ctx=context_of(request))
    return _detail(request, fee_run_id)


@router.post("/fee-runs/{id:fee_run_id}/reject", response=FeeRunDetailAnswer)
@needs(DECLINE)
def post_reject_fee_run(request: HttpRequest, fee_run_id: int, body: RefusalBody = TAKEN_BACK):
    """Nobody owes anything of it: the same days may be worked out anew."""
    services.reject_fee_run(run_id=fee_run_id, ctx=declining(request, body))
    return _detail(request, fee_run_id)


@router.post("/fee-runs/{id:fee_run_id}/payment", response={201: FeeRunDetailAnswer})
@needs(MANAGE)
def post_fee_payment(request: HttpRequest, response: HttpResponse, fee_run_id: int, body: FeePaymentBody):
    """The fund paid the whole fee, with the tax on it, from cash on hand. 409 where nothing of it is to be paid so."""
    with naming(value_date="paid_date"):
        payments.pay_fee_run(
            run_id=fee_run_id,
            value_date=body.paid_date,
            reference=body.reference,
            ctx=context_of(request),
        )
    response["Location"] = f"/api/fee-runs/{fee_run_id}"
    return Status(201, _detail(request, fee_run_id))


@router.post("/fee-payments/{id:fee_payment_id}/reverse", response=FeeRunDetailAnswer)
@needs(MANAGE)
def post_reverse_fee_payment(request: HttpRequest, fee_payment_id: int, body: ReverseFeePayment):
    """Take a payment back: the fee is to be paid again. Where the fund demands two, not by who recorded it."""
    back = payments.take_fee_payment_back(
        payment_id=fee_payment_id, **body.model_dump(), ctx=context_of(request)
    )
    return _detail(request, back.run_id)


def _detail(request, fee_run_id) -> FeeRunDetailAnswer:
    one = verbs.one(read.runs_seen(request.user), fee_run_id)
    return _answer(
        one,
        FeeRunDetailAnswer,
        lines=[_line(row, one.fund) for row in read.lines_of(one)],
        payments=[
            FeePaymentAnswer.of(row, paid_date=row.value_date).in_currency(one.fund.currency)
            for row in one.payments.order_by("pk")
        ],
    )


def _answer(one: FeeRun, kind=FeeRunAnswer, **more) -> FeeRunAnswer:
    bill = getattr(one, "bill", None)
    return kind.of(
        one,
        fund_name=one.fund.name,
        currency=one.fund.currency,
        status=one.status.upper(),
        call_id=bill.call_id if bill else None,
        **more,
    )


_AMOUNTS = (*read.SUMMED, "let_off")


def _line(row: FeeRunLine, fund: Fund) -> FeeLineAnswer:
    return FeeLineAnswer(
        commitment_id=row.commitment_id,
        investor_name=row.commitment.investor.name,
        reference=row.commitment.reference,
        parts=[_part(part).in_currency(fund.currency) for part in row.parts],
        true_ups=[_true_up(one, fund) for one in row.true_ups],
        **{name: getattr(row, name) for name in _AMOUNTS},
    ).in_currency(fund.currency)


def _true_up(one: dict, fund: Fund) -> FeeTrueUpAnswer:
    return FeeTrueUpAnswer(
        starts_on=date.fromisoformat(one["from"]) if one["from"] else None,
        last_day=date.fromisoformat(one["to"]) - timedelta(1) if one["to"] else None,
        was=Decimal(one["was"]),
        now=Decimal(one["comes_to"]),
        why=[code.upper() for code in one["why"]],
        parts=[_part(part).in_currency(fund.currency) for part in one["parts"]],
    ).in_currency(fund.currency)


def _part(part: dict) -> FeePartAnswer:
    rates = {name: Decimal(part[name]) for name in ("rate", "own_rate", "off")}
    amounts = {name: Decimal(part[name]) for name in ("base", "gross", "discount")}
    return FeePartAnswer(
        starts_on=date.fromisoformat(part["from"]),
        last_day=date.fromisoformat(part["to"]) - timedelta(1),
        basis=part.get("basis", "commitment"),
        as_of=date.fromisoformat(part["as_of"]) if "as_of" in part else None,
        days=part["days"],
        of_days=part["of_days"],
        **rates,
        **amounts,
    )
