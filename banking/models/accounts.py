"""The accounts of a fund at banks, and how each bank's tables are read."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from blackgem.lib.decisions import person
from blackgem.lib.fields import SafeCharField
from funds.models import Fund


class BankAccount(models.Model):
    """An account whose statements are the fund's, in the fund's currency. `number` is the account number or IBAN
    without spaces; `bank` is what the bank calls itself in its files (BIC or routing number), where that is known."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="bank_accounts", db_index=False)
    number = SafeCharField(max_length=50)
    bank = SafeCharField(max_length=50, blank=True, default="", db_default="")
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "bank_accounts"
        constraints = [
            models.UniqueConstraint(fields=["fund", "number"], name="bank_account_once_per_fund"),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9A-Z]{1,50}$"), name="bank_account_number_is_plain"
            ),
        ]

    def __str__(self):
        return f"account {self.number}"


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
