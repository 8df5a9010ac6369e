"""A fee that no wire of the partners pays: held back from a distribution, or paid by the fund from cash on hand."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse

from banking.models import BankEntry
from banking.queries.reconciliation import is_reconciled, unexplained_up_to
from banking.services import settling
from banking.services.accounts import add_bank_account
from banking.services.files import upload_statement
from banking.services.reading import read_next
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from capital.models import CallItemCapital, CapitalCall, CommitmentCapital
from closings.services import setoffs
from distributions.models import CommitmentDistributions
from distributions.queries.valuation import valuation_on
from distributions.services import distributions, payouts
from distributions.services.planning import DistributionPlan
from fees.models import FeePayment, FeeRun, FeeStatement
from fees.queries.pages import runs_of
from fees.services import cancellations, payments, runs
from funds.models import CapitalTransaction, Notice
from funds.queries.cash_moves import moves_of, payables_of
from funds.services.nav import enter_nav
from funds.services.rendering import letter_html
from tests.factories import ContactFactory, FundTermsFactory, UserFactory
from tests.integration.capital.test_as_of import rows_of
from tests.integration.fees.story import FeeStory, figures
from tests.support import bank_files
from tests.support.api import Api
from tests.support.bank_files import Booking
from tests.support.invariants import violations
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db

JANUARY, APRIL = date(2026, 1, 1), date(2026, 4, 1)


class DistributingStory(FeeStory):
    """In January the partners paid 1,800,000.00 for a deal, of which 300,000.00 is given back in April."""

    def __init__(self, **more):
        super().__init__(**more)
        FundTermsFactory(
            fund=self.fund,
            hurdle_rate=D("0.08"),
            carry_rate=D("0.20"),
            catch_up_rate=1,
            scope="per_investor",
            created_by=self.manager,
        )
        self.invested(JANUARY, "1000000.00", "500000.00", "250000.00", "50000.00")

    def give(self, amount, day, withholding=None):
        plan = DistributionPlan(self.fund.pk, D(amount), day, withholding=withholding or {})
        draft = distributions.draft_distribution(plan=plan, ctx=self.on(day))
        return distributions.issue_distribution(distribution_id=draft.pk, ctx=self.on(day))


def test_a_fee_is_held_back_from_a_distribution(client, django_assert_max_num_queries):
    """B owes 25,000.00 and C 12,500.00; tax is withheld of C's part, which does not reach for its fee."""
    story = DistributingStory()
    a, b, c = story.partners
    given = story.give("75000.00", APRIL, {c.pk: D("417.00")})
    run = story.run(APRIL)
    call = run.bill.call
    before = rows_of(CommitmentCapital.objects.filter(fund=story.fund))
    client.force_login(story.manager)
    page = reverse("fees:run", args=[run.pk])
    with django_assert_max_num_queries(10):
        shown = client.get(page)
    address = reverse("closings:setoff_new", args=[given.pk, call.pk])
    assert address in shown.content.decode()
    net = {item.commitment_id: item.net_amount for item in given.items.all()}
    most = {one.pk: min(owed, net[one.pk]) for one, owed in ((a, D(50000)), (b, D(25000)), (c, D(12500)))}
    assert f"${sum(most.values()):,.2f}" in text_of(shown)
    form = {f"amount_{key}": str(amount) for key, amount in most.items()}
    client.post(address, form | {"value_date": APRIL.isoformat(), "reason": "Clause 8.3"})
    shown = text_of(client.get(page))
    assert "Set off" in shown
    assert "Possible now" not in shown

    after = {one.pk: one for one in CommitmentCapital.objects.filter(fund=story.fund)}
    left = dict(CallItemCapital.objects.filter(call=call).values_list("commitment", "outstanding"))
    for partner, fee in ((a, D(50000)), (b, D(25000)), (c, D(12500))):
        assert left[partner.pk] == fee - most[partner.pk]
        assert after[partner.pk].paid_in - before[partner.pk]["paid_in"] == most[partner.pk]
        distributed = CommitmentDistributions.objects.get(pk=partner.pk).distributed
        assert distributed == given.items.get(commitment=partner).gross_amount
    # The bank sees the net alone: what is left of each part of the distribution, and of each fee.
    out = {move.who: -move.amount for move in moves_of(story.fund) if move.kind == "payout"}
    assert out == {
        partner.investor.name: net[partner.pk] - most[partner.pk]
        for partner in story.partners
        if net[partner.pk] != most[partner.pk]
    }
    letters = {one.commitment_id: one for one in Notice.objects.newest(Notice.Kind.CAPITAL_CALL, call.pk)}
    words = letter_html(letters[c.pk])
    for said in (
        "How your management fee was worked out",
        "2% a year on $2,500,000.00",
        "12,500.00",
        "417.00",
        f"{most[c.pk]:,.2f}",
        f"{D(12500) - most[c.pk]:,.2f}",
    ):
        assert said in words, said
    assert violations() == []

    [setoff] = call.setoffs.all()
    for part in setoff.parts.all():
        setoffs.request_setoff_reversal(part_id=part.pk, reason="Not agreed", ctx=story.on(APRIL))
    assert "Taken back" in text_of(client.get(page))
    payouts.pay_out(distribution_id=given.pk, value_date=APRIL, method="wire", ctx=story.on(APRIL))
    assert "Hold back" not in text_of(client.get(page))
    assert violations() == []


