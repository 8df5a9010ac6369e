"""Transfers of interests: asked for, read, approved, turned down."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.http.validation import naming
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from closings.queries import transfer as read
from closings.services import transfers as services
from closings.services.transferees import NewInvestor
from funds.access import DECLINE, MANAGE
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining

from . import reads
from .bodies import TransferBody, TransferFilter
from .transfer_answers import (
    AssumedPartAnswer,
    CameBackAnswer,
    TransferAnswer,
    TransferDetailAnswer,
    TransferredRowAnswer,
    TransfersAnswer,
    TransferTotalAnswer,
)

router = Router(by_alias=True, tags=["Transfers"])


@router.get("/transfers", response=TransfersAnswer)
def list_transfers(request: HttpRequest, asked: Query[TransferFilter]):
    """Newest first."""
    rows = read.transfers_seen(request.user)
    if asked.fund_id is not None:
        rows = rows.filter(fund=asked.fund_id)
    found, total = page_of(rows.order_by("-pk"), asked)
    return TransfersAnswer(transfers=[_answer(one) for one in read.with_commitments(found)], total=total)


@router.get("/transfers/{id:transfer_id}", response=TransferDetailAnswer)
def get_transfer(request: HttpRequest, transfer_id: int):
    """With every row, and what of it moves."""
    return _detail(request, transfer_id)


@router.post("/transfers", response={201: TransferDetailAnswer, 202: TransferDetailAnswer})
@needs(MANAGE)
def post_transfer(request: HttpRequest, response: HttpResponse, body: TransferBody):
    """Transfer a share of a partner's interest, or what an amount of its commitment is of it, to another partner
    (`transfereeId`), to an investor that is none yet (`investorId`), or to one that is entered with it (`newInvestor`).
    Where a second person must approve, it waits, and this answers 202. 409 while anything of the fund waits, or is owed
    to the transferor, or by it where that is not assumed."""
    fund = reads.one(reads.funds(request.user), body.fund_id)
    new = body.new_investor
    with naming(investor="investor_id", transferor="transferor_id", transferee="transferee_id"):
        asked = services.request_transfer(
            fund_id=fund.pk,
            transferor_id=body.transferor_id,
            transferee_id=body.transferee_id,
            investor=NewInvestor(new.name, new.email) if new else body.investor_id,
            reference=body.reference,
            numerator=body.numerator,
            denominator=body.denominator,
            amount=body.amount,
            effective_on=body.effective_on,
            reason=body.reason,
            open_items=body.open_items,
            agreed=services.Agreed(
                price=body.price, note=body.note, document=body.document, parties_named=body.parties_named
            ),
            ctx=context_of(request),
        )
    response["Location"] = f"/api/transfers/{asked.pk}"
    return Status(201 if asked.approved_at else 202, _detail(request, asked.pk))


@router.post("/transfers/{id:transfer_id}/approve", response=TransferDetailAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_transfer(request: HttpRequest, transfer_id: int, body: Nothing = NOTHING):
    """Every row moves by its share, as things stand by now; not by who asked for it where the fund demands two."""
    services.approve_transfer(transfer_id=transfer_id, ctx=context_of(request))
    return _detail(request, transfer_id)


@router.post("/transfers/{id:transfer_id}/reject", response=TransferDetailAnswer)
@needs(DECLINE)
def post_reject_transfer(request: HttpRequest, transfer_id: int, body: RefusalBody = TAKEN_BACK):
    """Everybody keeps what they hold."""
    services.reject_transfer(transfer_id=transfer_id, ctx=declining(request, body))
    return _detail(request, transfer_id)


def _detail(request, transfer_id) -> TransferDetailAnswer:
    one = reads.one(read.transfers_seen(request.user), transfer_id)
    shown = services.figures_of(one, ctx=context_of(request))
    totals, rows = (shown.figures.totals, shown.figures.rows) if shown.figures else ((), ())
    return _answer(
        read.with_commitments([one])[0],
        TransferDetailAnswer,
        totals=[TransferTotalAnswer(name=_camel(row.name), **_parts(row)) for row in totals],
        rows=[TransferredRowAnswer(**_row(row)) for row in rows],
        assumed=[AssumedPartAnswer(**_assumed(row)) for row in shown.figures.assumed]
        if shown.figures
        else [],
        came_back=[
            CameBackAnswer(**asdict(row) | {"kind": row.kind.upper(), "currency": one.fund.currency})
            for row in read.came_back_since(one)
        ],
        problems=[problem.message for problem in shown.problems],
    )


def _answer(one, kind=TransferAnswer, **more) -> TransferAnswer:
    return kind.of(
        one,
        fund_name=one.fund.name,
        currency=one.fund.currency,
        transferor_name=one.transferor.investor.name,
        transferee_name=one.transferee.investor.name,
        status=one.status.upper(),
        **more,
    )


def _parts(row) -> dict:
    return {name: getattr(row, name) for name in ("before", "moved", "kept")}


_ROW = ("row_id", "on", "due_on", "what", "deal", "kind", "held", "moved", "kept")


_ASSUMED = ("call_id", "number", "item_id", "line_id", "due_on", "what", "owed", "moved", "kept")


def _assumed(row) -> dict:
    return {name: getattr(row, name) for name in _ASSUMED}


def _row(row) -> dict:
    return {name: getattr(row, name) for name in _ROW}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
