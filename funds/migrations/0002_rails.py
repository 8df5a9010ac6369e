from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("funds", "0001_initial")]
    operations = []
