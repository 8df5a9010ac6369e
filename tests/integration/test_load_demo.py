"""The demonstration's data: complete, the same every time, and written under every rail."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Max, Min, Sum

from banking.models import BankEntry
from banking.queries.matching import lines_of
from banking.queries.payments import candidates_of, lines_shown
from banking.queries.reconciliation import reconciliations_of
from blackgem.lib.invariants import sweep
from blackgem.models import AuditEvent, User
from capital.models import (
    AllocationCapital,
    CapitalCall,
    CapitalCallItemLine,
    FundCash,
    Payment,
    PaymentReversal,
    Receipt,
)
from capital.states import AllocationState, CallStatus
from closings.models import RefundCapital, RefundPayout
from devtools.demo import growth_fund, growth_partners, growth_payouts, growth_tax, people, search_fund
from devtools.management.commands.demo import PASSWORD, PEOPLE
from distributions.models import DistributionItem, Payout, WriteDown
from distributions.queries.workbook import workbook_of
from distributions.services.distributions import inputs_since
from fees.models import FeeCatchUp, FeeRun, FeeRunLine
from fees.queries.workbook import workbook_of as fee_workbook_of
from funds.models import (
    BankDetails,
    CapitalTransaction,
    Commitment,
    CommitmentEvent,
    Fund,
    Notice,
    NoticeDelivery,
    NoticeRendering,
    PartMessage,
    PortalGrant,
)
from tests.support.recalculated import Recalculated
from tests.support.staging import committed_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _demo(django_db_setup, django_db_blocker):
    with committed_rows(django_db_blocker):
        call_command("load_demo", "--no-documents", stdout=StringIO())
        yield


@pytest.fixture
def growth():
    return Fund.objects.get(name=growth_fund.NAME)


@pytest.fixture
def search():
    return Fund.objects.get(name=search_fund.NAME)


def test_the_bank_of_five_years_is_explained_and_one_statement_waits(growth, search):
    (found,) = reconciliations_of(growth)
    assert (found.until, found.holes) == (growth_fund.TODAY, ())
    assert all(day.is_explained and day.bank == day.ledger for day in found.days)
    assert growth.bank_statements.count() > 55
    assert min(day.bank for day in found.days) >= 0, "no bank lends to it"
    newest = search.bank_statements.order_by("-last_day")[0]
    assert len([line for line in lines_of(newest) if line.settled is None]) == 3
    (found,) = reconciliations_of(search)
    assert found.at(newest.last_day).undecided
    assert found.at(newest.first_day - timedelta(days=1)).is_explained


def test_a_second_load_does_nothing():
    def rows():
        models = (User, Fund, CapitalCall, Payment, AuditEvent, Notice)
        return [model.objects.count() for model in models]

    before, said = rows(), StringIO()
    call_command("load_demo", stdout=said)
    assert rows() == before
    assert said.getvalue().count("is there already") == 2


def test_everybody_the_demonstration_names_can_sign_in(client):
    named = [*PEOPLE, "jane.williams@demo.example", "acme.ventures@demo.example"]
    hashes = User.objects.filter(email__in=named, is_active=True).values_list("password", flat=True)
    assert len(hashes) == len(named)
    assert len(set(hashes)) == 1, "hashing takes long on purpose: one hash for all, tried once"
    assert client.login(email=named[0], password=PASSWORD)


def test_names_become_mailboxes():
    assert people.mailbox_of("Peter Novák") == "peter.novak"
    assert people.mailbox_of("Emily O’Connor") == "emily.oconnor"
    assert people.mailbox_of("Smith Family Office") == "smith.family.office"


# ---------------------------------------------------------------- the demo fund


def test_the_demo_fund_has_fourteen_partners_and_its_gp(search):
    lps = search.commitments.filter(kind=Commitment.Kind.LP)
    assert (lps.count(), sum(one.amount for one in lps)) == (14, 1_250_000)
    assert search.commitments.get(kind=Commitment.Kind.GP).amount == 0
    assert not search.four_eyes
    assert search.bank_details.verified().count() == 1


def test_every_call_of_the_demo_fund_has_its_letters_and_their_mail_queued(search):
    assert Notice.objects.filter(fund=search).count() == 42
    states = NoticeDelivery.objects.filter(notice__fund=search).values_list("state", flat=True)
    assert list(states) == ["queued"] * 42


def test_one_question_of_the_demo_fund_waits_and_one_is_answered(search):
    said = PartMessage.objects.filter(fund=search).order_by("pk")
    assert list(said.values_list("from_fund", flat=True)) == [False, True, False]


# ---------------------------------------------------------------- the larger fund


def test_the_larger_fund_has_a_call_each_quarter_of_five_years_and_that_of_its_second_closing(growth):
    assert growth.commitments.filter(kind=Commitment.Kind.LP).count() == 121
    issued = CapitalCall.objects.filter(fund=growth).issued()
    assert issued.aggregate(Count("pk"), Min("call_date"), Max("call_date")) == {
        "pk__count": 42,
        "call_date__min": date(2022, 1, 14),
        "call_date__max": date(2026, 11, 10),
    }
    assert growth.last_call_number == 43


def test_its_deals_are_in_every_state(growth):
    assert set(growth.allocations.values_list("state", flat=True)) == set(AllocationState.values)


def test_its_calls_hold_what_a_list_needs_to_show(growth):
    lines = CapitalCallItemLine.objects.filter(fund=growth)
    assert set(lines.values_list("basis", flat=True)) >= {"pro_rata", "edited", "excused"}
    assert lines.filter(reduces_unfunded=False).exists()
    late = CapitalCall.objects.filter(fund=growth).overdue(at=people.on(growth_fund.TODAY))
    assert late.count() == 10, "of whom is in default, the fees too"
    assert growth.commitments.filter(standing="defaulted").count() == 1


def test_three_things_wait_for_a_second_person(growth):
    assert growth.four_eyes
    assert growth.capital_calls.get(status=CallStatus.PENDING_APPROVAL).number == 43
    assert PaymentReversal.objects.pending().count() == 1
    assert BankDetails.objects.filter(fund=growth).awaiting_verification().count() == 1


def test_one_payment_is_reversed_and_cash_waits(growth):
    assert Payment.objects.filter(fund=growth, reverses__isnull=False).count() == 1
    assert FundCash.objects.get(fund=growth).unapplied == Decimal("49500.00")
    assert Receipt.objects.filter(fund=growth, capital__unapplied__gt=0).count() == 2


def test_one_commitment_was_increased_and_one_released(growth):
    changed = CommitmentEvent.objects.approved().filter(fund=growth, effective_on=growth_fund.CHANGED_ON)
    assert set(changed.values_list("commitment__investor__name", "kind", "amount", "effective_on")) == {
        (name, kind, amount, growth_fund.CHANGED_ON)
        for name, kind, amount in (
            ("John Anderson", "released", Decimal("-100000.00")),
            (growth_fund.PARTNERS[58][0], "increased", Decimal("500000.00")),
        )
    }


def test_partners_of_both_funds_see_both(growth, search):
    seen = PortalGrant.objects.filter(commitment__investor__name__in=growth_partners.SHARED)
    assert set(seen.values_list("commitment__fund", flat=True)) == {growth.pk, search.pk}
    assert seen.count() == 2 * len(growth_partners.SHARED)


def test_imported_calls_have_no_letters_and_the_newest_has_all(growth):
    about_calls = Notice.objects.filter(fund=growth, kind=Notice.Kind.CAPITAL_CALL)
    assert about_calls.count() == NoticeRendering.objects.filter(notice__in=about_calls).count() == 130
    mailed = NoticeDelivery.objects.filter(notice__in=about_calls)
    assert set(mailed.values_list("notice__commitment", flat=True)) == {
        *growth.closings.get().call.items.values_list("commitment", flat=True),
        *growth.commitments.filter(reference__in=growth_tax.OWED).values_list("pk", flat=True),
    }, "those of the closing and of a tax; those of the newest wait to be sent"
    assert AuditEvent.objects.filter(verb="import_call", fund_id=growth.pk).count() == 19 + 19


def test_its_fee_is_charged_by_runs_that_its_workbook_works_out_again(growth, tmp_path):
    counting = FeeRun.objects.counting().with_paid().filter(fund=growth)
    runs = list(counting.order_by("starts_on").select_related("bill__call"))
    assert [(run.starts_on, run.ends_on) for run in (runs[0], runs[-1])] == [
        (growth_fund.CLOSED, date(2022, 4, 1)),
        (date(2026, 10, 1), date(2027, 1, 1)),
    ]
    assert [run.number for run in runs if run.status == "nothing_due"] == [5], "all of it was offset"
    lines = FeeRunLine.objects.filter(run__in=runs)
    [steps_down] = {run.number for run in runs if run.lines.filter(true_up__lt=0).exists()}
    assert runs[steps_down - 1].starts_on == date(2026, 7, 1)
    for name in ("discount", "offset_applied"):
        assert lines.filter(**{f"{name}__gt": 0}).exists()
    late = {"commitment__reference": "0003"}
    assert not lines.filter(true_up__gt=0, **late).exists(), "it was charged at the second closing"
    charged = FeeCatchUp.objects.filter(fund=growth, **late).aggregate(Sum("net"))
    assert charged == {"net__sum": Decimal("9277.78")}, "for what it promised more then"
    path = tmp_path / "fees.xlsx"
    path.write_bytes(fee_workbook_of(growth, at=people.on(growth_fund.TODAY)))
    book = Recalculated(path)
    assert (book.errors(), book.verdict) == ([], "OK")
    assert round(Decimal(book.cell("Result", 7, 2)), 2) == sum(run.net for run in runs)


def test_its_second_closing_is_settled_paid_and_paid_back(growth):
    closing = growth.closings.get()
    assert (closing.status, closing.call.status) == ("settled", CallStatus.FULLY_FUNDED)
    back = RefundCapital.objects.filter(refund__closing=closing)
    assert back.count() == 120, "the 119 who stayed as they were, and the GP"
    assert not back.filter(outstanding__gt=0).exists()


# ---------------------------------------------------------------- money out


def test_the_sale_of_the_demo_fund_is_a_draft_with_the_figures_of_a_cfo(search):
    [sale] = search.distributions.all()
    assert (sale.status, sale.total_amount, sale.date) == ("draft", 500_000, date(2027, 6, 30))
    assert sale.deal.name == "ABC Manufacturing"
    paid = {tier.kind: (tier.lp_amount, tier.gp_amount) for tier in sale.tiers.all()}
    assert paid == {
        "return_of_capital": (325_000, 0),
        "preferred_return": (Decimal("40238.84"), 0),
        "catch_up": (0, Decimal("10059.71")),
        "split": (Decimal("99761.16"), Decimal("24940.29")),
    }
    assert (search.distributed.distributed, search.partners.unfunded) == (0, 900_000)


def test_the_larger_fund_paid_out_all_it_issued_but_to_some_whom_files_pay(growth):
    told = growth.distributions.order_by("number").values_list("date__year", "type", "recallable", "status")
    assert list(told) == [
        (2023, "RETURN_OF_CAPITAL", True, "paid"),
        (2025, "RETURN_OF_EXCESS_CAPITAL", False, "paid"),
        (2025, "EXIT_PROCEEDS", False, "paid"),
        (2026, "EXIT_PROCEEDS", False, "paid"),
        (2026, "EXIT_PROCEEDS", False, "sent"),
    ]
    account = growth.distributed
    waits = growth.distributions.last().items.filter(commitment__reference__in=growth_payouts.LATER[2:])
    assert (account.distributed, account.payable) == (156_100_000, sum(one.net_amount for one in waits))
    first, second = growth.payment_files.order_by("number")
    assert (first.state, second.state) == ("accepted", "handed_over")
    assert {one.state for one in lines_shown(first, first.lines.all())} == {"Paid"}
    assert {one.state for one in lines_shown(second, second.lines.all())} == {"To be paid"}
    seen = BankEntry.objects.filter(end_to_end_id__in=first.lines.values("end_to_end_id"))
    assert [one.moves.get().kind for one in seen] == ["payout", "payout"]
    [to_write] = [one for one in candidates_of(growth) if not one.why_not]
    assert to_write.account.commitment.reference == growth_payouts.WAITING[0]
    parts = (
        account.return_of_capital,
        account.preferred_return,
        account.profit_share,
        account.carried_interest,
    )
    assert sum(parts) == account.distributed
    assert all(part > 1_000_000 for part in parts)
    assert WriteDown.objects.filter(fund=growth).count() == 1
    [netted] = Payout.objects.filter(fund=growth, setoff_part_id__isnull=False)
    passed_on = RefundCapital.objects.filter(refund__remedy__default__fund=growth)
    assert (netted.set_off, passed_on.aggregate(Sum("paid_out"))["paid_out__sum"]) == (
        growth_tax.OWED[growth_tax.NETTED],
        Decimal("316.93"),
    ), "96,400.00 at 10 % for twelve days of 365"


def test_capital_given_back_can_be_called_again(growth):
    lps = growth.commitments.filter(kind=Commitment.Kind.LP)
    assert growth.distributed.recallable > 7_000_000, "the recapitalisation, and what was not used"
    assert growth.partners.recallable == growth.distributed.recallable
    assert all(one.capital.recallable > 0 for one in lps.select_related("capital"))


def test_one_exit_reaches_catch_up_and_carry(growth):
    exit = growth.distributions.get(number=5)
    together = {tier.kind: tier for tier in exit.tiers.all()}
    assert together["catch_up"].gp_amount > 0
    assert together["split"].gp_amount > 0
    assert together["catch_up"].owed_after == 0, "everybody's GP has caught up"
    assert (
        growth.commitments.get(kind="gp").distributions.carried_interest
        == growth.distributed.carried_interest
    )
    lps = Commitment.objects.filter(fund=growth, kind="lp").select_related("distributions")
    profit = growth.distributed.distributed - growth.distributed.return_of_capital
    assert sum(one.distributions.profit_share for one in lps) < profit
    assert exit.four_eyes
    assert exit.approved_by != exit.submitted_by


def test_every_distribution_of_the_larger_fund_has_its_letters_and_their_mail_queued(growth):
    letters = Notice.objects.filter(fund=growth, kind=Notice.Kind.DISTRIBUTION)
    owed = DistributionItem.objects.filter(fund=growth, gross_amount__gt=0)
    assert set(letters.values_list("item_id", flat=True)) == set(owed.values_list("pk", flat=True))
    assert letters.count() == NoticeDelivery.objects.filter(notice__in=letters).count() > 600


def test_nothing_of_it_has_moved_since(growth):
    for one in growth.distributions.all():
        assert inputs_since(one) is None


def test_its_workbooks_work_it_out_again(search, growth, tmp_path):
    """The draft of the sale, and the exit of a hundred and twenty accounts that bears carry."""
    for one in (search.distributions.get(), growth.distributions.get(number=5)):
        path = tmp_path / f"{one.fund_id}.xlsx"
        path.write_bytes(workbook_of(one, at=people.on(growth_fund.TODAY)))
        book = Recalculated(path)
        assert book.verdict == "OK"
        stored = [(tier.lp_amount, tier.gp_amount, "OK") for tier in one.tiers.order_by("position")]
        assert list(book.steps().values())[:-1] == stored


def test_the_whole_of_it_reconciles():
    assert [finding for finding in sweep() if finding.count] == []


# ---------------------------------------------------------------- all of it


def test_nothing_depends_on_the_day_it_was_loaded():
    assert AuditEvent.objects.aggregate(Max("happened_at"))["happened_at__max"] == people.on(
        growth_fund.TODAY
    )
    assert Payment.objects.aggregate(Max("value_date"))["value_date__max"] <= growth_fund.TODAY


def test_stored_states_and_the_ledger_agree_with_the_amounts():
    for one in AllocationCapital.objects.select_related("allocation"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT allocation_state(%s, %s, %s)", [one.committed, one.called, one.funded])
            assert cursor.fetchone() == (one.allocation.state,)
    paid = sum(payment.amount for payment in Payment.objects.all())
    paid_out = sum(payout.amount for payout in Payout.objects.all())
    paid_back = sum(payout.amount for payout in RefundPayout.objects.all())
    assert sum(row.amount for row in CapitalTransaction.objects.all()) == paid - paid_out - paid_back
