from blackgem.lib.folding import folded_column, trigram_index
from django.db import migrations


class Migration(migrations.Migration):
    """Names and numbers are found by any piece of them."""

    dependencies = [("funds", "0022_seals"), ("blackgem", "0010_trigrams")]
    operations = [
        *folded_column("funds", "name || ' ' || legal_name || ' ' || code"),
        *folded_column("investors", "name"),
        *folded_column("investor_contacts", "name || ' ' || email"),
        *folded_column("deals", "name"),
        trigram_index("commitments", "lower(reference)", "commitments_by_reference"),
        trigram_index("notices", "lower(number)", "notices_by_number"),
    ]
