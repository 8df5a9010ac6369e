"""How far a new fund is set up. What a step is, its app registers; whether it is done follows from what is there.

The address of a page on which a person sets a fund up says so by `?setup=1`, and so leads on to the next step.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import dropwhile
from types import SimpleNamespace
from typing import Any

from django.db.models import Exists, OuterRef, Subquery, Value
from django.db.models.expressions import Combinable
from django.urls import reverse

from blackgem.lib.checks import can
from funds.access import DRAFT, MANAGE, check_role, check_second_person
from funds.models import BankDetails, Commitment, Fund
from funds.queries.access import with_role

SETUP = "setup"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepKind:
    """One thing that a new fund needs. `done` and the `facts`, each by its name, are expressions over funds; the fund
    that is asked about has them, `done` as `has_<key>`. `way(fund, user)` is where this person does it now, else
    empty, and `waits(fund, user)` says for whom it waits, if it does."""

    key: str
    place: int
    title: str
    text: str
    action: str
    done: Combinable
    way: Callable[[Any, Any], str]
    facts: dict[str, Combinable] = field(default_factory=dict)
    waits: Callable[[Any, Any], str] = lambda fund, user: ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of one fund as one person finds it; `href` is where it does it now, else empty."""

    key: str
    title: str
    text: str
    action: str
    done: bool = False
    href: str = ""


_KINDS: dict[str, StepKind] = {}


def register_steps(*kinds: StepKind) -> None:
    """Add what an app asks of a new fund."""
    _KINDS.update((kind.key, kind) for kind in kinds)


def steps_of(fund_id: int | None, user) -> list[Step]:
    """What a fund needs until its first call is sent, in order; of a fund that is not there yet nothing is done."""
    kinds = sorted(_KINDS.values(), key=lambda kind: kind.place)
    fund = _with_facts(fund_id, user, kinds) if fund_id else None
    return [_step(kind, fund, user) for kind in kinds]


def next_step(steps: Iterable[Step], after: str) -> Step | None:
    """The first step behind this one that is not done, and that the person can do now."""
    behind = dropwhile(lambda step: step.key != after, steps)
    return next((step for step in behind if step.key != after and step.href and not step.done), None)


def _with_facts(fund_id: int, user, kinds: list[StepKind]):
    facts = {f"has_{kind.key}": kind.done for kind in kinds}
    for kind in kinds:
        facts.update(kind.facts)
    funds = with_role(Fund.objects.visible_to(user).filter(pk=fund_id), user, fund="pk")
    row = funds.values("pk", "role", **facts).first()
    return SimpleNamespace(**row) if row else None


def _step(kind: StepKind, fund, user) -> Step:
    if fund is None:
        return Step(kind.key, kind.title, kind.text, kind.action)
    href = kind.way(fund, user)
    return Step(
        kind.key,
        kind.title,
        kind.waits(fund, user) or kind.text,
        kind.action,
        done=getattr(fund, f"has_{kind.key}"),
        href=href and f"{href}{'&' if '?' in href else '?'}{SETUP}=1",
    )


# ---------------------------------------------------------------- what funds ask


def _pending():
    """The bank details that wait to be verified."""
    waiting = BankDetails.objects.filter(fund=OuterRef("pk"), verified_at=None, rejected_at=None)
    return waiting.order_by("-version")


def _of_pending(field_name: str) -> Subquery:
    return Subquery(_pending().values(field_name)[:1])


def _investors(fund, user) -> str:
    return reverse("funds:partner_table", args=[fund.pk]) if can(check_role, fund.role, MANAGE) else ""


def _bank_details(fund, user) -> str:
    may = can(check_role, fund.role, DRAFT) and not fund.has_bank_details
    return reverse("funds:bank_details_new", args=[fund.pk]) if may else ""


def _verify(fund, user) -> str:
    may = fund.pending_bank_details and can(check_role, fund.role, MANAGE) and not _waits(fund, user)
    return reverse("funds:bank_details_verify", args=[fund.pending_bank_details]) if may else ""


def _waits(fund, user) -> str:
    first = {"needed": fund.bank_details_need_another, "first": fund.bank_details_by}
    is_own = fund.pending_bank_details and not can(check_second_person, **first, second=user.pk)
    return "Another manager of the fund has to verify what you entered." if is_own else ""


register_steps(
    StepKind(
        key="fund",
        place=10,
        title="Fund and terms",
        text="What it is called, its currency, and how profit is shared.",
        action="",
        done=Value(value=True),
        way=lambda fund, user: "",
    ),
    StepKind(
        key="investors",
        place=20,
        title="Investors",
        text="Calls are split over commitments, pro rata.",
        action="Enter investors",
        done=Exists(Commitment.objects.filter(fund=OuterRef("pk"), kind=Commitment.Kind.LP)),
        way=_investors,
    ),
    StepKind(
        key="bank_details",
        place=30,
        title="Bank details",
        text="Notices say where to pay.",
        action="Enter",
        done=Exists(BankDetails.objects.filter(fund=OuterRef("pk"), rejected_at=None)),
        way=_bank_details,
    ),
    StepKind(
        key="verified",
        place=40,
        title="Call back",
        text="Somebody confirms the bank details by telephone before notices print them.",
        action="Verify",
        done=Exists(BankDetails.objects.verified().filter(fund=OuterRef("pk"))),
        facts={
            "pending_bank_details": _of_pending("pk"),
            "bank_details_need_another": _of_pending("four_eyes"),
            "bank_details_by": _of_pending("created_by"),
        },
        way=_verify,
        waits=_waits,
    ),
)
