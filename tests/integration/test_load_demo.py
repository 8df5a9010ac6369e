"""The demonstration's data: complete, the same every time, and written under every rail."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Max, Min

from blackgem.demo import growth_fund, people, search_fund
from blackgem.management.commands.demo import PASSWORD, PEOPLE
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
from funds.models import (
    BankDetails,
    CapitalTransaction,
    Commitment,
    Fund,
    Notice,
    NoticeDelivery,
    NoticeRendering,
)
from tests.support import flush

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _demo(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        call_command("load_demo", "--no-documents", stdout=StringIO())
        yield
        flush()


@pytest.fixture
def growth():
    return Fund.objects.get(name=growth_fund.NAME)


@pytest.fixture
def search():
    return Fund.objects.get(name=search_fund.NAME)


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


# ---------------------------------------------------------------- the larger fund


def test_the_larger_fund_has_120_partners_and_twenty_calls_over_five_years(growth):
    assert growth.commitments.filter(kind=Commitment.Kind.LP).count() == 120
    issued = CapitalCall.objects.filter(fund=growth).issued()
    assert issued.aggregate(Count("pk"), Min("call_date"), Max("call_date")) == {
        "pk__count": 20,
        "call_date__min": date(2022, 2, 10),
        "call_date__max": date(2026, 11, 10),
    }
    assert growth.last_call_number == 21


def test_its_deals_are_in_every_state(growth):
    assert set(growth.allocations.values_list("state", flat=True)) == set(AllocationState.values)


def test_its_calls_hold_what_a_list_needs_to_show(growth):
    lines = CapitalCallItemLine.objects.filter(fund=growth)
    assert set(lines.values_list("basis", flat=True)) >= {"pro_rata", "edited", "excused"}
    assert lines.filter(reduces_unfunded=False).exists()
    late = CapitalCall.objects.filter(fund=growth).overdue(as_of=growth_fund.TODAY)
    assert late.count() == 5
    assert growth.commitments.filter(standing="defaulted").count() == 1


def test_three_things_wait_for_a_second_person(growth):
    assert growth.four_eyes
    assert growth.capital_calls.get(status=CallStatus.PENDING_APPROVAL).number == 21
    assert PaymentReversal.objects.pending().count() == 1
    assert BankDetails.objects.filter(fund=growth).awaiting_verification().count() == 1


def test_one_payment_is_reversed_and_cash_waits(growth):
    assert Payment.objects.filter(fund=growth, reverses__isnull=False).count() == 1
    assert FundCash.objects.get(fund=growth).unapplied == Decimal("49500.00")
    assert Receipt.objects.filter(fund=growth, capital__unapplied__gt=0).count() == 2


def test_imported_calls_have_no_letters_and_the_newest_has_all(growth):
    assert Notice.objects.filter(fund=growth).values_list("number", flat=True).count() == 121
    assert NoticeRendering.objects.filter(notice__fund=growth).count() == 121
    assert not NoticeDelivery.objects.filter(notice__fund=growth).exists()
    assert AuditEvent.objects.filter(verb="import_call", fund_id=growth.pk).count() == 19


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
    assert sum(row.amount for row in CapitalTransaction.objects.all()) == paid
