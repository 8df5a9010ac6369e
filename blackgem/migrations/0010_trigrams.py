from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """What finds a piece of a name by an index. The extension is trusted: who owns the database may create it."""

    dependencies = [("blackgem", "0009_opens_funds")]
    operations = [TrigramExtension()]
