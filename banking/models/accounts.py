"""The accounts of a fund at banks, and how each bank's tables are read."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from blackgem.lib.decisions import person
from blackgem.lib.encrypted_fields import EncryptedCharField, encrypted_rails, index_of
from blackgem.lib.fields import SafeCharField
from blackgem.lib.text import masked
from funds.models import Fund


class BankAccount(models.Model):
    """An account whose statements are the fund's, in the fund's currency. `number` is the account number or IBAN
    without spaces; `bank` is what the bank calls itself in its files (BIC or routing number), where that is known."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="bank_accounts", db_index=False)
    number = EncryptedCharField(max_length=50, indexed=True)
    bank = SafeCharField(max_length=50, blank=True, default="", db_default="")
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "bank_accounts"
        constraints = [
            models.UniqueConstraint("fund", index_of("number"), name="bank_account_once_per_fund"),
            models.CheckConstraint(condition=~Q(number=""), name="bank_account_has_a_number"),
            *encrypted_rails("bank_account", indexed=("number",)),
        ]

    def __str__(self):
        return f"account {self.masked}"

    @property
    def masked(self) -> str:
        """The last four signs of its number."""
        return masked(self.number)


class TableMapping(models.Model):
    """A version of how the tables (CSV) of an account are read: columns, form of days and amounts, and the header that
    was there when a person named the columns. The newest counts."""

    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="mappings", db_index=False, db_constraint=False
    )
    version = models.PositiveIntegerField()
    mapping = models.JSONField()
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "table_mappings"
        constraints = [
            models.UniqueConstraint(fields=["account", "version"], name="table_mapping_version_once"),
        ]

    def __str__(self):
        return f"columns of {self.account_id}, version {self.version}"
