"""What is encrypted opens in its own place alone, for whoever has the keys; another key loses nothing."""

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from blackgem.lib.encryption import CannotDecrypt, decrypted, encrypted, forget_keys
from blackgem.lib.privileges import PORTAL_ROLE
from funds.models import BankDetails, Investor
from tests.factories import BankDetailsFactory, InvestorFactory

pytestmark = pytest.mark.django_db


def test_a_secret_opens_in_its_own_place_alone():
    """Neither in another column, nor with the index of another number before it, nor with a sign changed."""
    one, other = (
        encrypted(number, "bank_details.iban", connection, indexed=True) for number in ("DE89", "GB29")
    )
    assert decrypted(one, "bank_details.iban", connection) == "DE89"
    exchanged = ".".join([*one.split(".")[:3], other.split(".")[3]])
    changed = one.replace(one.split(".")[2][-6:], "AAAAAA")
    for stored, place in (
        (one, "bank_details.account_number"),
        (exchanged, "bank_details.iban"),
        (changed, "bank_details.iban"),
        ("DE89", "bank_details.iban"),
    ):
        with pytest.raises(CannotDecrypt):
            decrypted(stored, place, connection)


def test_it_is_looked_for_by_its_blind_index_or_not_at_all():
    details = BankDetailsFactory(account_number="000111222333")
    InvestorFactory(tax_reference="12-3456789")
    assert BankDetails.objects.get(account_number="000111222333") == details
    assert not BankDetails.objects.filter(account_number__in=["000111222334"]).exists()
    assert list(BankDetails.objects.filter(iban="")) == [details]
    with pytest.raises(FieldError):
        Investor.objects.filter(tax_reference="12-3456789").exists()


def test_the_keys_are_read_also_in_the_middle_of_what_an_investor_reads():
    InvestorFactory(tax_reference="12-3456789")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tax_reference FROM investors")
        stored = cursor.fetchone()[0]
        cursor.execute(f"SET LOCAL ROLE {PORTAL_ROLE}")
        forget_keys()
        assert decrypted(stored, "investors.tax_reference", connection) == "12-3456789"
        cursor.execute("SELECT current_setting('role')")
        assert cursor.fetchone()[0] == PORTAL_ROLE
