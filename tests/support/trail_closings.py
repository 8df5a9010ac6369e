"""Later closings in plain SQL, beside the money trail: a fund of two partners that a third joins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tests.support.trail import Call
from tests.support.trail_out import TrailOut

SUBMITTED_AT, SETTLED_AT, REFUNDED_AT = "2026-03-09 12:00+00", "2026-03-10 12:00+00", "2026-03-21 12:00+00"
HELD_ON, PAY_ON = "2026-03-10", "2026-03-20"

#: What the closing below moves: who, of which line, and its amounts.
PARTS = (
    {"who": "p", "line": 0, "delta": "-25.00", "interest": "-1.00"},
    {"who": "q", "line": 0, "delta": "-25.00", "interest": "-1.00"},
    {"who": "z", "line": 0, "delta": "50.00", "interest": "2.00"},
    {"who": "p", "line": 1, "delta": "-100.00", "interest": "-4.00"},
    {"who": "q", "line": 1, "delta": "-100.00", "reduces_open": "100.00"},
    {"who": "z", "line": 1, "delta": "200.00", "interest": "4.00"},
)
#: What comes off the parts of those who held them.
CHANGES = (
    {"who": "p", "line": 0, "amount": "-25.00"},
    {"who": "q", "line": 0, "amount": "-25.00"},
    {"who": "p", "line": 1, "amount": "-100.00"},
    {"who": "q", "line": 1, "amount": "-100.00", "changes_owed": True},
)
REFUNDS = (
    {"who": "p", "capital": "125.00", "interest": "5.00", "amount": "130.00"},
    {"who": "q", "capital": "25.00", "interest": "1.00", "amount": "26.00"},
)
#: The lines of the call that collects: what the deal still lacks draws on it, what goes back does not.
LINES = (
    {"equalises": 0, "kind": "other", "amount": "50.00"},
    {"equalises": 1, "kind": "investment", "amount": "100.00", "draws": True},
    {"equalises": 1, "kind": "investment", "amount": "100.00"},
    {"kind": "subsequent_close_interest", "amount": "6.00", "passed_on": True},
)


def but(rows: Sequence[dict], place: int, **values) -> tuple[dict, ...]:
    """The same rows, one of them with other values."""
    return (*rows[:place], {**rows[place], **values}, *rows[place + 1 :])


@dataclass(frozen=True)
class Joined:
    """A fund that `investor` joins by `closing`. Of 100,000.00 each, p and q were called 50.00 and, for a deal, 200.00;
    p paid all of it, q all but 100.00 of the deal."""

    fund: int
    call: Call
    allocation: int
    deal: int
    who: Mapping[str, int]
    investor: int
    closing: int


@dataclass(frozen=True)
class Settled:
    """What the settlement of a closing wrote; `who` has the partner that came in, z."""

    joined: Joined
    who: Mapping[str, int]
    call: Call
    refunds: Mapping[str, int]


class TrailClosings(TrailOut):
    """Every method answers the new row's id, unless it says otherwise."""

    def joined(self, *, second: int | None = None, **values) -> Joined:
        """A fund with what was called and paid, and a closing that awaits approval. `second`: it has four eyes, and
        this person approved what came before."""
        strict = {"four_eyes": True} if second else {}
        fund = self.fund(**strict)
        p, q = self.commitment(fund), self.commitment(fund)
        deal = self.deal()
        allocation = self.allocation(fund, "1000.00", deal_id=deal)
        decided = {**strict, "approved_by_id": second} if second else {}
        parts = {p: ["50.00", "200.00"], q: ["50.00", "200.00"]}
        call = self.call(fund, parts, [None, allocation], **decided)
        self.payment(call, p, "250.00")
        self.payment(call, q, "150.00")
        self.settle()
        investor = self.investor()
        closing = self.closing(fund, {investor: "200000.00"})
        self.submit_closing(closing, **strict, **values)
        return Joined(fund, call, allocation, deal, {"p": p, "q": q}, investor, closing)

    def closing(self, fund: int, tranches: Mapping[int, str], **values) -> int:
        """A draft, with what it admits by investor."""
        number = self.one("SELECT coalesce(max(number), 1) + 1 FROM closings WHERE fund_id = %s", fund)
        row = {"fund_id": fund, "number": number, "held_on": HELD_ON, "pay_on": PAY_ON, "rate": "0.08"}
        row |= {"fee_interest": "none", "created_by_id": self.person}
        closing = self.add("closings", **{**row, **values})
        for investor, amount in tranches.items():
            self.tranche(closing, fund, investor, amount)
        return closing

    def tranche(self, closing: int, fund: int, investor: int, amount="1000.00", **values) -> int:
        row = {"closing_id": closing, "fund_id": fund, "investor_id": investor, "amount": amount}
        return self.add("closing_tranches", **{**row, **values})

    def submit_closing(self, closing: int, **values) -> None:
        row = {"status": "pending_approval", "submitted_at": SUBMITTED_AT, "submitted_by_id": self.person}
        self.change("closings", closing, **{**row, "inputs_sha256": "0" * 64, **values})

    def approve_closing(self, closing: int, **values) -> None:
        row = {"status": "settled", "approved_at": SETTLED_AT, "approved_by_id": self.person}
        self.change("closings", closing, **{**row, **values})

    def settled(
        self, joined: Joined, *, parts=PARTS, changes=CHANGES, refunds=REFUNDS, lines=LINES, **values
    ) -> Settled:
        """Settles it whole: register, parts, what comes off each line, refunds, and the call that collects."""
        self.approve_closing(joined.closing, **values)
        who = {**joined.who, "z": self.admitted(joined)}
        keys = {"closing_id": joined.closing, "fund_id": joined.fund}
        for part in parts:
            self.part(joined, who, **part)
        for row in changes:
            self.line_change(joined, **row)
        owed = {
            name: self.add("refunds", **{**keys, "commitment_id": who[name], **row})
            for name, row in ((row["who"], {key: row[key] for key in row if key != "who"}) for row in refunds)
        }
        call = self.collecting_call(joined, who["z"], lines)
        self.change("closings", joined.closing, call_id=call.id)
        self.settle()
        return Settled(joined, who, call, owed)

    def admitted(self, joined: Joined, amount="200000.00", **values) -> int:
        """The partner that comes in."""
        row = {"fund_id": joined.fund, "investor_id": joined.investor, "reference": "Z"}
        commitment = self.add("commitments", **row, closing_date=HELD_ON, created_by_id=self.person)
        days = {"effective_on": HELD_ON, "recorded_at": SETTLED_AT, "approved_at": SETTLED_AT}
        self.promised(commitment, joined.fund, amount, **{**days, **values})
        return commitment

    def part(self, joined: Joined, whose: Mapping[str, int], *, who: str, line: int, **values) -> int:
        amounts = {"inside": values["delta"], "reduces_open": "0.00", "interest": "0.00", "premium": "0.00"}
        row = {"closing_id": joined.closing, "fund_id": joined.fund, "line_id": joined.call.lines[line]}
        row |= {"commitment_id": whose[who], "days": 19}
        return self.add("equalisation_parts", **{**row, **amounts, **values})

    def line_change(self, joined: Joined, *, who: str, line: int, **values) -> int:
        commitment, owed = joined.who[who], values.get("changes_owed", False)
        row = {
            "closing_id": joined.closing,
            "fund_id": joined.fund,
            "call_id": joined.call.id,
            "item_id": joined.call.items.get(commitment),
            "line_id": joined.call.lines[line],
            "commitment_id": commitment,
            "allocation_id": joined.allocation if owed and line else None,
            "reduces_unfunded": True,
            "changes_held": True,
            "changes_owed": owed,
            "weight": "100000.00",
            "basis": "pro_rata",
            "effective_on": HELD_ON,
            "recorded_at": SETTLED_AT,
        }
        return self.add("line_changes", **{**row, **values})

    def collecting_call(self, joined: Joined, commitment: int, lines: Sequence[dict], **values) -> Call:
        """The call that asks the partner who comes in for its parts."""
        total = sum(Decimal(row["amount"]) for row in lines)
        days = {
            "call_date": HELD_ON,
            "due_date": PAY_ON,
            "submitted_at": SUBMITTED_AT,
            "approved_at": SETTLED_AT,
        }
        approval = self.one("SELECT four_eyes, approved_by_id FROM closings WHERE id = %s", joined.closing)
        days |= dict(zip(("four_eyes", "approved_by_id"), approval, strict=True))
        call = self.bare_call(joined.fund, total_amount=total, **{**days, **values})
        keys = {"call_id": call, "fund_id": joined.fund, "commitment_id": commitment}
        item = self.add("capital_call_items", amount=total, **keys)
        ids = tuple(
            self._asked_line(joined, call, {**keys, "item_id": item}, place, **row)
            for place, row in enumerate(lines, start=1)
        )
        return Call(call, joined.fund, ids, {commitment: item})

    def _asked_line(
        self, joined, call, keys, place, *, amount, equalises=None, draws=False, passed_on=False, **values
    ) -> int:
        counts = {"reduces_unfunded": values.get("kind") != "subsequent_close_interest"}
        counts |= {"counts_as_called": not passed_on}
        root = None if equalises is None else joined.call.lines[equalises]
        row = {"position": place, "split_by": "fixed", "equalises_id": root, **counts, **values}
        allocation = joined.allocation if draws else None
        line = self.line(call, joined.fund, amount, allocation, **row)
        of_line = {key: row[key] for key in counts}
        part = {"line_id": line, "amount": amount, "weight": "200000.00", "basis": "edited"}
        self.add("capital_call_item_lines", **keys, **part, **of_line)
        return line

    def closing_reversal(self, settled: Settled, **values) -> int:
        """A request to take it back, approved where nothing else is said."""
        row = {"closing_id": settled.joined.closing, "fund_id": settled.joined.fund, "reason": "Not signed"}
        row |= {"four_eyes": False, "requested_at": REFUNDED_AT, "requested_by_id": self.person}
        row |= {"approved_at": REFUNDED_AT, "approved_by_id": self.person}
        return self.add("closing_reversals", **{**row, **values})

    def reversed(self, settled: Settled, *, back=CHANGES, register=True, lines=LINES, **values) -> int:
        """Takes it back whole: what came off each line, all that its call asks, and the register."""
        reversal = self.closing_reversal(settled, **values)
        self.change("closings", settled.joined.closing, status="reversed")
        days = {"effective_on": HELD_ON, "recorded_at": REFUNDED_AT, "closing_reversal_id": reversal}
        for row in back:
            row = {**row, "amount": -Decimal(row["amount"])}
            self.line_change(settled.joined, **{**days, **row})
        for line, row in zip(settled.call.lines, lines, strict=True):
            self.owed_no_longer(settled, line, row, **days)
        if register:
            event = {"kind": "reversed", "reason": "Not signed", "approved_at": REFUNDED_AT}
            when = {"effective_on": HELD_ON, "recorded_at": REFUNDED_AT}
            self.promised(settled.who["z"], settled.joined.fund, "-200000.00", **event, **when)
        self.settle()
        return reversal

    def owed_no_longer(self, settled: Settled, line: int, row: Mapping, **values) -> int:
        """What is taken off a line of the call that collects."""
        joined, z, passed_on = settled.joined, settled.who["z"], row.get("passed_on", False)
        counts = {"reduces_unfunded": not passed_on}
        counts |= {"counts_as_called": row.get("counts_as_called", not passed_on)}
        whose = {"call_id": settled.call.id, "item_id": settled.call.items[z], "commitment_id": z}
        deal = joined.allocation if row.get("draws") else None
        part = {
            "line_id": line,
            "fund_id": joined.fund,
            "allocation_id": deal,
            "amount": -Decimal(row["amount"]),
        }
        how = {"changes_held": True, "changes_owed": True, "weight": "0.00", "basis": "edited"}
        return self.add("line_changes", **{**whose, **part, **counts, **how, **values})

    def whole(self) -> None:
        """Lets everything speak that waits for commit, and what comes after wait again."""
        self.sql("SET CONSTRAINTS ALL IMMEDIATE")
        self.sql("SET CONSTRAINTS ALL DEFERRED")

    def refund_payout(self, settled: Settled, who: str, amount, **values) -> int:
        row = {"refund_id": settled.refunds[who], "fund_id": settled.joined.fund, "amount": amount}
        row |= {"commitment_id": settled.who[who], "value_date": PAY_ON, "recorded_at": REFUNDED_AT}
        return self.add("refund_payouts", **{**row, "recorded_by_id": self.person, **values})

    def reversing_refund_payout(self, payout: int, **values) -> int:
        """The compensating row of a payout of a refund."""
        same = ("refund_id", "fund_id", "commitment_id", "value_date")
        *keys, amount = self.one(
            f"SELECT {', '.join(same)}, -amount FROM refund_payouts WHERE id = %s", payout
        )
        row = {**dict(zip(same, keys, strict=True)), "amount": amount, "reverses_id": payout}
        return self.add("refund_payouts", **{**row, "recorded_by_id": self.person, **values})

    def refund_reversal(self, payout: int, compensation: int | None, **values) -> int:
        """A request to take it back; approved where it has its compensating row."""
        row = {"payout_id": payout, "compensation_id": compensation, "reason": "The wire was returned"}
        row |= {"four_eyes": False, "requested_at": REFUNDED_AT, "requested_by_id": self.person}
        if compensation:
            row |= {"approved_at": REFUNDED_AT, "approved_by_id": self.person}
        return self.add("refund_payout_reversals", **{**row, **values})
