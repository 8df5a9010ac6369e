"""A fund with a manager, three partners and a deal, and everybody's view of it through the API."""

from dataclasses import dataclass

import pytest

from funds.models import Commitment, Deal, Fund
from tests.factories import CommitmentFactory, DealFactory, FundFactory, InvestorFactory, UserFactory
from tests.support.api import Api

CALLED_ON, DUE_ON = "2026-02-15", "2026-03-01"


@dataclass
class World:
    """`manager`, `analyst`, `auditor` work for the fund, `stranger` for another, `lp` for none."""

    fund: Fund
    deal: Deal
    partners: list[Commitment]
    people: dict

    def api(self, who="manager", **options) -> Api:
        return Api.of(self.people[who], **options)


@pytest.fixture
def world(db) -> World:
    people = {
        name: UserFactory(email=f"{name}@example.com")
        for name in ("manager", "second", "analyst", "auditor", "stranger", "lp")
    }
    fund = FundFactory(manager=people["manager"], analyst=people["analyst"], auditor=people["auditor"])
    fund.memberships.create(user=people["second"], role="manager")
    FundFactory(manager=people["stranger"])
    amounts = ("500000.00", "300000.00", "400000.00")
    partners = [
        CommitmentFactory(
            fund=fund,
            amount=amount,
            investor=InvestorFactory(created_by=people["manager"], contact=f"lp{n}@example.com"),
        )
        for n, amount in enumerate(amounts)
    ]
    partners[0].investor.contacts.update(user=people["lp"])
    deal = DealFactory(created_by=people["manager"])
    return World(fund, deal, partners, people)


@pytest.fixture
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


@pytest.fixture
def trail(world, api) -> Trail:
    committed = {"fundId": world.fund.pk, "dealId": world.deal.pk, "committed": "1000000"}
    return Trail(api, world, api.made("/allocations", committed))
