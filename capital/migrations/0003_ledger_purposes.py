from django.db import migrations

from blackgem.lib.sql import run_frozen


class Migration(migrations.Migration):
    dependencies = [("capital", "0002_rails"), ("funds", "0003_waterfall_terms")]
    operations = run_frozen(__file__, "functions")
