"""Two small funds, one with four eyes, and the decorator by which an attempt says which rail must stop it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.trail import AT, Call
from tests.support.trail_closings import TrailClosings
from tests.support.trail_out import Out, TrailOut

#: Approved after everything else of its fund.
LATER = "2026-02-16 12:00+00"

CHECK, UNIQUE, FOREIGN, RESTRICTED, DENIED = "23514", "23505", "23503", "23001", "42501"
NOT_UPDATABLE = "55000"


@dataclass(frozen=True)
class Base:
    """What stands before each attempt, and after it."""

    person: int
    second: int
    fund: int
    a: int
    b: int
    allocation: int
    bank: int
    open: Call
    unpaid: Call
    draft: Call
    cancelled: Call
    receipt: int
    payment: int
    strict: int
    c: int
    d: int
    strict_allocation: int
    unverified: int
    waiting: Call
    strict_payment: int
    notice: int
    out: "BaseOut"


@dataclass(frozen=True)
class BaseOut:
    """A third fund, out of which money goes. Of 100,000.00 each, x and y were called 60,000.00, paid 1,000.00 and are
    owed `sent`, of which x was paid its 300.00; `back` can be called again and was paid to x. `approved` was approved
    last. `strict_waiting` has four eyes."""

    fund: int
    terms: int
    deal: int
    line: int
    x: int
    y: int
    gp: int
    draft: Out
    waiting: Out
    approved: Out
    sent: Out
    unpaid: Out
    cancelled: Out
    payout: int
    back: Out
    back_payout: int
    excess: Out
    strict_terms: int
    strict_waiting: Out
    strict_payout: int


def build_out(t: TrailOut, strict_terms: int, c: int, second: int) -> BaseOut:
    fund = t.fund()
    terms = t.terms(fund)
    x, y = t.commitment(fund), t.commitment(fund)
    gp = t.commitment(fund, "0.00", kind="gp")
    deal = t.deal()
    t.allocation(fund, deal_id=deal)
    call = t.call(fund, {x: ["60000.00"], y: ["60000.00"]}, [None])
    for partner in (x, y):
        t.payment(call, partner, "1000.00")
    t.settle()
    some = {x: {"return_of_capital": "10.00"}, y: {"return_of_capital": "10.00"}}
    profit = {"preferred_return": "50.00", "profit_share": "150.00"}
    full = {
        x: {"return_of_capital": "100.00", **profit},
        y: {"return_of_capital": "100.00", **profit, "withholding_tax": "20.00"},
        gp: {"carried_interest": "40.00"},
    }
    sent = t.distribution(terms, full, deal_id=deal)
    back = t.distribution(
        terms,
        {x: {"return_of_capital": "500.00"}, y: {"return_of_capital": "500.00"}},
        line=call.lines[0],
        recallable=True,
    )
    four = {"four_eyes": True, "approved_by_id": second}
    strict_sent = t.distribution(strict_terms, {c: {"return_of_capital": "5.00"}}, **four, status="paid")
    return BaseOut(
        fund=fund,
        terms=terms,
        deal=deal,
        line=call.lines[0],
        x=x,
        y=y,
        gp=gp,
        draft=t.distribution(terms, some, status="draft"),
        waiting=t.distribution(terms, some, status="pending_approval"),
        approved=t.distribution(terms, some, status="approved", approved_at=LATER),
        sent=sent,
        unpaid=t.distribution(terms, some),
        cancelled=t.distribution(terms, some, status="cancelled"),
        payout=t.payout(sent, x),
        back=back,
        back_payout=t.payout(back, x),
        excess=t.distribution(terms, some, type="RETURN_OF_EXCESS_CAPITAL"),
        strict_terms=strict_terms,
        strict_waiting=t.distribution(
            strict_terms, {c: {"return_of_capital": "5.00"}}, four_eyes=True, status="pending_approval"
        ),
        strict_payout=t.payout(strict_sent, c),
    )


def build(connection) -> Base:
    """In the plain fund a paid 200.00 of its 500.00, from a receipt of 300.00. Committed by the caller."""
    t = TrailOut(connection)
    admitted = {"sender_admitted_at": AT, "sender_admitted_by_id": t.person}
    second, fund, strict = t.user(), t.fund(**admitted), t.fund(four_eyes=True)
    a, b, c, d = (t.commitment(one) for one in (fund, fund, strict, strict))
    allocation, strict_allocation = t.allocation(fund, "2000.00"), t.allocation(strict, "2000.00")
    strict_terms = t.terms(strict)  # before its first call: until then one person sets a fund up
    verified = {"verified_at": AT, "verified_by_id": second}
    bank = t.bank_details(fund, **verified)
    opened = t.call(fund, {a: ["50.00", "450.00"], b: ["50.00", "450.00"]}, [None, allocation])
    unpaid = t.call(fund, {a: ["150.00"], b: ["150.00"]}, [allocation])
    draft = t.call(fund, {a: ["250.00"], b: ["250.00"]}, [allocation], status="draft")
    cancelled = t.call(fund, {a: ["1.00"], b: ["1.00"]}, status="cancelled")
    four = {"four_eyes": True, "approved_by_id": second}
    strict_open = t.call(strict, {c: ["100.00"], d: ["100.00"]}, [strict_allocation], **four)
    waiting = t.call(strict, {c: ["10.00"], d: ["10.00"]}, four_eyes=True, status="pending_approval")
    receipt = t.receipt(fund, "300.00", tx_ref="TX-300")
    payment = t.payment(opened, a, "200.00", receipt, tx_ref="TX-300")
    strict_payment = t.payment(strict_open, c, "100.00")
    facts = {"item_id": opened.item, "subject_id": opened.id, "number": "CC1-0001", "created_by_id": t.person}
    facts["facts"] = t.letter_facts(opened.item)
    notice = t.add("notices", fund_id=fund, commitment_id=a, **facts)
    t.settle()
    return Base(
        person=t.person,
        second=second,
        fund=fund,
        a=a,
        b=b,
        allocation=allocation,
        bank=bank,
        open=opened,
        unpaid=unpaid,
        draft=draft,
        cancelled=cancelled,
        receipt=receipt,
        payment=payment,
        strict=strict,
        c=c,
        d=d,
        strict_allocation=strict_allocation,
        unverified=t.bank_details(strict, four_eyes=True),
        waiting=waiting,
        strict_payment=strict_payment,
        notice=notice,
        out=build_out(t, strict_terms, c, second),
    )


class World(TrailClosings):
    """The base, and hands to write beside it."""

    def __init__(self, connection, base: Base):
        super().__init__(connection, base.person)
        self.base = base

    def issue(self, call: int):
        """Submits and approves a draft."""
        self.change(
            "capital_calls", call, status="pending_approval", submitted_at=AT, submitted_by_id=self.person
        )
        self.change("capital_calls", call, status="sent", approved_at=AT, approved_by_id=self.person)


@dataclass(frozen=True)
class Attempt:
    """`rail`: the constraint name that must answer, None where a missing privilege does. `role`: who tries. `opened`:
    whether the application opened the transaction, for whatever is brought in."""

    rail: str | None
    sqlstate: str
    run: Callable[[World, Base], object]
    role: str = "app"
    isolation: str = "READ COMMITTED"
    opened: bool = True

    def __str__(self):
        return self.run.__name__


ATTEMPTS: list[Attempt] = []


#: What the rails must let through: the writes that attempts are made of.
ALLOWED: list[Callable[[World, Base], object]] = []


def allowed(run):
    """Registers writes that hold: a function of the world and its base, up to what speaks at COMMIT."""
    ALLOWED.append(run)
    return run


def refused(rail: str | None, sqlstate: str = CHECK, **options):
    """Registers an attempt: a function of the world and its base, followed by COMMIT."""

    def register(run):
        ATTEMPTS.append(Attempt(rail, sqlstate, run, **options))
        return run

    return register


def attempt(rail: str, name: str, write, sqlstate: str = CHECK) -> None:
    """Registers an attempt of this name: what `write` does with the world and its base."""

    def tried(t, base):
        write(t, base)

    tried.__name__ = name
    refused(rail, sqlstate)(tried)


def decided(prefix: str, noun: str, write, at: str) -> None:
    """Registers what may be said of no decision. `write` writes a row that is approved, with other values; `at` is when
    somebody decides."""
    for rail, name, values in (
        (
            "decided_once",
            "approved_and_rejected",
            lambda base: {"rejected_at": at, "rejected_by_id": base.second},
        ),
        ("approved_at_with_by", "approved_by_nobody", lambda base: {"approved_by_id": None}),
        (
            "rejected_at_with_by",
            "rejected_by_nobody",
            lambda base: {"approved_at": None, "approved_by_id": None, "rejected_at": at},
        ),
    ):
        attempt(
            f"{prefix}_{rail}",
            f"{noun}_{name}",
            lambda t, base, values=values: write(t, base, **values(base)),
        )
