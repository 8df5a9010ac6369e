from django.db import migrations

from blackgem.lib.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("distributions", "0002_rails"), ("capital", "0002_rails")]
    operations = run_sql(__file__, "keys")