def test_the_fund_pays_a_fee_from_cash_on_hand(client, django_assert_max_num_queries):
    """Nobody is called: every partner bears its part, the books have one wire, and no figure of capital moves."""
    story = DistributingStory(four_eyes=False, schedule={"vat_rate": "0.19", "inside": True})
    enter_nav(fund_id=story.fund.pk, as_of=JANUARY, amount="1800000.00", ctx=story.on(JANUARY))
    before = rows_of(CommitmentCapital.objects.filter(fund=story.fund))
    ledger = CapitalTransaction.objects.filter(fund=story.fund).count()
    client.force_login(story.manager)
    form = {"due_on": "2199-01-01", "paid_from": "cash", "waived": "0", "do": "ask"}
    client.post(reverse("fees:run_new", args=[story.fund.pk]), form)
    run = FeeRun.objects.get()
    assert (run.net, run.tax) == (D("87500.00"), D("16625.00"))
    calls = CapitalCall.objects.filter(lines__kind="management_fee")
    assert not calls.exists()
    with django_assert_max_num_queries(10):
        page = text_of(client.get(reverse("fees:run", args=[run.pk])))
    assert "To be paid from cash on hand" in page
    [owed] = payables_of(story.fund)
    assert (owed.amount, owed.row_id) == (D("104125.00"), run.pk)
    today = story.fund.day_of(run.approved_at)
    pay = reverse("fees:run_pay", args=[run.pk])
    early = client.post(pay, {"paid_date": (today - timedelta(1)).isoformat()})
    assert "before the day on which the fee was approved" in text_of(early)
    assert "lies in the future" in text_of(client.post(pay, {"paid_date": "2199-01-01"}))
    client.post(pay, {"paid_date": today.isoformat(), "reference": "FEE1"})
    again = client.post(pay, {"paid_date": today.isoformat()})
    assert (again.status_code, "paid already" in text_of(again)) == (409, True)
    payment = FeePayment.objects.get()
    wires = [(move.kind, move.amount) for move in moves_of(story.fund) if move.kind == "fee_payment"]
    assert wires == [("fee_payment", D("-104125.00"))]
    assert payables_of(story.fund) == []
    # The net asset value is lower by what left the account, for each partner by its own fee, and for the GP by none.
    valued = valuation_on(story.fund, today)
    assert valued.amount == D("1800000.00") - D("104125.00")
    assert {key: worth.gross for key, worth in valued.worth.items()} == {
        story.partners[0].pk: D("940500.00"),
        story.partners[1].pk: D("470250.00"),
        story.partners[2].pk: D("235125.00"),
        story.gp.pk: D("50000.00"),
    }
    assert rows_of(CommitmentCapital.objects.filter(fund=story.fund)) == before
    assert CapitalTransaction.objects.filter(fund=story.fund).count() == ledger
    assert violations() == []

    # It was charged: the next run goes on from its last day, and trues nothing up.
    following = runs.preview_fee_run(fund=story.fund)
    assert (following.period.start, following.instalment.net) == (APRIL, D("87500.00"))
    contact = ContactFactory(investor=story.partners[0].investor, user=UserFactory())
    client.force_login(contact.user)
    own = FeeStatement.objects.get(run=run, commitment=story.partners[0])
    said = text_of(client.get(reverse("portal:fee", args=[own.public_id])))
    assert "The fund pays it from cash on hand" in said
    assert "Paid by the fund" in text_of(client.get(reverse("portal:fee_list")))

    told = Api.of(contact.user).read("/portal/management-fees")["managementFees"]
    assert [(one["status"], one["due"], one["parts"][0]["days"]) for one in told] == [
        ("PAID_BY_FUND", D("59500.00"), 90)
    ]
    assert [(one["label"], one["amount"]) for one in told[0]["steps"]] == [
        ("Fee before what comes off", D("50000.00"))
    ]

    client.force_login(story.manager)
    back = reverse("fees:payment_take_back", args=[payment.pk])
    assert "104,125.00" in text_of(client.get(back))
    client.post(back, {"reason": "Posted twice", "bounced": "no"})
    assert [one.amount for one in payables_of(story.fund)] == [D("104125.00")]
    assert valuation_on(story.fund, today).amount == D("1800000.00")
    assert "had not left: Posted twice" in text_of(client.get(reverse("fees:run", args=[run.pk])))
    rows = client.get(reverse("fees:run_export", args=[story.fund.pk, "csv"])).getvalue().decode()
    assert '"To be paid from cash","Cash on hand","","USD"' in rows
    assert violations() == []

    # Nothing of it is paid now: it is cancelled, and the same days are worked out anew.
    cancel = reverse("fees:run_cancel", args=[run.pk])
    assert client.post(cancel, {"reason": " "}).status_code == 422
    client.post(cancel, {"reason": "A call shall ask for it"})
    with django_assert_max_num_queries(10):
        page = text_of(client.get(reverse("fees:run", args=[run.pk])))
    assert "A call shall ask for it. It counts no longer" in page
    assert payables_of(story.fund) == []
    assert runs.preview_fee_run(fund=story.fund).period.start == JANUARY
    again = client.post(pay, {"paid_date": today.isoformat()})
    assert (again.status_code, "Nothing of this fee" in text_of(again)) == (409, True)
    client.force_login(contact.user)
    assert "Withdrawn" in text_of(client.get(reverse("portal:fee_list")))
    assert violations() == []


