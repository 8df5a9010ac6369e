"""What a contact that sees a commitment may do beside: those of before acknowledge letters, as they did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0027_readable_admin"),
    ]

    operations = [
        migrations.AddField(
            model_name="portalgrant",
            name="acknowledges",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="portalgrant",
            name="manages_contacts",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
