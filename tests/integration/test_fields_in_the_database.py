"""The pinned fields against PostgreSQL: refused before it, and by it when somebody goes round them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Avg, DecimalField, F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from funds.models import Commitment, CommitmentEvent, Fund, Investor
from tests.factories import CommitmentFactory, FundFactory, FundTermsFactory, InvestorFactory, UserFactory
from tests.support.opened import written

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("amount", [Decimal("10.0005"), Decimal("NaN"), 10.5, Decimal(10) ** 13])
def test_saving_never_rounds_an_amount(amount):
    fund = FundFactory()
    before = Commitment.objects.count()
    with pytest.raises(ValidationError), transaction.atomic():
        CommitmentFactory(fund=fund, amount=amount)
    assert Commitment.objects.count() == before


@pytest.mark.parametrize("amount", ["10.0005", "NaN", "1e13", "-1e13"])
def test_the_database_type_refuses_what_goes_round_the_field(amount):
    with (
        pytest.raises(DatabaseError, match="money_amount"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT %s::numeric::money_amount", [amount])


def test_amounts_are_read_and_summed_with_two_decimals():
    fund = FundFactory()
    for amount in ("100000", "0.1", "9999999999999.99"):
        CommitmentFactory(fund=fund, amount=Decimal(amount))
    events = CommitmentEvent.objects.filter(fund=fund)
    assert [str(row.amount) for row in events.order_by("amount")] == [
        "0.10",
        "100000.00",
        "9999999999999.99",
    ]
    total = events.aggregate(total=Coalesce(Sum("amount"), Decimal(0)))["total"]
    assert str(total) == "10000000100000.09"
    assert CommitmentEvent.objects.none().aggregate(total=Coalesce(Sum("amount"), Decimal(0)))["total"] == 0
    third = events.aggregate(mean=Avg(F("amount") / 3, output_field=DecimalField()))["mean"]
    assert third > Decimal("1111111122222.22")


def test_amounts_are_added_within_a_row():
    commitment = CommitmentFactory(amount=Decimal("0.01"))
    rows = CommitmentEvent.objects.filter(commitment=commitment)
    doubled = rows.annotate(doubled=F("amount") + F("amount"), less=F("amount") - Decimal("0.01")).get()
    assert (doubled.doubled, doubled.less) == (Decimal("0.02"), 0)


def test_amounts_are_created_in_bulk():
    commitment = CommitmentFactory()
    said = {"kind": "increased", "changes_commitment": True, "four_eyes": False, "reason": "Signed more"}
    said |= {"effective_on": commitment.closing_date, "recorded_at": timezone.now()}
    keys = {"fund": commitment.fund, "commitment": commitment, "recorded_by": commitment.created_by}
    rows = [CommitmentEvent(amount=number, **said, **keys) for number in (1, 2)]
    with written():
        CommitmentEvent.objects.bulk_create(rows)
    created = CommitmentEvent.objects.filter(pk__in=[row.pk for row in rows])
    assert created.aggregate(total=Sum("amount"))["total"] == 3
    rows[0].amount = Decimal("0.0005")
    with pytest.raises(ValidationError), transaction.atomic():
        CommitmentEvent.objects.bulk_update(rows, ["amount"])


def test_text_with_hidden_characters_is_not_saved():
    user = UserFactory()
    for name in ("a\x00b", "a\u202eb", "a\ud800b", "a\nb"):
        with pytest.raises(ValidationError), transaction.atomic():
            Investor.objects.create(name=name, created_by=user)
    assert InvestorFactory(name="Zoë Müller – Family Office № 7").pk


def test_an_unknown_currency_is_not_saved():
    fund = FundFactory()
    fund.currency = "usd"
    with pytest.raises(ValidationError), transaction.atomic():
        fund.save()
    with pytest.raises(ValidationError):
        Fund.objects.filter(pk=fund.pk).update(currency="XXX")  # ISO 4217 for no currency


def test_rates_are_saved_exactly():
    terms = FundTermsFactory(carry_rate=Decimal("0.12345678"))
    terms.refresh_from_db()
    assert (str(terms.hurdle_rate), str(terms.carry_rate)) == ("0.08000000", "0.12345678")
    with pytest.raises(ValidationError), transaction.atomic():
        FundTermsFactory(carry_rate=Decimal("0.123456789"))


@pytest.mark.django_db
def test_every_date_and_time_of_every_table_has_bounds():
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.relname FROM pg_class c
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
               AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
                              AND a.atttypid IN ('date'::regtype, 'timestamptz'::regtype, 'timestamp'::regtype))
               AND NOT EXISTS (SELECT FROM pg_constraint k
                                WHERE k.conrelid = c.oid AND k.conname = 'dates_within_bounds')
        """)
        assert cursor.fetchall() == []
