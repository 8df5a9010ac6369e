from blackgem.lib.folding import folded_column
from django.db import migrations, models


class Migration(migrations.Migration):
    """Distributions are found by number and source, their parts by amount."""

    dependencies = [("distributions", "0009_known_choices"), ("blackgem", "0010_trigrams")]
    operations = [
        *folded_column(
            "distributions",
            "'distribution ' || number::text || ' dn' || number::text || ' ' || source",
            index=False,
        ),
        migrations.AddIndex(
            model_name="distributionitem",
            index=models.Index(fields=["gross_amount"], name="distribution_items_by_gross"),
        ),
        migrations.AddIndex(
            model_name="distributionitem",
            index=models.Index(fields=["net_amount"], name="distribution_items_by_net"),
        ),
    ]
