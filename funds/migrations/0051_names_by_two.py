from importlib import import_module

from django.db import migrations, models

from blackgem.lib.squashed import Together

BEFORE = import_module("funds.migrations.0050_letter_wordings").KINDS
KINDS = [*BEFORE, ("name", "Legal name and address of the fund"), ("partner", "Name of a partner")]


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0050_letter_wordings"),
    ]

    operations = [
        Together(
            [
                migrations.RemoveConstraint(model_name="controlchange", name="control_change_kind_is_known"),
                migrations.AlterField(
                    model_name="controlchange",
                    name="kind",
                    field=models.CharField(choices=KINDS, max_length=12),
                ),
                migrations.AddConstraint(
                    model_name="controlchange",
                    constraint=models.CheckConstraint(
                        condition=models.Q(kind__in=[kind for kind, _ in KINDS]),
                        name="control_change_kind_is_known",
                    ),
                ),
            ]
        )
    ]
