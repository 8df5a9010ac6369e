from blackgem.lib.sql import run_sql
from django.db import migrations


class Migration(migrations.Migration):
    """Who writes in which transaction, as the application signed it, and the keys that such a signature is checked with."""

    dependencies = [("blackgem", "0007_known_choices")]
    operations = run_sql(__file__, "tables")
