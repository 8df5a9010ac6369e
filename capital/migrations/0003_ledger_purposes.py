from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("capital", "0002_rails"), ("funds", "0003_waterfall_terms")]
    operations = []
