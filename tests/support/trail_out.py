"""Money out in plain SQL, beside the money trail: distributions, payouts, write-downs, and only the rails."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from psycopg.types.json import Jsonb

from tests.support.trail import AT, Trail

DISTRIBUTED_ON, PAID_OUT_ON = "2026-06-30", "2026-07-01"
FROZEN = ("approved", "sent", "paid")
PARTS = ("return_of_capital", "preferred_return", "profit_share", "carried_interest")
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Out:
    """A distribution's keys: its items by commitment."""

    id: int
    fund: int
    items: Mapping[int, int]

    @property
    def item(self) -> int:
        """The first partner's item."""
        return next(iter(self.items.values()))


class TrailOut(Trail):
    """Every method answers the new row's id, `distribution` an Out."""

    def terms(self, fund: int, **values) -> int:
        return self.add("fund_terms", fund_id=fund, created_by_id=self.person, **values)

    def distribution(
        self, terms: int, parts: Mapping[int, Mapping], *, line: int | None = None, **values
    ) -> Out:
        """Whole: `parts` is commitment → its parts by name; tiers follow from them. Limited partners only, but for
        carried interest, which goes to who has it among its parts and is borne by the first partner's split. `line` is
        the call line whose money the return of capital gives back, to be called again."""
        fund = self.one("SELECT fund_id FROM fund_terms WHERE id = %s", terms)
        sums = {name: sum((Decimal(part.get(name, 0)) for part in parts.values()), ZERO) for name in PARTS}
        distribution = self.bare_distribution(terms, **{"total_amount": sum(sums.values()), **values})
        excess = values.get("type") == "RETURN_OF_EXCESS_CAPITAL"
        tiers = {
            "excess" if excess else "return_of_capital": (sums["return_of_capital"], ZERO),
            "preferred_return": (sums["preferred_return"], ZERO),
            "split": (sums["profit_share"], sums["carried_interest"]),
        }
        for position, (kind, amounts) in enumerate(tiers.items(), start=1):
            self.tier(distribution, fund, kind, *amounts, position=position)
        borne, items = sums["carried_interest"], {}
        for commitment, part in parts.items():
            given = {"recallable_amount": part["return_of_capital"] if line else ZERO, **part}
            items[commitment] = self.out_item(distribution, fund, commitment, borne=borne, **given)
            borne = ZERO
        out = Out(distribution, fund, items)
        if line:
            for commitment, part in parts.items():
                self.given_back(out, commitment, line, part["return_of_capital"])
        return out

    def given_back(self, out: Out, commitment: int, line: int, amount, **values) -> int:
        """One partner's part of a distribution gives back a call line, all of it to be called again."""
        keys = {
            "distribution_id": out.id,
            "fund_id": out.fund,
            "commitment_id": commitment,
            "call_line_id": line,
        }
        row = {**keys, "item_id": out.items[commitment], "amount": amount, "restores": amount}
        return self.add("distribution_given_back", **{**row, **values})

    def bare_distribution(self, terms: int, **values) -> int:
        """The distribution's own row, in any status, with the people that the status demands."""
        status = values.setdefault("status", "sent")
        people = {"created_by_id": self.person}
        if status == "pending_approval" or status in FROZEN:
            people |= {"submitted_at": AT, "submitted_by_id": self.person}
        if status in FROZEN:
            people |= {"approved_at": AT, "approved_by_id": self.person}
        if status in ("sent", "paid"):
            people |= {"sent_at": AT, "sent_by_id": self.person}
        if status == "cancelled":
            people |= {"cancelled_at": AT, "cancelled_by_id": self.person}
        fund = self.one("SELECT fund_id FROM fund_terms WHERE id = %s", terms)
        number = self.one("SELECT coalesce(max(number), 0) + 1 FROM distributions WHERE fund_id = %s", fund)
        row = {"fund_id": fund, "number": number, "terms_id": terms, "date": DISTRIBUTED_ON}
        facts = {"inputs": Jsonb({}), "inputs_sha256": "0" * 64}
        return self.add("distributions", **{**row, **facts, **people, **values})

    def tier(self, distribution: int, fund: int, kind: str, lp=ZERO, gp=ZERO, **values) -> int:
        row = {"distribution_id": distribution, "fund_id": fund, "kind": kind, "position": 9}
        return self.add("distribution_tiers", **{**row, "lp_amount": lp, "gp_amount": gp, **values})

    def out_letter_facts(self, item: int, **more) -> str:
        """What a letter about an item of a distribution says at least, as JSON."""
        commitment, net, gross, withheld, currency = self.one(
            "SELECT commitment_id, net_amount, gross_amount, withholding_tax, currency FROM distribution_items i"
            "  JOIN funds f ON f.id = i.fund_id WHERE i.id = %s",
            item,
        )
        amounts = {"amount": str(net), "gross": str(gross), "withheld": str(withheld)}
        said = {"item_id": item, "commitment_id": commitment, "currency": currency}
        return json.dumps(said | amounts | more)

    def out_item(self, distribution: int, fund: int, commitment: int, *, borne=ZERO, **parts) -> int:
        """An item of these parts; its split paid `borne` to the GP."""
        amounts = {name: Decimal(parts.get(name, 0)) for name in PARTS}
        gross, withheld = sum(amounts.values(), ZERO), Decimal(parts.get("withholding_tax", 0))
        split = [["0.00", "0.00", str(amounts["profit_share"]), str(borne)]]
        keys = {"distribution_id": distribution, "fund_id": fund, "commitment_id": commitment}
        sums = {"gross_amount": gross, "withholding_tax": withheld, "net_amount": gross - withheld}
        texts = {"tiers": Jsonb(split if amounts["profit_share"] or borne else []), "working": Jsonb([])}
        row = {**keys, **amounts, **sums, **texts, "weight": "1.00", "recallable_amount": "0.00"}
        return self.add("distribution_items", **{**row, **parts})

    def payout(self, out: Out, commitment: int, **values) -> int:
        """One partner's item, paid out whole."""
        item = out.items[commitment]
        gross = self.one("SELECT gross_amount FROM distribution_items WHERE id = %s", item)
        keys = {"distribution_id": out.id, "fund_id": out.fund, "item_id": item, "commitment_id": commitment}
        row = {**keys, "amount": gross, "value_date": PAID_OUT_ON, "recorded_by_id": self.person}
        return self.add("payouts", **{**row, **values})

    def reversing_payout(self, payout: int, **values) -> int:
        """The compensating row of a payout."""
        same = ("distribution_id", "fund_id", "item_id", "commitment_id", "value_date")
        *keys, amount = self.one(f"SELECT {', '.join(same)}, -amount FROM payouts WHERE id = %s", payout)
        row = {**dict(zip(same, keys, strict=True)), "amount": amount, "reverses_id": payout}
        return self.add("payouts", **{**row, "recorded_by_id": self.person, **values})

    def approved_payout_reversal(self, payout: int, compensation: int | None, **values) -> int:
        people = {"requested_by_id": self.person, "approved_by_id": self.person, "approved_at": AT}
        row = {"payout_id": payout, "compensation_id": compensation, "reason": "The wire was returned"}
        asked = {"four_eyes": False, "requested_at": AT}
        return self.add("payout_reversals", **{**row, **asked, **people, **values})