def test_two_decide_that_the_fund_pays_and_two_take_it_back(client):
    story = FeeStory(four_eyes=True)
    asked = story.ask(JANUARY, paid_from="cash")
    day = story.on(JANUARY)
    with pytest.raises(Conflict, match="Nothing of this fee"):
        payments.pay_fee_run(run_id=asked.pk, value_date=JANUARY, ctx=day)
    runs.approve_fee_run(run_id=asked.pk, ctx=story.on(JANUARY, story.second))
    payment = payments.pay_fee_run(run_id=asked.pk, value_date=JANUARY, ctx=day)
    taking = {"payment_id": payment.pk, "reason": "Bounced", "cash_on": JANUARY}
    with pytest.raises(Forbidden, match="another person"):
        payments.take_fee_payment_back(**taking, ctx=day)
    with pytest.raises(InvalidInput):
        payments.take_fee_payment_back(**taking | {"reason": " "}, ctx=story.on(JANUARY, story.second))
    back = payments.take_fee_payment_back(**taking, ctx=story.on(JANUARY, story.second))
    assert [move.amount for move in moves_of(story.fund)] == [D("-87500.00"), D("87500.00")]
    with pytest.raises(Conflict, match="taken back already"):
        payments.take_fee_payment_back(**taking, ctx=story.on(JANUARY, story.second))
    assert back.reverses == payment
    payments.pay_fee_run(run_id=asked.pk, value_date=JANUARY, ctx=day)
    assert [one.status for one in runs_of(story.fund)] == ["paid"]
    with pytest.raises(Conflict, match="take the payment back first"):
        cancellations.cancel_fee_run(run_id=asked.pk, reason="Mistyped", ctx=day)
    billed = story.run(APRIL)
    assert figures(billed, "true_up", "net")[story.partners[0].reference] == ["0.00", "50000.00"]
    with pytest.raises(Conflict, match="Nothing of this fee"):
        payments.pay_fee_run(run_id=billed.pk, value_date=APRIL, ctx=story.on(APRIL))
    assert violations() == []

    # A third run, of which the second person asks that it counts no longer, and the first decides.
    july, asks = date(2026, 7, 1), {"reason": "Mistyped"}
    third = story.run(july, paid_from="cash")
    for run, words in ((billed, "cancelled with its call"), (asked, "payment back first")):
        with pytest.raises(Conflict, match=words):
            cancellations.cancel_fee_run(run_id=run.pk, **asks, ctx=story.on(july))
    row = cancellations.cancel_fee_run(run_id=third.pk, **asks, ctx=story.on(july, story.second))
    with pytest.raises(Conflict, match="asked to cancel it already"):
        cancellations.cancel_fee_run(run_id=third.pk, **asks, ctx=story.on(july))
    with pytest.raises(Forbidden):
        cancellations.approve_fee_cancellation(cancellation_id=row.pk, ctx=story.on(july, story.second))
    client.force_login(story.manager)
    client.post(reverse("fees:cancellation_approve", args=[row.pk]))
    assert [one.status for one in runs_of(story.fund)] == ["cancelled", "billed", "paid"]
    assert story.run(july).starts_on == third.starts_on
    assert violations() == []


