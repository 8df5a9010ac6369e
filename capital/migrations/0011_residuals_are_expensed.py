import django.db.models.deletion
from django.db import migrations, models

KEYS = """
    ALTER TABLE payments
        ADD CONSTRAINT payment_belongs_to_settlement FOREIGN KEY (settlement_id, item_id, call_id, fund_id, commitment_id)
            REFERENCES residual_settlements (id, item_id, call_id, fund_id, commitment_id)
"""


class Migration(migrations.Migration):
    dependencies = [("capital", "0010_residuals_are_carried")]
    operations = [
        migrations.AlterField(
            model_name="residualsettlement",
            name="kind",
            field=models.CharField(
                choices=[("carried", "Carried"), ("expensed", "Charged to expenses"), ("waived", "Waived")],
                max_length=8,
            ),
        ),
        migrations.RemoveConstraint(model_name="residualsettlement", name="residual_kind_known"),
        migrations.AddConstraint(
            model_name="residualsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["carried", "expensed", "waived"])),
                name="residual_kind_known",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="receipt",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="capital.receipt",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="settlement",
            field=models.OneToOneField(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment",
                to="capital.residualsettlement",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("receipt__isnull", False), ("settlement__isnull", True)),
                    models.Q(
                        ("receipt__isnull", True),
                        ("reverses__isnull", True),
                        ("settlement__isnull", False),
                        ("tx_ref__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="payment_by_receipt_or_settlement",
            ),
        ),
        migrations.RunSQL(KEYS),
    ]
