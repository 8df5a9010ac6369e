"""A matched statement is posted in one go while others post it, and pay, too: nothing twice, and nobody deadlocks."""

from functools import partial

import pytest

from banking.models import BankEntry, BankStatement, EntryPosting
from banking.services.posting import post_matches
from blackgem.lib.errors import Conflict
from capital.models import Payment
from tests.integration.banking.test_statements import SOME, BankStory, wire
from tests.integration.capital.story import fresh, status
from tests.support import bank_files
from tests.support.invariants import violations
from tests.support.race import failures, together

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_statement_is_posted_by_two_while_a_partner_of_it_is_paid_by_hand():
    story = BankStory()
    call = story.issued()
    items = list(call.items.select_related("commitment__investor").order_by("-pk"))
    rows = [
        wire(
            str(item.amount),
            f"CC{call.number}-{item.commitment.reference}",
            reference=f"A{item.pk}",
            name=item.commitment.investor.name,
        )
        for item in items
    ]
    statement = BankStatement.objects.get(file=story.read(bank_files.camt(rows, SOME)))
    post = partial(post_matches, statement_id=statement.pk, ctx=story.ctx())
    by_hand = partial(story.pay_item, items[0], items[0].amount)
    answers = together([post, by_hand, post])
    assert all(isinstance(error, Conflict) for error in failures(answers)), failures(answers)
    assert len(failures(answers)) <= 1, "only the one by hand may come too late"
    assert [fresh(item).capital.outstanding for item in items] == [0, 0, 0]
    assert (Payment.objects.count(), status(call)) == (3, "fully_funded")
    left = BankEntry.objects.filter(posting=None).count()
    assert (EntryPosting.objects.count(), left) in {(3, 0), (2, 1)}
    assert violations() == []
