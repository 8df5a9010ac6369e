"""What who comes in agreed on its fee, and why its fees for the time before are others than were worked out."""

from django.db import migrations, models

import blackgem.lib.fields
from blackgem.lib.squashed import Together


class Migration(migrations.Migration):
    dependencies = [
        ("closings", "0013_excused_from_deals"),
        ("fees", "0008_catch_ups_of_late_closers"),
    ]

    operations = [
        Together(
            [
                migrations.AddField(
                    model_name="closingtranche",
                    name="fee_discount",
                    field=blackgem.lib.fields.RateField(
                        blank=True, null=True, verbose_name="share off the fee"
                    ),
                ),
                migrations.AddField(
                    model_name="closingtranche",
                    name="fee_rate",
                    field=blackgem.lib.fields.RateField(
                        blank=True, null=True, verbose_name="rate of its own"
                    ),
                ),
                migrations.AddField(
                    model_name="closingtranche",
                    name="fee_reason",
                    field=blackgem.lib.fields.SafeCharField(
                        blank=True, db_default="", default="", max_length=500
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closingtranche",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("fee_rate__isnull", True), ("fee_rate__range", (0, 1)), _connector="OR"
                            ),
                            models.Q(
                                ("fee_discount__isnull", True),
                                ("fee_discount__range", (0, 1)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("fee_rate__isnull", True), ("fee_discount__isnull", True), _connector="OR"
                            ),
                        ),
                        name="tranche_fee_is_a_rate_or_a_share_off",
                    ),
                ),
            ]
        ),
    ]
