from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("capital", "0011_residuals_are_expensed")]
    operations = [
        migrations.RemoveConstraint(model_name="payment", name="payment_by_receipt_or_settlement"),
        migrations.RemoveConstraint(model_name="residualsettlement", name="residual_settled_once"),
        migrations.RemoveConstraint(model_name="residualsettlement", name="residual_carried_once"),
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
                    models.Q(
                        ("receipt__isnull", True),
                        ("reverses__isnull", False),
                        ("settlement__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="payment_by_receipt_or_settlement",
            ),
        ),
        migrations.AddConstraint(
            model_name="residualsettlement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("approved_at__isnull", True), ("rejected_at__isnull", True)),
                fields=("item",),
                name="one_residual_waits_per_item",
            ),
        ),
    ]
