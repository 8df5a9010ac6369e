"""Whoever asked for something may take it back for as long as they have any role in the fund; nobody else in such a
role may, and who has none any more finds nothing there. What a person asked for waits on when its role ends, and is not
approved any more: it is asked for again by somebody who may."""

from functools import partial

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Forbidden, NotFound
from capital.services import allocations, calls, excuses, reversals, settlements
from closings.services import setoffs, withdrawals
from distributions.services import distributions, payouts, write_downs
from fees.services import runs
from funds.services import bank, controls
from tests.factories import MembershipFactory, UserFactory
from tests.integration.capital.story import NOW, TODAY, Story, fresh
from tests.integration.capital.test_excuses import called, excuse
from tests.integration.closings.default_story import NOTICE, DefaultStory
from tests.integration.closings.setoff_story import DAY, SetoffStory
from tests.integration.closings.transfer_story import TransferStory
from tests.integration.distributions.story import ExitStory
from tests.integration.fees.story import BEGAN, FeeStory
from tests.support.api import Api, problem
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db


def demand_a_second_person(story):
    story.fund.four_eyes = True
    story.fund.save(update_fields=["four_eyes"])
    return story


def a_call():
    story = Story(four_eyes=True)
    return story, story.issued(), calls.send_back_call, "call_id", "/capital-calls/{}/send-back"


def a_distribution():
    story = demand_a_second_person(ExitStory())
    one = story.issue_exit()
    return story, one, distributions.send_back_distribution, "distribution_id", "/distributions/{}/send-back"


def a_reversal():
    story = Story()
    payment = story.pay_item(story.issued().items.first(), "10.00")
    asked = demand_a_second_person(story).reverse(payment)
    return story, asked, reversals.reject_reversal, "reversal_id", "/reversals/{}/reject"


def a_payout_reversal():
    story = ExitStory()
    [payout, *_] = story.pay_out(story.issue_exit())
    asked = demand_a_second_person(story).take_back(payout)
    return story, asked, payouts.reject_payout_reversal, "reversal_id", "/payout-reversals/{}/reject"


def a_settlement():
    story = Story()
    item = story.issued().items.first()
    story.fund.residual_limit = "100.00"
    story.fund.save(update_fields=["residual_limit"])
    story.pay_item(item, str(item.amount - 1))
    demand_a_second_person(story)
    asked = settlements.settle_residual(
        item_id=item.pk, kind="waived", reason="Fees", ctx=WriteContext(story.manager, NOW)
    )
    return story, asked, settlements.reject_settlement, "settlement_id", "/settlements/{}/reject"


def an_excuse():
    story, _call, line, items = called()
    demand_a_second_person(story)
    return story, excuse(story, line, items[2]), excuses.reject_excuse, "excuse_id", "/excuses/{}/reject"


def an_amendment():
    story = Story(four_eyes=True)
    more = {
        "change": "5.00",
        "effective_on": TODAY,
        "reason": "More",
        "ctx": WriteContext(story.manager, NOW),
    }
    asked = allocations.amend_allocation(allocation_id=story.allocate().pk, **more)
    return story, asked, allocations.reject_amendment, "amendment_id", "/amendments/{}/reject"


def a_write_down():
    story = Story(four_eyes=True)
    lost = {
        "deal_id": story.allocate().deal_id,
        "date": TODAY,
        "amount": "5.00",
        "ctx": WriteContext(story.manager, NOW),
    }
    asked = write_downs.write_down(fund_id=story.fund.pk, **lost)
    return story, asked, write_downs.reject_write_down, "write_down_id", "/write-downs/{}/reject"


def a_fee_run():
    story = FeeStory(four_eyes=True)
    return story, story.ask(BEGAN), runs.reject_fee_run, "run_id", "/fee-runs/{}/reject"


def bank_details():
    story = Story(four_eyes=True)
    fields = {"bank_name": "A", "account_name": "B", "account_number": "12345678"}
    asked = bank.propose_bank_details(
        fund_id=story.fund.pk, fields=fields, ctx=WriteContext(story.manager, NOW)
    )
    return story, asked, bank.reject_bank_details, "bank_details_id", None


def a_cancellation():
    story = Story(four_eyes=True)
    call = story.cancel(story.approve(story.issued()))
    return story, call.waiting[0], controls.reject_change, "change_id", "/control-changes/{}/reject"


KINDS = [
    a_call,
    a_distribution,
    a_reversal,
    a_payout_reversal,
    a_settlement,
    an_excuse,
    an_amendment,
    a_write_down,
    a_fee_run,
    bank_details,
    a_cancellation,
]


def is_taken_back(asked):
    row = fresh(asked)
    return row.rejected_by_id is not None if hasattr(row, "rejected_by_id") else row.status == "draft"


def lowered(story, role):
    """Who asked has this role by now, None for none; somebody else in the fund manages it, and a third has the role."""
    assert story.second != story.manager
    mine = story.fund.memberships.filter(user=story.manager)
    if role is None:
        mine.delete()
        return UserFactory()
    mine.update(role=role)
    return MembershipFactory(fund=story.fund, user=UserFactory(), role=role).user


def queue_of(client, person):
    client.force_login(person)
    return client.get(reverse("dashboard:approvals"))


def assert_approved_only_while_its_asker_may(client, by, asked, *, ended):
    """In the queue, and past its button."""
    [(queue, [row])] = queue_of(client, by).context["queues"]
    assert (row.approve.refusal is not None and row.approve.refusal.code == "request.role_ended") is ended
    if ended:
        before = fresh(asked)
        revision = {"revision": getattr(row, "revision", "")}
        client.post(reverse(queue.approve.name, args=[row.pk]), revision)
        assert vars(fresh(asked)) | {"_state": None} == vars(before) | {"_state": None}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["analyst", "auditor", None])
