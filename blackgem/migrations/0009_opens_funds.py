from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blackgem", "0008_opened_writes")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="opens_funds",
            field=models.BooleanField(db_default=False, default=False, verbose_name="may open funds"),
        ),
    ]
