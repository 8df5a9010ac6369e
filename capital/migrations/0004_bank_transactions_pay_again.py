from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("capital", "0003_ledger_purposes")]
    operations = [migrations.RemoveConstraint("payment", "payment_tx_ref_once_per_item")]
