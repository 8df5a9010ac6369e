"""The stretches of time behind a preferred return, out of the frozen facts of a distribution."""

from datetime import date
from decimal import Decimal

from distributions.calc.accounts import Accrual
from distributions.calc.explain import accrual_schedule
from distributions.calc.facts import Contribution, History, Paid, Parts, TierPaid, WriteDown
from distributions.calc.openings import pool_histories
from distributions.calc.terms import (
    Compounding,
    FeeAllocation,
    FeeBase,
    Order,
    PrefStart,
    Scope,
    Style,
    Terms,
    Tier,
)


def schedule_of_all(inputs: dict, *, on: date, deal_id: int | None) -> tuple[Accrual, ...]:
    """For one account of all limited partners; empty where every partner has an account of its own."""
    if not inputs or inputs["terms"]["scope"] != Scope.AGGREGATE:
        return ()
    limited = [history_from_text(one["history"]) for one in inputs["partners"] if one["role"] == "lp"]
    return accrual_schedule(pool_histories(limited), terms_from_text(inputs["terms"]), on=on, deal=deal_id)


def schedule_of_one(inputs: dict, reference: str, *, on: date, deal_id: int | None) -> tuple[Accrual, ...]:
    """For one limited partner by its own terms; empty where there is one account for all."""
    if not inputs or inputs["terms"]["scope"] == Scope.AGGREGATE:
        return ()
    found = [one for one in inputs["partners"] if one["reference"] == reference and one["role"] == "lp"]
    if not found:
        return ()
    terms = terms_from_text(found[0]["terms"] or inputs["terms"])
    return accrual_schedule(history_from_text(found[0]["history"]), terms, on=on, deal=deal_id)


def terms_from_text(text: dict) -> Terms:
    """Terms out of frozen facts."""
    return Terms(
        tiers=tuple(
            Tier(Decimal(tier["hurdle"]), Decimal(tier["catch_up"]), Decimal(tier["carry"]))
            for tier in text["tiers"]
        ),
        style=Style(text["style"]),
        scope=Scope(text["scope"]),
        compounding=Compounding(text["compounding"]),
        day_count=text["day_count"],
        order=Order(text["order"]),
        pref_start=PrefStart(text["pref_start"]),
        loss_carryforward=text["loss_carryforward"],
        fee_allocation=FeeAllocation(text["fee_allocation"]),
        fee_base=FeeBase(text["fee_base"]),
        unit=Decimal(text.get("unit", "0.01")),
    )


def history_from_text(text: dict) -> History:
    """One partner's history out of frozen facts."""
    return History(
        contributions=tuple(
            Contribution(_day(one["on"]), Decimal(one["amount"]), one["deal"], _day(one["accrues_from"]))
            for one in text["contributions"]
        ),
        paid=tuple(
            Paid(_day(one["on"]), _parts(one["parts"]), one["deal"], one["event"]) for one in text["paid"]
        ),
        write_downs=tuple(
            WriteDown(_day(one["on"]), Decimal(one["amount"]), one["deal"]) for one in text["write_downs"]
        ),
        commitment=_amount(text["commitment"]),
        pref_due=_amount(text["pref_due"]),
    )


def _parts(text: dict) -> Parts:
    tiers = tuple(
        TierPaid(**{name: Decimal(amount) for name, amount in tier.items()}) for tier in text["tiers"]
    )
    return Parts(Decimal(text["return_of_capital"]), Decimal(text["preferred_return"]), tiers)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _amount(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None
