from django.conf import settings
from django.db import migrations, models
from blackgem.lib.squashed import Together


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0031_register"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            [
                migrations.RemoveConstraint(
                    model_name="commitmentevent",
                    name="commitment_event_has_reason",
                ),
                migrations.AddConstraint(
                    model_name="commitmentevent",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_at__isnull", False), ("four_eyes", False), ("kind", "admitted")
                            ),
                            ("kind", "corrected"),
                            models.Q(
                                models.Q(("kind__in", ["admitted", "corrected"]), _negated=True),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="commitment_event_has_reason",
                    ),
                ),
            ]
        ),
    ]
