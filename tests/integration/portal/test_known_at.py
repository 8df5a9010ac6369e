"""A statement of a past day, as known at a time: whatever is recorded afterwards leaves it as it was."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.test import Client
from django.utils import timezone

from blackgem.lib.context import WriteContext
from capital.services import allocations, calls, payments, reversals, settlements
from capital.services.plans import CallPlan, LinePlan
from distributions.services import distributions, payouts
from distributions.services.planning import DistributionPlan
from distributions.services.write_downs import write_down
from funds.services.nav import enter_nav
from funds.services.terms import set_side_letter
from tests.factories import CommitmentFactory, ContactFactory, UserFactory, set_by_two
from tests.integration.distributions.test_valuation import Valued
from tests.integration.funds.reading import text_of
from tests.support.api import problem

from .test_statement_pages import words

BOUGHT, VALUED, ASKED, DAY = date(2026, 1, 31), date(2026, 3, 31), date(2026, 6, 1), date(2026, 6, 30)


class Known(Valued):
    """A fund of three that bought a deal, was valued, and called twice more by the end of June."""

    def __init__(self, currency):
        super().__init__(currency=currency)
        self.allocation = self.allocate("900000")
        self.first = self.buy(("investment", "300000", self.allocation), on=BOUGHT)
        self.value("330000", on=VALUED)
        self.asked = self.ask("30000", due=date(2026, 7, 15))
        self.withdrawn = self.ask("9000", due=date(2026, 6, 20))
        self.partner = self.partners[0]
        self.reader = UserFactory()
        ContactFactory(investor=self.partner.investor, user=self.reader)

    @property
    def acts(self):
        return {"ctx": WriteContext(self.manager, timezone.now())}

    def ask(self, amount, *, due):
        lines = (LinePlan("investment", D(amount), self.allocation.pk),)
        plan = CallPlan(self.fund.pk, D(amount), "Add-on", "", ASKED, due, lines, ())
        call = calls.draft_call(plan=plan, **self.acts)
        return calls.issue_call(call_id=call.pk, **self.acts)

    def go_on(self):
        """Everything that may still be recorded of the half-year that has ended."""
        plan = DistributionPlan(self.fund.pk, D(60000), date(2026, 6, 10))
        declared = distributions.draft_distribution(plan=plan, **self.acts)
        distributions.issue_distribution(distribution_id=declared.pk, **self.acts)
        payouts.pay_out(
            distribution_id=declared.pk,
            value_date=date(2026, 6, 12),
            method="wire",
            reference="",
            **self.acts,
        )
        [paid] = self.first.payments.filter(commitment=self.partner)
        reversals.request_reversal(payment_id=paid.pk, reason="Another's", money_left=False, **self.acts)
        mine = self.asked.items.get(commitment=self.partner)
        payments.record_payment(
            item_id=mine.pk, amount=D(7000), value_date=date(2026, 6, 20), method="wire", **self.acts
        )
        set_by_two(self.fund, residual_limit=D(100_000))
        settlements.settle_residual(
            item_id=mine.pk, kind="waived", effective_on=date(2026, 6, 25), reason="Charges", **self.acts
        )
        calls.cancel_call(call_id=self.withdrawn.pk, reason="Not needed", **self.acts)
        reworded = {"purpose": "Add-on, later", "purpose_detail": "", "due_date": date(2026, 8, 15)}
        calls.reword_call(call_id=self.asked.pk, **reworded, **self.acts)
        self.late = self.ask("3000", due=date(2026, 7, 31))
        allocations.amend_allocation(
            allocation_id=self.allocation.pk, change=D(500), effective_on=DAY, reason="More", **self.acts
        )
        enter_nav(fund_id=self.fund.pk, as_of=DAY, amount=D(390000), deals={}, **self.acts)
        write_down(
            fund_id=self.fund.pk,
            deal_id=self.allocation.deal_id,
            date=date(2026, 6, 15),
            amount=D(1000),
            **self.acts,
        )
        terms = {"hurdle_rate": D("0.01"), "carry_rate": D("0.10"), "catch_up_rate": None, "note": ""}
        set_side_letter(commitment_id=self.partner.pk, fields=terms | {"effective_on": BOUGHT}, **self.acts)
        CommitmentFactory(fund=self.fund, amount=D(500000), created_by=self.manager)


def read(story, known_at):
    """The statement on every screen, on paper, as a file and from the API."""
    manager, investor = Client(), Client()
    manager.force_login(story.manager)
    investor.force_login(story.reader)
    asked = {"as_of": DAY.isoformat(), **({"known_at": known_at} if known_at else {})}
    base, own = (
        f"/investors/{known}/statement"
        for known in (story.partner.investor_id, story.partner.investor.public_id)
    )
    answers = []
    for who, page, api in ((manager, base, base), (investor, "/portal/statement", own)):
        answers.append(text_of(who.get(f"{page}/", asked)))
        answers.append(words(who.get(f"{page}.pdf", asked).content))
        answers.append(b"".join(who.get(f"{page}/export.csv", asked).streaming_content))
        query = {"asOf": DAY.isoformat(), **({"knownAt": known_at} if known_at else {})}
        answers.append(who.get(f"/api{api}", query).content)
    return answers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("currency", ["USD", "JPY"])
def test_what_is_recorded_afterwards_leaves_a_statement_as_it_was_known(currency):
    story = Known(currency)
    known = timezone.now().isoformat().replace("+00:00", "Z")
    at_once, before = read(story, None), read(story, known)
    story.go_on()
    after, now = read(story, known), read(story, None)
    for one, other in zip(before, after, strict=True):
        assert one == other
    assert all(one != other for one, other in zip(at_once, now, strict=True))

    client = Client()
    client.force_login(story.manager)
    api = f"/api/investors/{story.partner.investor_id}/statement?asOf={DAY}"
    answer = client.get(api).json()
    assert answer["knownAt"] is None
    assert answer["drawnUpOn"] == timezone.localdate().isoformat()
    assert len(answer["changedAt"]) > 5
    assert answer["changedAt"] == sorted(answer["changedAt"], reverse=True)
    figures = ("called", "paid", "unfunded", "calledNotYetDue", "distributed", "balance", "nav", "irr")
    then = client.get(f"{api}&knownAt={known}").json()
    assert {name: then[name] for name in figures} != {name: answer[name] for name in figures}
    assert then["calledNotYetDue"] == 10000
    assert answer["distributed"] > then["distributed"] == 0
    page = client.get(
        f"/investors/{story.partner.investor_id}/statement/", {"as_of": DAY.isoformat()}
    ).content.decode()
    links = re.findall(r'href="(\?commitment=\d+&amp;as_of=2026-06-30&amp;known_at=[^"]+)"', page)
    assert links
    changed = min(datetime.fromisoformat(one) for one in answer["changedAt"] if one > known)
    until_then = client.get(f"{api}&knownAt={(changed - timedelta.resolution):%Y-%m-%dT%H:%M:%S.%fZ}").json()
    assert {name: until_then[name] for name in figures} == {name: then[name] for name in figures}


@pytest.mark.django_db(transaction=True)
def test_a_due_date_that_moved_afterwards_is_named():
    story = Known("USD")
    client = Client()
    client.force_login(story.manager)

    def stated(**asked):
        base = f"/api/investors/{story.partner.investor_id}/statement"
        return client.get(base, {"asOf": DAY.isoformat()} | asked).json()

    def reword(**changes):
        said = {"purpose": "Add-on", "purpose_detail": "", "due_date": date(2026, 6, 20)} | changes
        calls.reword_call(call_id=story.withdrawn.pk, **said, **story.acts)

    first = stated()
    reword(purpose_detail="The same call in other words")
    assert stated()["changedAt"] == first["changedAt"]
    reword(due_date=date(2026, 7, 20))
    moved = stated()
    assert moved["calledNotYetDue"] == first["calledNotYetDue"] + 3000
    [changed] = set(moved["changedAt"]) - set(first["changedAt"])
    before = datetime.fromisoformat(changed) - timedelta.resolution
    assert stated(knownAt=f"{before:%Y-%m-%dT%H:%M:%S.%fZ}")["calledNotYetDue"] == first["calledNotYetDue"]


@pytest.mark.django_db(transaction=True)
def test_a_time_at_which_nothing_was_known_is_refused_by_its_field():
    story = Known("USD")
    client = Client()
    client.force_login(story.manager)
    base = f"/investors/{story.partner.investor_id}/statement"
    ahead = (timezone.now() + timedelta(days=1)).isoformat().replace("+00:00", "Z")
    for text, code in (
        (ahead, "known_at.future"),
        ("2020-01-01T00:00:00Z", "known_at.too_early"),
        ("2026-01-05T09:00:00", "time.invalid"),
        ("2026-01-05", "time.invalid"),
        ("yesterday", "time.invalid"),
        ("9999-12-31T23:59:59-23:00", "time.invalid"),
    ):
        told = problem(client.get(f"/api{base}", {"knownAt": text}), 422, code)
        assert [one["field"] for one in told["errors"]] == ["knownAt"]
    for text in (ahead, "2020-01-01", "yesterday", "0001-01-01", "2026-02-30"):
        answer = client.get(f"{base}/", {"known_at": text})
        assert (answer.status_code, answer.context["statement"]) == (422, None)
        assert 'id="id_known_at_error"' in answer.content.decode()
    page = client.get(f"{base}/", {"known_at": timezone.now().isoformat()})
    assert "from what was known at" in text_of(page)