def test_who_asked_takes_it_back_while_in_any_role(client, kind, role):
    story, asked, service, key, path = kind()
    other, asker = lowered(story, role), story.manager
    reason = {"reason": "A mistake"} if "send_back" in service.__name__ else {}
    take_back = partial(service, **{key: asked.pk}, **reason)
    said = {"reason": "A mistake"}
    mine = queue_of(client, asker)
    assert bool(mine.context["queues"]) is (role is not None)
    assert "/approve/" not in mine.content.decode()
    assert mine.context["request"].waiting_approvals.total == 0
    assert not queue_of(client, other).context["queues"]
    for person in [other, *([] if role else [asker])]:
        with pytest.raises(Forbidden if role else NotFound):
            take_back(ctx=WriteContext(person, NOW))
        if path:
            refused = Api.of(person).post(path.format(asked.pk), said)
            problem(refused, 403 if role else 404, "role.insufficient" if role else "not_found")
    who = asker if role else story.second
    assert_approved_only_while_its_asker_may(client, story.second, asked, ended=role != "analyst")
    if path:
        assert Api.of(who).post(path.format(asked.pk), said).status_code == 200
    else:
        take_back(ctx=WriteContext(who, NOW))
    assert is_taken_back(asked)


def a_transfer():
    story = demand_a_second_person(TransferStory())
    return story, story.transfer(), "/transfers/{}/approve"


def a_default():
    story = DefaultStory()
    return demand_a_second_person(story), story.notice(), "/defaults/{}/approve"


def a_remedy():
    story = DefaultStory()
    default = story.notice()
    return demand_a_second_person(story), story.interest(default), "/default-remedies/{}/approve"


def a_withdrawal():
    story = DefaultStory()
    more = {"reason": "A slip", "ctx": story.ctx(NOTICE)}
    default = story.notice()
    demand_a_second_person(story)
    asked = withdrawals.request_withdrawal(default_id=default.pk, **more)
    return story, asked, "/default-withdrawals/{}/approve"


def a_setoff():
    story = SetoffStory()
    return demand_a_second_person(story), story.set_off(), "/setoffs/{}/approve"


def a_setoff_that_is_taken_back():
    story = SetoffStory()
    part = story.part(story.set_off(), story.a)
    demand_a_second_person(story)
    more = {"reason": "Not agreed", "ctx": story.ctx(DAY)}
    asked = setoffs.request_setoff_reversal(part_id=part.pk, **more)
    return story, asked, "/setoff-reversals/{}/approve"


@pytest.mark.parametrize(
    "kind", [a_transfer, a_default, a_remedy, a_withdrawal, a_setoff, a_setoff_that_is_taken_back]
)
def test_what_moves_an_interest_is_not_approved_once_its_asker_left(client, kind):
    """Neither by the page nor over the API, until somebody who may asks for it again."""
    story, asked, path = kind()
    lowered(story, None)
    assert_approved_only_while_its_asker_may(client, story.second, asked, ended=True)
    problem(Api.of(story.second).post(path.format(asked.pk)), 409, "request.role_ended")
    assert fresh(asked).approved_at is None


@pytest.mark.parametrize(
    ("kind", "page"), [(a_call, "capital:call"), (a_distribution, "distributions:distribution")]
)
def test_an_analyst_who_submitted_takes_a_draft_back_on_its_page(client, kind, page):
    story, asked, *_ = kind()
    other = lowered(story, "analyst")
    address = reverse(f"{page}_send_back", args=[asked.pk])
    for person, offered in ((other, False), (story.manager, True)):
        client.force_login(person)
        assert (address in client.get(reverse(page, args=[asked.pk])).content.decode()) is offered
        assert client.get(address).status_code == (200 if offered else 403)
        answer = client.post(address, {"reason": "A mistake", "revision": "1"})
        assert answer.status_code == (302 if offered else 403)
        assert is_taken_back(asked) is offered


def test_an_amendment_is_approved_of_what_was_committed_when_it_was_seen(client):
    """Two raise the same allocation: the second is shown anew, with what is committed by then."""
    story, first, *_ = an_amendment()
    more = {
        "change": "7.00",
        "effective_on": TODAY,
        "reason": "More",
        "ctx": WriteContext(story.manager, NOW),
    }
    second = allocations.amend_allocation(allocation_id=first.allocation_id, **more)
    client.force_login(story.second)
    queue = reverse("dashboard:approvals")
    assert "$400,000.00 now" in text_of(client.get(queue))
    revisions = {row.pk: row.revision for _, rows in client.get(queue).context["queues"] for row in rows}
    for asked in (first, second):
        approve = reverse("capital:amendment_approve", args=[asked.pk])
        client.post(approve, {"revision": revisions[asked.pk]})
    assert (fresh(first).approved_by, fresh(second).approved_by) == (story.second, None)
    page = client.get(queue)
    for words in ("Somebody changed this since you opened it", "$400,005.00 now"):
        assert words in text_of(page)
    api, path = Api.of(story.second), f"/amendments/{second.pk}/approve"
    listed = api.read(f"/allocations/{first.allocation_id}/amendments")["amendments"]
    assert {one["revision"] for one in listed} == {2}
    problem(api.post(path, {"revision": 1}), 409, "stale_version")
    [(_, [row])] = page.context["queues"]
    client.post(approve, {"revision": row.revision})
    assert fresh(second).approved_by == story.second
