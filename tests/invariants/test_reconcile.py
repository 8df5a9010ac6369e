"""`manage.py reconcile`: it holds over a populated database, and each sentence is contradicted by its own damage."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from blackgem.lib.invariants import ask, invariants
from closings.services import setoffs
from fees.services.cancellations import cancel_fee_run
from fees.services.payments import pay_fee_run
from tests.integration.closings.default_story import DefaultStory
from tests.integration.closings.setoff_story import DAY, SetoffStory
from tests.integration.closings.story import ClosingStory
from tests.integration.closings.transfer_story import TransferStory
from tests.integration.fees.story import BEGAN, FeeStory
from tests.integration.funds.period_story import PeriodStory
from tests.integration.rails import banking, payees, payment_files
from tests.integration.rails.world import World, build
from tests.invariants.damages import DAMAGES, IN_THE_WAY
from tests.support import app_connection, superuser_connection
from tests.support.staging import committed_rows


@pytest.fixture(scope="module")
def populated(django_db_setup, django_db_blocker):
    """The small world of the rails, with a letter to each partner and a reversed payment, and a fund with a later
    closing, its payments and refunds, and one that was reversed."""
    with committed_rows(django_db_blocker):
        base = _populated()
        story = ClosingStory()
        story.first_two_calls()
        closing = story.second_closing()
        story.pay(closing.call, closing.pay_on)
        story.refund(closing, closing.pay_on)
        story.schedule()
        after = date(2026, 9, 30)
        plan = story.plan(after, date(2026, 10, 20), story.newcomer("D", "2000000.00"))
        story.reverse(story.close(plan, after), after)
        transferring = TransferStory()
        transferring.history()
        transferring.transfer()
        transferring.paid_call(date(2026, 9, 30), ("other", "900.00"), paid=False)
        transferring.transfer(1, 2, on=date(2026, 10, 1), open_items="assumed")
        transferring.payout_returned(date(2026, 10, 2))
        charging = FeeStory(committed=("1000001.00", "500000.00"))
        charging.income(BEGAN, "1000.00")
        charging.event("suspended", BEGAN)
        charging.sold(charging.allocate().deal_id, BEGAN, "1.00")
        charging.run(BEGAN)
        charging.run(date(2026, 4, 1))
        owed = charging.run(date(2026, 7, 1), paid_from="cash")
        pay_fee_run(run_id=owed.pk, value_date=date(2026, 7, 1), ctx=charging.on(date(2026, 7, 1)))
        waiving = FeeStory(gp="1000.00")
        waiving.uses_what_was_waived(BEGAN)
        unpaid = waiving.run(date(2026, 4, 1), paid_from="cash")
        cancel_fee_run(run_id=unpaid.pk, reason="Mistyped", ctx=waiving.on(date(2026, 4, 1)))
        netting = SetoffStory()
        part = netting.part(netting.set_off(), netting.b)
        setoffs.request_setoff_reversal(part_id=part.pk, reason="Not agreed", ctx=netting.ctx(DAY))
        defaulting = DefaultStory()
        defaulting.all_of_it()
        closed = PeriodStory()
        closed.value()
        closed.close()
        DefaultStory().loses()
        yield base


def _populated():
    with app_connection() as connection:
        base = build(connection)
        t = World(connection, base)
        t.add("notices", **_letter(t, base))
        paid = t.payment(base.open, base.b, "70.00")
        t.approved_reversal(paid, t.reversing_payment(paid))
        _pay_out(t, base.out)
        banking.posted(t)
        payees.verified(t, base)
        payment_files.left(t, base)
        t.settle()
    return base


def _pay_out(t, out):
    """A payout that came back, and a letter to each partner about the distribution."""
    paid = t.payout(out.sent, out.y)
    t.approved_payout_reversal(paid, t.reversing_payout(paid))
    about = {
        "kind": "distribution",
        "subject_id": out.sent.id,
        "fund_id": out.fund,
        "created_by_id": t.person,
    }
    for commitment, item in out.sent.items.items():
        facts = t.out_letter_facts(item)
        t.add("notices", item_id=item, commitment_id=commitment, number=f"DN1-{item}", facts=facts, **about)


def _letter(t, base):
    row = {"item_id": base.open.items[base.b], "subject_id": base.open.id, "number": "CC1-0002"}
    whose = {"fund_id": base.fund, "commitment_id": base.b, "created_by_id": t.person}
    return {**row, **whose, "facts": t.letter_facts(row["item_id"])}


@pytest.fixture
def administrator(populated):
    """Past triggers and privileges; whatever is done is undone."""
    with superuser_connection() as connection:
        connection.execute("BEGIN")
        connection.execute("SET LOCAL session_replication_role = replica")
        yield connection
        connection.execute("ROLLBACK")


def contradicts(connection, sentence) -> bool:
    with connection.cursor() as cursor:
        return bool(ask(cursor, sentence).count)


def test_every_sentence_holds(administrator):
    assert [one.name for one in invariants() if contradicts(administrator, one)] == []


@pytest.mark.parametrize("sentence", invariants(), ids=lambda one: one.name)
def test_its_own_damage_contradicts_it(administrator, sentence):
    for rail in IN_THE_WAY:
        administrator.execute(f"ALTER TABLE {rail}")
    administrator.execute(DAMAGES[sentence.name])
    assert contradicts(administrator, sentence)


def test_every_sentence_is_one_sentence():
    for one in invariants():
        assert one.sentence.endswith(".")
        assert one.query.startswith("SELECT")
        assert ";" not in one.query


def test_the_command_says_what_holds(populated, django_db_blocker):
    told = StringIO()
    with django_db_blocker.unblock():
        call_command("reconcile", stdout=told)
    assert f"All {len(invariants()) + 1} sentences hold" in told.getvalue()


def test_the_command_fails_and_shows_the_rows(populated, django_db_blocker):
    open_funds = "fund_id NOT IN (SELECT fund_id FROM period_closes)"
    damage(f"UPDATE commitment_events SET amount = 1 WHERE amount = 100000 AND {open_funds}")
    told = StringIO()
    with django_db_blocker.unblock(), pytest.raises(CommandError, match=r"1 of \d+ sentences do not hold"):
        call_command("reconcile", stdout=told, no_color=True)
    damage("UPDATE commitment_events SET amount = 100000 WHERE amount = 1")
    assert "commitments_are_not_over_called: 6 rows" in told.getvalue()
    assert "unfunded -649.00" in told.getvalue()


def damage(statement):
    with superuser_connection() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement)
