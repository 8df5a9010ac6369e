from blackgem.lib.folding import folded_column, trigram_index
from django.db import migrations, models


class Migration(migrations.Migration):
    """Calls are found by number and purpose, money by its amount and by what the bank and the payer said."""

    dependencies = [("capital", "0013_known_choices"), ("blackgem", "0010_trigrams")]
    operations = [
        *folded_column(
            "capital_calls",
            "'capital call ' || number::text || ' cc' || number::text || ' ' || purpose",
            index=False,
        ),
        trigram_index("receipts", "lower(coalesce(tx_ref, '') || ' ' || payer)", "receipts_by_tx_ref"),
        trigram_index("payments", "lower(reference)", "payments_by_reference"),
        migrations.AddIndex(
            model_name="capitalcallitem", index=models.Index(fields=["amount"], name="call_items_by_amount")
        ),
        migrations.AddIndex(
            model_name="payment", index=models.Index(fields=["amount"], name="payments_by_amount")
        ),
        migrations.AddIndex(
            model_name="receipt", index=models.Index(fields=["amount"], name="receipts_by_amount")
        ),
    ]
