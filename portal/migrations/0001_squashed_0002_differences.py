import blackgem.lib.fields
import django.db.models.deletion
from django.db import migrations, models

from blackgem.lib.squashed import Together


class Migration(migrations.Migration):
    """What the migrations up to 0002 make of an empty database."""

    initial = True
    replaces = [
        ("portal", "0001_row_level_security"),
        ("portal", "0002_differences"),
    ]
    dependencies = [
        ("capital", "0003_ledger_purposes"),
        ("distributions", "0003_parts_agree"),
        ("funds", "0027_readable_admin"),
    ]
    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="CommitmentDifferences",
                    fields=[
                        (
                            "commitment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="differences",
                                serialize=False,
                                to="funds.commitment",
                            ),
                        ),
                        ("uncalled", blackgem.lib.fields.MoneyField()),
                        ("outside", blackgem.lib.fields.MoneyField()),
                        ("recallable", blackgem.lib.fields.MoneyField()),
                        ("waived", blackgem.lib.fields.MoneyField()),
                        ("borne", blackgem.lib.fields.MoneyField()),
                        ("not_capital", blackgem.lib.fields.MoneyField()),
                        ("returned_unused", blackgem.lib.fields.MoneyField()),
                        ("withheld", blackgem.lib.fields.MoneyField()),
                        ("payable", blackgem.lib.fields.MoneyField()),
                    ],
                    options={
                        "db_table": "commitment_differences",
                        "abstract": False,
                        "managed": False,
                    },
                ),
            ]
        ),
    ]
