"""Two people at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError
from funds.services.members import remove_member
from funds.services.partners import commit
from tests.factories import FundFactory, InvestorFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2025, 9, 1, 12, tzinfo=UTC)
CLOSING = date(2025, 9, 1)


def together(*deeds):
    """Each in a thread and a connection of its own, held until all are ready."""
    ready = Barrier(len(deeds))

    def run(deed):
        try:
            ready.wait(10)
            return deed()
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_commitments_get_references_of_their_own():
    manager = UserFactory()
    fund = FundFactory(manager=manager)
    investors = [InvestorFactory(created_by=manager).pk for _ in range(6)]
    deeds = [
        partial(
            commit,
            fund_id=fund.pk,
            investor_id=pk,
            amount="1",
            closing_date=CLOSING,
            ctx=WriteContext(manager, AT),
        )
        for pk in investors
    ]

    made = together(*deeds)

    assert sorted(one.reference for one in made) == [f"{number:04d}" for number in range(1, 7)]


def test_two_managers_do_not_remove_each_other():
    first, second = UserFactory(), UserFactory()
    fund = FundFactory(manager=first)
    MembershipFactory(fund=fund, user=second, role="manager")

    answers = together(
        partial(remove_member, fund_id=fund.pk, user_id=second.pk, ctx=WriteContext(first, AT)),
        partial(remove_member, fund_id=fund.pk, user_id=first.pk, ctx=WriteContext(second, AT)),
    )

    assert sorted(map(str, answers)) in (["None", "member.last_manager"], ["None", "not_found"])
    assert fund.memberships.filter(role="manager").count() == 1
