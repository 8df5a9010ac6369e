import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0004_contact_invitations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NoticeReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "deed",
                    models.CharField(
                        choices=[("opened", "Opened"), ("acknowledged", "Acknowledged")], max_length=12
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="funds.notice",
                    ),
                ),
            ],
            options={
                "db_table": "notice_readings",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("deed__in", ["opened", "acknowledged"])),
                        name="notice_reading_deed_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deed", "acknowledged")),
                        fields=("notice", "by"),
                        name="notice_acknowledged_once_per_person",
                    ),
                ],
            },
        ),
    ]
