"""Payments that came as a file of any format, in any order and however files overlap, give the books of typed ones."""

from decimal import Decimal
from itertools import permutations
from random import Random

import pytest

from banking.models import BankEntry, BankStatement
from banking.queries.matching import matches_of
from banking.services.accounts import name_columns
from banking.services.posting import post_matches
from banking.services.settling import apply_entry, classify_entry
from capital.models import CallItemCapital, FundCash
from tests.integration.banking.test_statements import BankStory, wire
from tests.support import bank_files
from tests.support.examples import LIVES

pytestmark = pytest.mark.django_db
FORMATS = ("camt", "mt940", "bai2", "ofx", "table")


def paid(story):
    """By partner what its item was paid, and what is unapplied: what the books are of it."""
    rows = CallItemCapital.objects.filter(call__fund=story.fund).order_by("item_id")
    return [row.paid for row in rows], FundCash.objects.get(fund=story.fund).unapplied


def amounts_of(random, items):
    """What each partner sends: all, a part, or too much."""
    return [
        (item.amount * random.choice((1, 1, Decimal("0.5"), Decimal("1.25")))).quantize(Decimal("0.01"))
        for item in items
    ]


def typed(amounts):
    story = BankStory()
    call = story.issued()
    for item, amount in zip(call.items.order_by("pk"), amounts, strict=True):
        receipt = story.receive(amount)
        story.apply(receipt, (item.pk, min(amount, item.amount)))
    return paid(story)


def settled(story, call, file):
    """What is certain is posted in one go where that may be; a person settles the rest."""
    items = {str(item.pk): item for item in call.items.all()}
    for statement in BankStatement.objects.filter(file=file):
        if statement.may_be_posted:
            post_matches(statement_id=statement.pk, ctx=story.ctx())
        for entry, match in matches_of(statement):
            if match is None:
                continue
            if entry.amount < 0:
                classify_entry(entry_id=entry.pk, entry_class="bank_charge", ctx=story.ctx())
            else:
                item = items[match.item.key]
                part = min(entry.amount, item.amount)
                apply_entry(entry_id=entry.pk, splits=[(item.pk, part)], ctx=story.ctx())


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_gives_the_books_that_typing_gives(form):
    for seed in range(LIVES):
        random = Random(f"{form}{seed}")
        story = BankStory()
        name_columns(account_id=story.account.pk, mapping=bank_files.MAPPING, ctx=story.ctx())
        call = story.issued()
        items = list(call.items.order_by("pk").select_related("commitment__investor"))
        amounts = amounts_of(random, items)
        rows = [
            wire(amount, f"CC{call.number}-{item.commitment.reference}", reference=f"R{n}")
            for n, (item, amount) in enumerate(zip(items, amounts, strict=True))
        ]
        rows.append(wire("-3.50", "charge", reference="R9"))
        random.shuffle(rows)
        write = getattr(bank_files, form)
        parts = [rows, rows[:2], rows[1:]]
        orders = list(permutations(parts))
        for part in orders[random.randrange(len(orders))]:
            content = write(part, Decimal("1000.00"))
            settled(story, call, story.read(content, table=form == "table"))
        assert BankEntry.objects.filter(fund=story.fund).count() == len(rows)
        assert paid(story) == typed(amounts)
