from django.db import migrations

from blackgem.lib.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("capital", "0001_initial")]
    operations = run_sql(__file__, "keys")
