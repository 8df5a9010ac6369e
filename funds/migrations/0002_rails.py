from django.db import migrations

from blackgem.lib.sql import run_frozen


class Migration(migrations.Migration):
    dependencies = [("funds", "0001_initial")]
    operations = run_frozen(__file__, "rails")