def test_the_bank_confirms_what_the_fund_paid_and_what_came_back(client):
    story, day = FeeStory(), date(2026, 1, 2)
    ctx = story.on(day)
    run = story.run(day, paid_from="cash")
    add_bank_account(fund_id=story.fund.pk, number=bank_files.NUMBER, ctx=ctx)
    rows = [
        Booking(day, D("100000.00"), "B0", "sale of the company"),
        Booking(day, D("-87500.00"), "B1", "fee of the quarter"),
        Booking(day, D("87500.00"), "B2", "came back"),
    ]
    file = bank_files.camt(rows, D("0.00"))
    upload_statement(fund_id=story.fund.pk, name="january", content=file, ctx=ctx)
    assert read_next(at=ctx.at)
    sale, left, back = (BankEntry.objects.get(reference=f"B{n}") for n in range(3))
    settling.classify_entry(entry_id=sale.pk, entry_class="deal_proceeds", ctx=ctx)
    client.force_login(story.manager)
    page = text_of(client.get(reverse("banking:entry", args=[left.pk])))
    assert "Management fee, run 1: Manager" in page
    settling.pay_out_entry(entry_id=left.pk, kind="fee_payment", row_ids=[run.pk], ctx=ctx)
    with pytest.raises(Conflict):
        settling.pay_out_entry(entry_id=left.pk, kind="fee_payment", row_ids=[run.pk], ctx=ctx)
    payment = run.payments.get()
    assert (payment.value_date, payment.reference) == (day, "B1")
    assert "payment of a management fee" in text_of(client.get(reverse("banking:entry", args=[left.pk])))
    address = reverse("fees:payment_take_back", args=[payment.pk])
    assert address in client.get(reverse("banking:entry", args=[back.pk])).content.decode()
    assert not is_reconciled(story.fund, day)
    taken = payments.take_fee_payment_back(payment_id=payment.pk, reason="Returned", cash_on=day, ctx=ctx)
    settling.link_entry(entry_id=back.pk, wires=[("fee_payment", taken.pk)], ctx=ctx)
    assert unexplained_up_to(story.fund, day) == []
    assert violations() == []
