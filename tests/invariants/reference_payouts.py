"""What a fund paid out, worked out again in Python from its raw rows, trusting no view, trigger or stored state."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tests.invariants.reference_ledger import ReferenceLedger, read, sums, total

ISSUED = ("sent", "paid")


class Distribution(NamedTuple):
    id: int
    status: str
    total: Decimal
    date: date
    type: str
    number: int
    recallable: bool


class Item(NamedTuple):
    id: int
    distribution: int
    commitment: int
    gross: Decimal
    capital: Decimal
    preferred: Decimal
    profit: Decimal
    carry: Decimal
    recallable: Decimal
    withheld: Decimal
    net: Decimal


class Tier(NamedTuple):
    distribution: int
    kind: str
    lp: Decimal
    gp: Decimal


class Payout(NamedTuple):
    id: int
    distribution: int
    item: int
    commitment: int
    amount: Decimal
    on: date
    reverses: int | None


class Reversal(NamedTuple):
    id: int
    payout: int
    approved: bool
    rejected: bool


ROWS = {
    Distribution: "SELECT id, status, total_amount, date, type, number, recallable FROM distributions "
    "WHERE fund_id = %s ORDER BY id",
    Item: "SELECT id, distribution_id, commitment_id, gross_amount, return_of_capital, preferred_return, profit_share, "
    "carried_interest, recallable_amount, withholding_tax, net_amount FROM distribution_items "
    "WHERE fund_id = %s ORDER BY id",
    Tier: "SELECT distribution_id, kind, lp_amount, gp_amount FROM distribution_tiers WHERE fund_id = %s ORDER BY id",
    Payout: "SELECT id, distribution_id, item_id, commitment_id, amount, value_date, reverses_id FROM payouts "
    "WHERE fund_id = %s ORDER BY id",
    Reversal: "SELECT r.id, r.payout_id, r.approved_at IS NOT NULL, r.rejected_at IS NOT NULL "
    "FROM payout_reversals r JOIN payouts p ON p.id = r.payout_id WHERE p.fund_id = %s ORDER BY r.id",
}
_ACCOUNT = (
    "distributed, return_of_capital, preferred_return, profit_share, carried_interest, recallable, withheld, net, "
    "paid_out, payable"
)
VIEWS = {
    "distribution": "SELECT distribution_id, gross, withheld, net, return_of_capital, preferred_return, profit_share, "
    "carried_interest, paid_out FROM distribution_capital WHERE fund_id = %s",
    "item": "SELECT item_id, c.paid_out, c.paid_on FROM distribution_item_capital c "
    "JOIN distributions d ON d.id = c.distribution_id WHERE d.fund_id = %s",
    "partner": f"SELECT commitment_id, {_ACCOUNT} FROM commitment_distributions WHERE fund_id = %s",
    "fund": f"SELECT fund_id, {_ACCOUNT} FROM fund_distributions WHERE fund_id = %s",
    "unfunded": "SELECT commitment_id, distributed, recallable, unfunded FROM commitment_capital WHERE fund_id = %s",
}
LEDGER = (
    "SELECT payout_id, recallable, -sum(amount) FROM capital_transactions WHERE fund_id = %s AND call_item_id IS NULL "
    "GROUP BY payout_id, recallable"
)


@dataclass
class ReferencePayouts:
    """The rows of one fund, and everything that follows from them. `paid_in` are the books of its calls."""

    fund: int
    rows: dict[type, list]
    paid_in: ReferenceLedger

    @classmethod
    def of(cls, fund) -> "ReferencePayouts":
        rows = {kind: [kind(*row) for row in read(query, fund)] for kind, query in ROWS.items()}
        return cls(fund, rows, ReferenceLedger.of(fund))

    def __getitem__(self, kind):
        return self.rows[kind]

    def __eq__(self, other):
        return self.rows == other.rows and self.paid_in.rows == other.paid_in.rows

    def issued(self) -> set[int]:
        return {one.id for one in self[Distribution] if one.status in ISSUED}

    def items_of(self, distribution) -> list[Item]:
        return [item for item in self[Item] if item.distribution == distribution]

    def paid_out(self, **by) -> Decimal:
        (field, value) = next(iter(by.items()))
        return total(payout.amount for payout in self[Payout] if getattr(payout, field) == value)

    def standing(self) -> list[Payout]:
        """Payouts that were not taken back."""
        gone = {payout.reverses for payout in self[Payout]}
        return [one for one in self[Payout] if one.reverses is None and one.id not in gone]

    def unfunded(self) -> dict[int, Decimal]:
        return {row[0]: row[3] for row in self.expected()["unfunded"]}

    # ------------------------------------------------------------ what every view and the ledger should say

    def expected(self) -> dict[str, set[tuple]]:
        partners = {self.partner(row[0]) for row in self.paid_in.expected()["commitment"]}
        return {
            "distribution": {self.distribution(one) for one in self[Distribution]},
            "item": {self.item(one) for one in self[Item]},
            "partner": partners,
            "fund": {(self.fund, *sums(partners, 10))},
            "unfunded": {self.account(row) for row in self.paid_in.expected()["commitment"]},
        }

    def distribution(self, one):
        items = self.items_of(one.id)
        columns = ("gross", "withheld", "net", "capital", "preferred", "profit", "carry")
        return (
            one.id,
            *(total(getattr(item, name) for item in items) for name in columns),
            self.paid_out(distribution=one.id),
        )

    def item(self, one):
        days = [payout.on for payout in self.standing() if payout.item == one.id]
        return (one.id, self.paid_out(item=one.id), max(days, default=None))

    def partner(self, commitment):
        mine = [
            item
            for item in self[Item]
            if item.commitment == commitment and item.distribution in self.issued()
        ]
        columns = ("gross", "capital", "preferred", "profit", "carry", "recallable", "withheld", "net")
        figures = tuple(total(getattr(item, name) for item in mine) for name in columns)
        paid_out = self.paid_out(commitment=commitment)
        return (commitment, *figures, paid_out, figures[0] - paid_out)

    def account(self, row):
        """What of a commitment can be called: what came back to be called again comes on top, once it went out."""
        items = {item.id: item for item in self[Item]}
        mine = [one for one in self.standing() if one.commitment == row[0]]
        recallable = total(items[one.item].recallable for one in mine)
        return (row[0], total(one.amount for one in mine), recallable, row[-1] + recallable)

    def ledger(self) -> dict[tuple[int, bool], Decimal]:
        """Payout, recallable or not → what it took out."""
        items = {item.id: item for item in self[Item]}
        posted = {}
        for one in self[Payout]:
            sign = 1 if one.reverses is None else -1
            item = items[one.item]
            posted[one.id, True] = sign * item.recallable
            posted[one.id, False] = sign * (item.gross - item.recallable)
        return {key: amount for key, amount in posted.items() if amount}

    def statuses(self) -> dict[int, str]:
        """Issued distribution → what its payouts make of it."""
        return {
            one.id: "paid" if self.paid_out(distribution=one.id) == one.total else "sent"
            for one in self[Distribution]
            if one.id in self.issued()
        }

    # ------------------------------------------------------------ what no distribution may do

    def check_sums(self):
        for one in self[Distribution]:
            items = self.items_of(one.id)
            tiers = [tier for tier in self[Tier] if tier.distribution == one.id]
            assert total(item.gross for item in items) == one.total
            assert total(tier.lp + tier.gp for tier in tiers) == one.total
            carry = total(tier.gp for tier in tiers if tier.kind in ("catch_up", "split"))
            assert carry == total(item.carry for item in items)
            for item in items:
                assert item.gross == item.capital + item.preferred + item.profit + item.carry
                assert item.net == item.gross - item.withheld >= 0
                assert min(item) >= 0
                comes_back = one.recallable or one.type == "RETURN_OF_EXCESS_CAPITAL"
                assert item.recallable <= (item.capital if comes_back else 0)


def out_views(fund) -> dict[str, set[tuple]]:
    """What the views say of one fund."""
    return {name: set(read(query, fund)) for name, query in VIEWS.items()}


def out_ledger(fund) -> dict[tuple[int, bool], Decimal]:
    return {(payout, recallable): amount for payout, recallable, amount in read(LEDGER, fund)}
