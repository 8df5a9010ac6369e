"""How one's own management fees were worked out, from what was kept of them when they were approved."""

from datetime import date
from decimal import Decimal

from django.http import HttpRequest
from ninja import Query, Router

from fees.models import FeeStatement
from portal.queries.fees import state_of_fee
from portal.queries.lists import FEES

from .own import OwnSpan, listed, whose
from .own_answers import OwnFeeAnswer, OwnFeePartAnswer, OwnFeesAnswer, OwnFeeStepAnswer, OwnFeeTrueUpAnswer

router = Router(by_alias=True, tags=["Investors’ own"])


@router.get("/portal/management-fees", response=OwnFeesAnswer)
def list_own_fees(request: HttpRequest, asked: Query[OwnSpan]):
    """Your fee of every run, and of the time before a later closing, newest first, also where nothing was left to pay;
    days are those on which it fell due."""
    answers, total = listed(request, FEES, asked, lambda rows: [_fee(one) for one in rows])
    return OwnFeesAnswer(management_fees=answers, total=total)


def _fee(one: FeeStatement) -> OwnFeeAnswer:
    facts = one.facts
    return OwnFeeAnswer(
        **whose(one.fund, one.commitment),
        id=one.public_id,
        starts_on=date.fromisoformat(facts["from"]),
        last_day=date.fromisoformat(facts["to"]),
        effective_on=one.effective_on,
        parts=[_part(part) for part in facts["parts"]],
        steps=[_step(step) for step in facts["steps"]],
        true_ups=[_true_up(row) for row in facts.get("true_ups", ())],
        offsets=[_step(step) for step in facts["offsets"]],
        **{name: Decimal(facts[name]) for name in ("net", "tax", "due")},
        interest=sum((Decimal(row["interest"]) for row in facts.get("interest", ())), Decimal(0)),
        catch_up=facts.get("catch_up", False),
        status=state_of_fee(one).upper(),
    )


def _part(part: dict) -> OwnFeePartAnswer:
    amounts = ("base", "rate", "own_rate", "off", "gross", "discount")
    return OwnFeePartAnswer(
        starts_on=date.fromisoformat(part["from"]),
        last_day=date.fromisoformat(part["to"]),
        basis=part.get("basis", "commitment"),
        as_of=date.fromisoformat(part["as_of"]) if "as_of" in part else None,
        days=part["days"],
        of_days=part["of_days"],
        **{name: Decimal(part[name]) for name in amounts},
    )


def _true_up(row: dict) -> OwnFeeTrueUpAnswer:
    return OwnFeeTrueUpAnswer(
        starts_on=date.fromisoformat(row["from"]) if "from" in row else None,
        last_day=date.fromisoformat(row["to"]) if "to" in row else None,
        was=Decimal(row["was"]) if "was" in row else None,
        now=Decimal(row["now"]) if "now" in row else None,
        change=Decimal(row["change"]),
        why=row["why"],
    )


def _step(step: dict) -> OwnFeeStepAnswer:
    return OwnFeeStepAnswer(label=step["label"], amount=Decimal(step["amount"]))
