"""A fund with a manager, three partners and a deal, and everybody's view of it through the API."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from capital.models import CapitalCallItem
from funds.models import Commitment, Deal, Fund, PartMessage
from tests.factories import (
    CommitmentFactory,
    DealFactory,
    FundFactory,
    FundTermsFactory,
    InvestorFactory,
    MembershipFactory,
    UserFactory,
    set_by_two,
)
from tests.support.api import Api
from tests.support.opened import written
from tests.support.staging import staged

from .rows import banked, fees_of, not_closed, transferred, waived

CALLED_ON, DUE_ON = "2026-02-15", "2026-03-01"
#: A year of 365 days between the money that came in and the money that goes out.
PAID_IN_ON, EXIT_ON = "2025-02-01", "2026-02-01"


@dataclass
class World:
    """`manager`, `analyst`, `auditor` work for the fund, `stranger` for another, `lp` for none."""

    fund: Fund
    deal: Deal
    partners: list[Commitment]
    people: dict

    @property
    def workers(self) -> dict:
        return {name: self.people[name] for name in ("manager", "analyst", "auditor")}

    def api(self, who="manager", **options) -> Api:
        return Api.of(self.people[who], **options)


@staged
def world(param="USD") -> World:
    """In US dollars, or in the currency of the parameter."""
    people = {
        name: UserFactory(email=f"{name}@example.com")
        for name in ("manager", "second", "analyst", "auditor", "stranger", "lp")
    }
    fund = FundFactory(
        currency=param,
        lpa_date=date(2025, 1, 1),
        manager=people["manager"],
        analyst=people["analyst"],
        auditor=people["auditor"],
    )
    MembershipFactory(fund=fund, user=people["second"], role="manager")
    FundFactory(manager=people["stranger"])
    amounts = ("500000.00", "300000.00", "400000.00")
    partners = [
        CommitmentFactory(
            fund=fund,
            amount=amount,
            investor=InvestorFactory(
                created_by=people["manager"], contact="lp@example.com" if n == 0 else f"lp{n}@example.com"
            ),
        )
        for n, amount in enumerate(amounts)
    ]
    with written():
        partners[0].investor.contacts.update(user=people["lp"])
    deal = DealFactory(created_by=people["manager"])
    return World(fund, deal, partners, people)


@staged
def api(world) -> Api:
    return world.api()


@dataclass
class Trail:
    """An allocation, and calls on it, made through the API."""

    api: Api
    world: World
    allocation: dict

    def call(self, amount="60000", **more) -> dict:
        body = {"amount": amount, "dueDate": DUE_ON, "callDate": CALLED_ON, **more}
        return self.api.made(f"/allocations/{self.allocation['id']}/calls", body)

    def short_by_one(self, item: dict) -> str:
        """Where the residual of an item is settled, once it is paid but for one unit, as much as the fund settles."""
        set_by_two(self.world.fund, residual_limit="1.00")
        call = f"/capital-calls/{item['capitalCallId']}"
        paid = {
            "amount": str(Decimal(item["calledAmount"]) - 1),
            "itemId": item["id"],
            "valueDate": CALLED_ON,
        }
        self.api.made(f"{call}/payments", paid)
        return f"{call}/items/{item['id']}/settlements"

    def draft_body(self, **more) -> dict:
        return {
            "fundId": self.world.fund.pk,
            "totalAmount": "60000",
            "purpose": "Acquisition",
            "callDate": CALLED_ON,
            "dueDate": DUE_ON,
            **more,
        }

    def draft(self, **more) -> dict:
        return self.api.made("/capital-calls", self.draft_body(**more))


@staged
def trail(world, api) -> Trail:
    committed = {"fundId": world.fund.pk, "dealId": world.deal.pk, "committed": "1000000"}
    return Trail(api, world, api.made("/allocations", committed))


@dataclass
class Exit:
    """A deal for which 60,000 were paid in, a year before its sale: 25,000, 15,000 and 20,000. The GP paid nothing.

    8 % a year, full catch-up, 20 % carry: 4,800 are preferred return and 1,200 catch-up.
    """

    api: Api
    world: World
    gp: Commitment
    call: dict

    def body(self, **more) -> dict:
        basic = {
            "fundId": self.world.fund.pk,
            "totalAmount": "100000",
            "date": EXIT_ON,
            "type": "EXIT_PROCEEDS",
        }
        return {**basic, **more}

    def draft(self, **more) -> dict:
        return self.api.made("/distributions", self.body(**more))

    def issued(self, **more) -> dict:
        path = f"/distributions/{self.draft(**more)['id']}"
        for step in ("submit", "approve", "send"):
            self.api.made(f"{path}/{step}", status=200)
        return self.api.read(path)

    def pay_out(self, distribution: dict, **more) -> dict:
        body = {"paidDate": EXIT_ON, "method": "wire", "reference": "EXIT", **more}
        return self.api.made(f"/distributions/{distribution['id']}/payouts", body)


@staged
def exit(world, trail) -> Exit:
    gp = CommitmentFactory(
        fund=world.fund,
        kind="gp",
        reference="GP",
        amount="0.00",
        investor=InvestorFactory(created_by=world.people["manager"]),
    )
    FundTermsFactory(
        fund=world.fund, scope="aggregate", hurdle_rate="0.08", carry_rate="0.20", catch_up_rate="1"
    )
    call = trail.call("60000", callDate="2025-01-02", dueDate=PAID_IN_ON)
    trail.api.made(f"/capital-calls/{call['id']}/payments", {"amount": 60000, "valueDate": PAID_IN_ON})
    return Exit(trail.api, world, gp, call)


@dataclass
class Joining:
    """A fund of which 60,000 were called from two investors, a half each: whom more may join. `lp` stands for one."""

    api: Api
    fund: Fund
    partners: list[Commitment]

    def body(self, **more) -> dict:
        newcomer = InvestorFactory(created_by=self.fund.created_by)
        return {
            "fundId": self.fund.pk,
            "heldOn": "2025-06-01",
            "payOn": "2025-06-15",
            "tranches": [{"investorId": newcomer.pk, "amount": "1000000"}],
            "feeInterest": "none",
            "rate": "0.08",
            **more,
        }

    def settled(self, **more) -> dict:
        """Settled, and what it asks for paid."""
        closing = self.api.made("/closings", self.body(**more))
        closing = self.api.made(f"/closings/{closing['id']}/submit", status=200)
        self.pay(closing["callId"], "2025-06-15")
        return closing

    def reversed(self) -> dict:
        """A later one, taken back before anything was paid."""
        body = self.body(heldOn="2025-07-01", payOn="2025-07-15")
        closing = self.api.made("/closings", body)
        self.api.made(f"/closings/{closing['id']}/submit", status=200)
        return self.api.made(f"/closings/{closing['id']}/reverse", {"reason": "Not signed"}, status=200)

    def pay(self, call_id, on: str) -> None:
        for item in self.api.read(f"/capital-calls/{call_id}/items"):
            paid = {"amount": item["calledAmount"], "itemId": item["id"], "valueDate": on}
            self.api.made(f"/capital-calls/{call_id}/payments", paid)

    def call(self, amount="1000") -> dict:
        """Of every partner, due like the closing."""
        body = {
            "fundId": self.fund.pk,
            "totalAmount": amount,
            "purpose": "Costs",
            "callDate": "2025-06-02",
            "dueDate": "2025-06-15",
            "lines": [{"kind": "other", "amount": amount}],
        }
        draft = self.api.made("/capital-calls", body)
        self.api.made(f"/capital-calls/{draft['id']}/submit", status=200)
        return self.api.made(f"/capital-calls/{draft['id']}/approve", status=200)

    def pay_back(self, closing: dict, **more) -> dict:
        body = {"paidDate": "2025-06-16", "method": "wire", "reference": "CLOSING2", **more}
        return self.api.made(f"/closings/{closing['id']}/refund-payouts", body)


@staged
def joining(world, api) -> Joining:
    people = world.workers
    fund = FundFactory(
        currency=world.fund.currency, lpa_date=date(2025, 1, 1), created_by=people["manager"], **people
    )
    MembershipFactory(fund=fund, user=world.people["second"], role="manager")
    partners = [
        CommitmentFactory(
            fund=fund,
            amount="500000.00",
            investor=InvestorFactory(created_by=people["manager"], contact=f"joined{n}@example.com"),
        )
        for n in range(2)
    ]
    with written():
        partners[0].investor.contacts.update(user=world.people["lp"])
    call = {
        "fundId": fund.pk,
        "totalAmount": "60000",
        "purpose": "Acquisition",
        "callDate": "2025-02-01",
        "dueDate": "2025-03-01",
    }
    made = api.made("/capital-calls", call)
    for step in ("submit", "approve"):
        api.made(f"/capital-calls/{made['id']}/{step}", status=200)
    joined = Joining(api, fund, partners)
    joined.pay(made["id"], "2025-03-01")
    return joined


@staged
def ids(world, trail, exit, joining) -> dict:
    """One row of every kind, of the world's fund."""
    call = trail.call("60000")
    paid = trail.api.made(
        f"/capital-calls/{call['id']}/payments", {"amount": 100, "itemId": call["items"][0]["id"]}
    )
    receipt = trail.api.made(f"/funds/{world.fund.pk}/receipts", {"amount": 50, "valueDate": "2026-02-20"})
    bounces = trail.api.made(f"/funds/{world.fund.pk}/receipts", {"amount": 5, "valueDate": "2026-02-20"})
    back = {
        "amount": 5,
        "valueDate": "2026-02-20",
        "reason": "Twice",
        "investorId": world.partners[0].investor_id,
    }
    returned = trail.api.made(f"/receipts/{bounces['id']}/return", back, status=200)["returns"][0]
    netted = f"/distributions/{exit.issued(totalAmount=500)['id']}/setoffs"
    agreed = [{"commitmentId": world.partners[1].pk, "amount": 1}]
    setoff = trail.api.made(netted, {"callId": call["id"], "reason": "Clause 14.14", "parts": agreed})
    part = setoff["parts"][0]["id"]
    owed_again = trail.api.made(f"/setoff-parts/{part}/reverse", {"reason": "Not agreed"}, status=200)
    distribution = exit.issued(totalAmount=1000)
    payout = exit.pay_out(distribution)["items"][0]["payoutId"]
    again = trail.api.made(
        f"/capital-calls/{call['id']}/payments", {"amount": 1, "itemId": call["items"][1]["id"]}
    )
    bounced = f"/payments/{again['payments'][0]['id']}/reverse"
    taken_back = trail.api.made(f"/payouts/{payout}/reverse", {"reason": "Returned"}, status=200)
    amendment = {"direction": "raise", "amount": 1, "effectiveOn": str(date.today()), "reason": "Costs rose"}
    amended = trail.api.made(f"/allocations/{trail.allocation['id']}/amendments", amendment)
    loss = {"fundId": world.fund.pk, "date": "2026-02-20", "amount": 1}
    written_down = trail.api.made(f"/deals/{world.deal.pk}/write-downs", loss)
    settled = trail.short_by_one(call["items"][2])
    excused = trail.call("600")
    excuses = f"/capital-calls/{excused['id']}/items/{excused['items'][2]['id']}/excuses"
    policy = {"lineId": excused["lines"][0]["id"], "reason": "Policy"}
    contact = {"name": "Zoe", "email": "zoe@example.com"}
    contacts = f"/investors/{world.partners[0].investor_id}/contacts"
    waits = trail.api.made(contacts, contact, status=202)["pendingChanges"][0]["id"]
    trail.api.made(f"/control-changes/{waits}/reject", status=200)
    call_part = CapitalCallItem.objects.get(pk=call["items"][0]["id"]).public_id
    world.api("lp").made(f"/portal/capital-calls/{call_part}/questions", {"text": "May we pay later?"})
    distribution_part = world.partners[0].distribution_items.get(distribution=distribution["id"]).public_id
    ahead = str(date.today() + timedelta(days=30))
    given = {"cureBy": ahead, "reason": "Clause 6.6", "rate": "0.1"}
    unpaid = trail.call("300")
    late = f"/capital-calls/{unpaid['id']}/items/{unpaid['items'][0]['id']}/defaults"
    defaulted = trail.api.made(late, given)
    interest = trail.api.made(f"/defaults/{defaulted['id']}/interest", {"dueOn": ahead}, status=200)
    given_in_error = f"/capital-calls/{unpaid['id']}/items/{unpaid['items'][1]['id']}/defaults"
    withdrawn = trail.api.made(given_in_error, given)["id"]
    withdrawn = trail.api.made(f"/defaults/{withdrawn}/withdraw", {"reason": "Sent in error"}, status=200)
    closing = joining.settled()
    joining.pay_back(closing)
    refund_payout = trail.api.read(f"/closings/{closing['id']}/refund-payouts")["payouts"][0]["id"]
    came_back = trail.api.made(f"/refund-payouts/{refund_payout}/reverse", {"reason": "Returned"}, status=200)
    return {
        **transferred(world),
        **fees_of(world),
        **banked(world),
        **waived(world),
        **not_closed(world),
        "closing": closing["id"],
        "closing_call": closing["callId"],
        "closing_reversal": joining.reversed()["reversal"]["id"],
        "closing_fund": joining.fund.pk,
        "closing_investor": joining.partners[0].investor_id,
        "investor_beside": world.partners[2].investor_id,
        "closing_reference": joining.partners[1].reference,
        "refund_payout": refund_payout,
        "default": defaulted["id"],
        "remedy": interest["remedies"][0]["id"],
        "default_withdrawal": withdrawn["withdrawal"]["id"],
        "setoff": setoff["id"],
        "setoff_part": part,
        "setoff_reversal": owed_again["parts"][0]["reversal"]["id"],
        "refund_payout_reversal": came_back["reversal"]["id"],
        "fund": world.fund.pk,
        "deal": world.deal.pk,
        "write_down": written_down["id"],
        "commitment": world.partners[0].pk,
        "event": world.partners[0].events.get().pk,
        "investor": world.partners[0].investor_id,
        "allocation": trail.allocation["id"],
        "amendment": amended["id"],
        "control_change": waits,
        "call": call["id"],
        "item": call["items"][0]["id"],
        "payment": paid["payments"][0]["id"],
        "receipt": receipt["id"],
        "return": returned["id"],
        "distribution": distribution["id"],
        "payout": payout,
        "line": call["lines"][0]["id"],
        "excuse": trail.api.made(excuses, policy)["id"],
        "settlement": trail.api.made(settled, {"kind": "waived", "reason": "Charges"})["id"],
        "reversal": trail.api.made(bounced, {"reason": "Bounced"}, status=200)["reversal"]["id"],
        "payout_reversal": taken_back["reversal"]["id"],
        "letter": world.partners[0].notices.earliest("pk").public_id,
        "question": PartMessage.objects.latest("pk").pk,
        "call_part": call_part,
        "distribution_part": distribution_part,
    }
