from django.db import migrations, models
from blackgem.lib.squashed import Together


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0032_corrections_by_two"),
    ]

    operations = [
        Together(
            [
                migrations.RemoveIndex(
                    model_name="capitaltransaction",
                    name="ledger_by_commitment",
                ),
                migrations.AddField(
                    model_name="capitaltransaction",
                    name="accrues_from",
                    field=models.DateField(null=True),
                ),
                migrations.AddField(
                    model_name="capitaltransaction",
                    name="passed_on",
                    field=models.BooleanField(db_default=False),
                ),
                migrations.AddField(
                    model_name="capitaltransaction",
                    name="refund_payout_id",
                    field=models.BigIntegerField(null=True),
                ),
                migrations.AlterField(
                    model_name="capitaltransaction",
                    name="type",
                    field=models.CharField(
                        choices=[
                            ("CONTRIBUTION", "Contribution"),
                            ("DISTRIBUTION", "Distribution"),
                            ("MANAGEMENT_FEE", "Management fee"),
                            ("FUND_EXPENSE", "Fund expense"),
                            ("ADJUSTMENT", "Adjustment"),
                            ("TRANSFER", "Transfer"),
                            ("EXCESS_RETURNED", "Capital back after a later closing"),
                            ("CONDUIT_INTEREST", "Interest between partners"),
                        ],
                        max_length=16,
                    ),
                ),
                migrations.AddIndex(
                    model_name="capitaltransaction",
                    index=models.Index(
                        fields=["commitment"],
                        include=(
                            "amount",
                            "call_item_id",
                            "counts_as_paid_in",
                            "counts_as_distributed",
                            "recallable",
                            "passed_on",
                            "refund_payout_id",
                        ),
                        name="ledger_by_commitment",
                    ),
                ),
                migrations.AddIndex(
                    model_name="capitaltransaction",
                    index=models.Index(
                        condition=models.Q(
                            ("passed_on", True), ("refund_payout_id__isnull", False), _connector="OR"
                        ),
                        fields=["fund"],
                        include=("amount", "call_item_id", "passed_on", "refund_payout_id"),
                        name="ledger_between_partners",
                    ),
                ),
            ]
        ),
    ]
