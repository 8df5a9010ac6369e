from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("capital", "0009_residual_settlements")]
    operations = [
        migrations.AlterField(
            model_name="residualsettlement",
            name="kind",
            field=models.CharField(choices=[("carried", "Carried"), ("waived", "Waived")], max_length=8),
        ),
        migrations.RemoveConstraint(model_name="residualsettlement", name="residual_settled_once"),
        migrations.RemoveConstraint(model_name="residualsettlement", name="residual_kind_known"),
        migrations.AddConstraint(
            model_name="residualsettlement",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("rejected_at__isnull", True), models.Q(("kind", "carried"), _negated=True)
                ),
                fields=("item",),
                name="residual_settled_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="residualsettlement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "carried"), ("rejected_at__isnull", True)),
                fields=("item",),
                name="residual_carried_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="residualsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["carried", "waived"])), name="residual_kind_known"
            ),
        ),
    ]
