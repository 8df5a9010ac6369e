from blackgem.lib.folding import trigram_index
from django.db import migrations


class Migration(migrations.Migration):
    """Payouts are found by any piece of their reference."""

    dependencies = [("distributions", "0010_search")]
    operations = [trigram_index("payouts", "lower(reference)", "payouts_by_reference")]
