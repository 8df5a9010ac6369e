"""A person settles what is not certain: items, splits, unapplied cash, classes, payouts, what is left aside."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from banking.models import (
    BankEntry,
    BankStatement,
    EntryDecision,
    EntryMove,
    EntryPosting,
    EntryRule,
    ReceiptHolder,
)
from banking.queries.held import unapplied_held_by
from banking.queries.matching import lines_of
from banking.queries.reconciliation import is_reconciled, reconciliations_of, unexplained_up_to
from banking.services import settling
from banking.services.accounts import add_bank_account
from banking.services.files import upload_statement
from banking.services.reading import read_next
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, NotFound
from blackgem.lib.knowledge import Knowledge
from capital.models import Receipt
from distributions.models import Payout
from funds.services.members import remove_member
from tests.factories import MembershipFactory, UserFactory
from tests.integration.banking.test_statements import BankStory, wire
from tests.integration.capital.story import TODAY, fresh
from tests.integration.distributions.story import AT_EXIT, EXIT, ExitStory
from tests.support import bank_files
from tests.support.bank_files import Booking
from tests.support.pages import text_of
from tests.support.race import together

pytestmark = pytest.mark.django_db

ZERO = Decimal(0)
FEES = {"side": "out", "name_holds": "custody bank", "text_holds": "", "entry_class": "bank_charge"}


def entry(text):
    [found] = [row for row in BankEntry.objects.all() if row.text == text]
    return found


def read(story, *rows, opening=ZERO, **more):
    file = story.read(bank_files.camt(list(rows), opening, **more))
    return BankStatement.objects.get(file=file)


def waits(statement):
    return [line.text for line in lines_of(statement) if line.settled is None]


def test_lines_are_settled_one_after_the_other_on_the_page(client, django_assert_max_num_queries):
    story = BankStory()
    call = story.issued()
    first, second, third = story.partners
    items = {item.commitment_id: item for item in call.items.all()}
    rows = [
        wire("40000.00", f"CC{call.number}-{first.reference} part", reference="A1", name=first.investor.name),
        wire(
            "31000.00", f"CC{call.number}-{second.reference} over", reference="A2", name=second.investor.name
        ),
        wire("25000.00", "both of us", reference="A3", name="A Family Office"),
        wire("7000.00", f"CC9-{third.reference} early", reference="A4", name=third.investor.name),
        wire("-12.00", "fee one", reference="A5", name="The  CUSTODY Bank"),
        wire("-13.00", "fee two", reference="A6", name="Custody Bank AG"),
        wire("5.00", "mistake", reference="A7"),
        wire("-5.00", "mistake mended", reference="A8"),
    ]
    statement = read(story, *rows)
    client.force_login(story.manager)

    def to(name, text):
        return reverse(f"banking:{name}", args=[entry(text).pk])

    page = client.get(reverse("banking:statement", args=[statement.pk]))
    assert "Decide line by line" in text_of(page)
    part = to("entry", rows[0].text)
    assert part in page.content.decode()
    with django_assert_max_num_queries(10):
        shown = client.get(part)
    assert "40,000.00" in text_of(shown)
    assert 'data-key="a"' in shown.content.decode()
    assert "20,000.00 stay open" in text_of(shown)

    def post(name, text, **fields):
        return client.post(to(name, text), fields)

    # What is suggested is accepted: the key leads on to the next line that waits.
    done = post("entry_apply", rows[0].text, item_1=items[first.pk].pk, amount_1="40,000.00", holder="")
    assert done["Location"] == to("entry", rows[1].text)
    # More than is owed: the rest stays unapplied, and is the partner's.
    shown = client.get(done["Location"])
    assert "1,000.00 stay unapplied" in text_of(shown)
    too_much = post("entry_apply", rows[1].text, item_1=items[second.pk].pk, amount_1="31,000.00", holder="")
    assert too_much.status_code == 409
    half = post("entry_apply", rows[1].text, item_1="", amount_1="29,999.5", holder=third.pk)
    assert (half.status_code, EntryPosting.objects.count()) == (422, 1)
    typed = half.content.decode()
    assert 'value="29,999.5"' in typed
    assert f'value="{third.pk}" selected' in typed, "what was typed stays"
    post("entry_apply", rows[1].text, item_1=items[second.pk].pk, amount_1="30,000.00", holder=second.pk)
    # One wire of two partners is split by a person.
    post(
        "entry_apply",
        rows[2].text,
        item_1=items[first.pk].pk,
        amount_1="20,000.00",
        item_2=items[third.pk].pk,
        amount_2="5,000.00",
        holder="",
    )
    # Before its call: unapplied, with whose it is already filled in.
    assert f'value="{third.pk}" selected' in client.get(to("entry", rows[3].text)).content.decode()
    assert post("entry_apply", rows[3].text, holder=third.pk).status_code == 302
    assert [fresh(items[one.pk]).capital.outstanding for one in story.partners] == [0, 0, Decimal("5000.00")]
    holders = Receipt.objects.exclude(holders=None).values_list("holders__commitment", "capital__unapplied")
    assert set(holders) == {(second.pk, Decimal("1000.00")), (third.pk, Decimal("7000.00"))}

    statement_of = reverse("portal:investor_statement", args=[third.investor_id])
    assert "7,000.00 of yours arrived" in text_of(client.get(statement_of))
    assert "of yours arrived" not in text_of(
        client.get(reverse("portal:investor_statement", args=[first.investor_id]))
    )

    # On its day, not before; by whose it was known to be; in the letter of the statement as on its page.
    holder = ReceiptHolder.objects.select_related("receipt").get(commitment=third)
    arrived, before = holder.receipt.value_date, Knowledge(holder.recorded_at - timedelta(microseconds=1))
    cash, both = Decimal("7000.00"), [first.pk, third.pk]
    assert list(unapplied_held_by(both, as_of=arrived)) == [(third.pk, cash)]
    assert list(unapplied_held_by(both, as_of=arrived, known=Knowledge(holder.recorded_at))) == [
        (third.pk, cash)
    ]
    assert list(unapplied_held_by(both, as_of=arrived, known=before)) == []
    assert list(unapplied_held_by(both, as_of=arrived - timedelta(days=1))) == []
    pdf = client.get(reverse("portal:investor_statement_pdf", args=[third.investor_id]))
    assert "7,000.00 of yours had arrived" in " ".join(
        PdfReader(BytesIO(pdf.content)).pages[0].extract_text().split()
    )

    # A rule that a person taught proposes; a person accepts. It reads plain words, in any case and spacing.
    taught = client.post(reverse("banking:rule_new", args=[story.fund.pk]), {**FEES, "least": "", "most": ""})
    assert taught.status_code == 302
    assert client.post(reverse("banking:rule_new", args=[story.fund.pk]), {"side": "in"}).status_code == 422
    with django_assert_max_num_queries(10):
        assert "Rule 1 proposes it" in text_of(client.get(to("entry", "fee one")))
    with django_assert_max_num_queries(10):
        assert "Charge of the bank" in text_of(client.get(reverse("banking:statement", args=[statement.pk])))
    client.post(reverse("banking:rules_accept", args=[statement.pk]))
    assert [EntryDecision.objects.get(entry=entry(one)).rule.number for one in ("fee one", "fee two")] == [
        1,
        1,
    ]
    # Taken back while nothing was posted, and said anew; what was posted is not taken back here.
    assert post("entry_undo", "fee two").status_code == 302
    assert post("entry_undo", "fee two").status_code == 409
    assert post("entry_undo", rows[0].text).status_code == 409
    assert post("entry_classify", "fee two", entry_class="other", note="Wrong account").status_code == 302
    assert post("entry_classify", "fee two", entry_class="tax").status_code == 409
    # Left aside, with the reason.
    assert post("entry_ignore", "mistake", reason=" ").status_code == 422
    post("entry_ignore", "mistake", reason="The bank's own mistake")
    last = post("entry_ignore", "mistake mended", reason="The bank's own mistake")
    assert last["Location"] == reverse("banking:statement", args=[statement.pk])
    assert waits(statement) == []

    day = reconciliations_of(story.fund)[0].days[-1]
    assert (day.bank, day.ledger, day.unexplained) == (Decimal("102975.00"),) * 2 + (ZERO,)
    assert is_reconciled(story.fund, TODAY)
    with django_assert_max_num_queries(10):
        shown = client.get(reverse("banking:reconciliation", args=[story.fund.pk]))
    assert "Nothing is unexplained" in text_of(shown)
    exported = client.get(reverse("banking:reconciliation_export", args=[story.fund.pk, "csv"]))
    assert "102975.00" in b"".join(exported.streaming_content).decode()

    # A rule is changed by versions and retired.
    rule = EntryRule.objects.get()
    changed = {**FEES, "name_holds": "custody", "least": "10", "most": "20"}
    assert client.post(reverse("banking:rule_change", args=[rule.pk]), changed).status_code == 302
    assert "version 2" in text_of(client.get(reverse("banking:rules", args=[story.fund.pk])))
    client.post(reverse("banking:rule_retire", args=[rule.pk]))
    assert "No rule yet" in text_of(client.get(reverse("banking:rules", args=[story.fund.pk])))
    assert client.get(reverse("banking:receipt_holder", args=[Receipt.objects.first().pk])).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_who_may_and_two_who_decide_at_once():
    story = BankStory()
    read(story, wire("-12.00", "fee"))
    one = entry("fee").pk
    analyst, gone = UserFactory(), UserFactory()
    MembershipFactory(fund=story.fund, user=analyst, role="analyst")
    MembershipFactory(fund=story.fund, user=gone)
    remove_member(fund_id=story.fund.pk, user_id=gone.pk, ctx=story.ctx())
    for who, error in ((analyst, Forbidden), (gone, NotFound)):
        with pytest.raises(error):
            settling.classify_entry(entry_id=one, entry_class="expense", ctx=story.ctx(who))
    answers = together(
        [
            lambda: settling.classify_entry(entry_id=one, entry_class="expense", ctx=story.ctx()),
            lambda: settling.ignore_entry(entry_id=one, reason="Mine", ctx=story.ctx(story.second)),
        ]
    )
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert [error.code for error in refused] == ["entry.settled"]
    assert EntryDecision.objects.count() == 1
    other = BankStory()
    with pytest.raises(NotFound):
        settling.classify_entry(entry_id=one, entry_class="tax", ctx=other.ctx())


@pytest.mark.parametrize(
    ("currency", "amount", "left"), [("JPY", "6000000", "(¥1)"), ("KWD", "60000.125", "(KWD\xa01.000)")]
)
def test_other_currencies(currency, amount, left):
    story = BankStory(currency=currency, committed=("60000000", "40000000"))
    statement = read(story, wire(amount, "in"), wire("-1", "fee", reference="W2"), currency=currency)
    settling.apply_entry(entry_id=entry("in").pk, ctx=story.ctx())
    assert unexplained_up_to(story.fund, TODAY) == [f"Account •••• 7730: {left} is unexplained."]
    settling.classify_entry(entry_id=entry("fee").pk, entry_class="interest", ctx=story.ctx())
    assert waits(statement) == []
    assert is_reconciled(story.fund, TODAY)


def test_a_wire_that_returned_is_reversed_and_one_that_was_typed_is_not_posted_again(client):
    story = BankStory()
    call = story.issued()
    partner = story.partners[0]
    reference = f"CC{call.number}-{partner.reference}"
    came = wire("60000.00", reference, reference="A1", name=partner.investor.name)
    back = wire("-60000.00", "returned", reference="A1")
    story.pay_item(call.items.get(commitment=story.partners[1]), "30000.00")
    typed = wire("30000.00", "typed before", reference="A2")
    read(story, came, back, typed)
    item = call.items.get(commitment=partner)
    settling.apply_entry(entry_id=entry(reference).pk, splits=[(item.pk, "60000.00")], ctx=story.ctx())
    client.force_login(story.manager)

    # Recorded by hand before the statement came: it is that receipt, and nothing is posted again.
    page = reverse("banking:entry", args=[entry("typed before").pk])
    assert "recorded before" in text_of(client.get(page))
    receipt = Receipt.objects.get(amount="30000.00")
    link = reverse("banking:entry_link", args=[entry("typed before").pk])
    assert client.post(link, {"wires": "receipt:999"}).status_code == 409
    assert client.post(link, {"wires": "(a+)+"}).status_code == 422
    assert client.post(link, {"wires": f"receipt:{receipt.pk}"}).status_code == 302
    assert Receipt.objects.count() == 2

    # The bank took a payment back: the reversal opens with its reason and the bank's day.
    payment = item.payments.get()
    form = reverse("capital:payment_reverse", args=[call.pk, item.pk, payment.pk])
    opened = client.get(f"{form}?reason=Returned+by+the+bank&cash_on=2026-03-01").content.decode()
    assert "Returned by the bank" in opened
    assert "2026-03-01" in opened
    story.reverse(payment, cash_on=TODAY)
    returned = entry("returned")
    assert "Returned: The wire bounced" in text_of(client.get(reverse("banking:entry", args=[returned.pk])))
    back_row = Receipt.objects.get(amount="60000.00").returns.get()
    settling.link_entry(entry_id=returned.pk, wires=[("receipt_return", back_row.pk)], ctx=story.ctx())
    with pytest.raises(Conflict):
        settling.link_entry(entry_id=returned.pk, wires=[("receipt_return", back_row.pk)], ctx=story.ctx())
    assert is_reconciled(story.fund, TODAY)
    assert not is_reconciled(story.fund, TODAY.replace(day=2)), "the bank said nothing of that day"


class PaidOutStory(ExitStory):
    """An exit that is issued, with an account and its statement."""

    def __init__(self):
        super().__init__()
        self.ctx = WriteContext(self.manager, AT_EXIT)
        add_bank_account(fund_id=self.fund.pk, number=bank_files.NUMBER, ctx=self.ctx)
        self.distribution = self.issue_exit()

    def statement(self, rows):
        content = bank_files.camt(rows, Decimal("350000.00"))
        upload_statement(fund_id=self.fund.pk, name="exit.xml", content=content, ctx=self.ctx)
        assert read_next(at=AT_EXIT)


def test_payouts_are_confirmed_by_the_statement_and_never_twice(client):
    """One partner was recorded by hand before; the others left as single wires, one of which came back."""
    story = PaidOutStory()
    items = sorted(story.distribution.items.filter(net_amount__gt=0), key=lambda one: one.net_amount)
    by_hand, *others = items
    typed = story.pay_out(story.distribution, item_id=by_hand.pk)[0]
    rows = [Booking(EXIT, Decimal("500000.00"), "P0", "sale of the company")]
    rows += [Booking(EXIT, -one.net_amount, f"P{one.pk}", f"exit {one.pk}") for one in items]
    rows += [Booking(EXIT, others[0].net_amount, "R1", "came back")]
    story.statement(rows)
    ctx = story.ctx
    settling.classify_entry(entry_id=entry("sale of the company").pk, entry_class="deal_proceeds", ctx=ctx)
    client.force_login(story.manager)
    page = client.get(reverse("banking:entry", args=[entry(f"exit {by_hand.pk}").pk]))
    assert "recorded before" in text_of(page)
    assert "waits to be paid out" not in text_of(page)
    settling.link_entry(entry_id=entry(f"exit {by_hand.pk}").pk, wires=[("payout", typed.pk)], ctx=ctx)
    for one in others:
        waiting = entry(f"exit {one.pk}").pk
        assert "waits to be paid out" in text_of(client.get(reverse("banking:entry", args=[waiting])))
        with pytest.raises(Conflict):
            settling.pay_out_entry(entry_id=waiting, kind="payout", row_ids=[by_hand.pk], ctx=ctx)
        settling.pay_out_entry(entry_id=waiting, kind="payout", row_ids=[one.pk], ctx=ctx)
        with pytest.raises(Conflict):
            settling.pay_out_entry(entry_id=waiting, kind="payout", row_ids=[one.pk], ctx=ctx)
    assert Payout.objects.count() == len(items) == EntryMove.objects.count()
    assert fresh(story.distribution).status == "paid"
    assert not is_reconciled(story.fund, EXIT)

    bounced = Payout.objects.get(item=others[0])
    form = reverse("distributions:payout_reverse", args=[story.distribution.pk, bounced.pk])
    assert form in client.get(reverse("banking:entry", args=[entry("came back").pk])).content.decode()
    story.take_back(bounced)
    back = Payout.objects.get(reverses=bounced)
    settling.link_entry(entry_id=entry("came back").pk, wires=[("payout", back.pk)], ctx=ctx)
    assert unexplained_up_to(story.fund, EXIT) == []
    found = reconciliations_of(story.fund)[0].days[-1]
    assert found.bank == found.ledger
