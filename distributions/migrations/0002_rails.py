from django.db import migrations

from blackgem.lib.sql import run_sql


class Migration(migrations.Migration):
    # The check of what is unfunded, which a payout asks for by its name, belongs to the app that calls money in.
    dependencies = [("distributions", "0001_initial"), ("capital", "0003_ledger_purposes")]
    operations = run_sql(__file__, "keys")
