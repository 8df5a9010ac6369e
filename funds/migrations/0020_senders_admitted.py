import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0019_warning_mails"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="fund",
            name="sender_admitted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="fund",
            name="sender_admitted_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="fund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sender_admitted_at__isnull", True), ("sender_admitted_by__isnull", True)),
                    models.Q(("sender_admitted_at__isnull", False), ("sender_admitted_by__isnull", False)),
                    _connector="OR",
                ),
                name="fund_sender_admitted_at_with_by",
            ),
        ),
    ]
