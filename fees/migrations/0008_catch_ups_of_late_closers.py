"""What who came in at a later closing was charged for the time before, by the rule of the schedule."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import blackgem.lib.fields
from blackgem.lib.squashed import Together

KEYS = """
    ALTER TABLE fee_catch_ups
        ADD CONSTRAINT fee_catch_up_of_call FOREIGN KEY (call_id, fund_id) REFERENCES capital_calls (id, fund_id),
        ADD CONSTRAINT fee_catch_up_of_partner FOREIGN KEY (commitment_id, fund_id) REFERENCES commitments (id, fund_id);
"""


def _key(to: str, related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("capital", "0029_excused_from_deals"),
        ("fees", "0007_true_ups_name_their_periods"),
        ("funds", "0050_letter_wordings"),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="FeeCatchUp",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("effective_on", models.DateField()),
                        ("periods", models.JSONField(default=list)),
                        ("charged", blackgem.lib.fields.MoneyField()),
                        ("let_off", blackgem.lib.fields.MoneyField()),
                        ("agreed", blackgem.lib.fields.MoneyField()),
                        ("net", blackgem.lib.fields.MoneyField()),
                        ("tax", blackgem.lib.fields.MoneyField()),
                        (
                            "tax_rate",
                            blackgem.lib.fields.RateField(default=0, verbose_name="tax on the fee"),
                        ),
                        (
                            "own_rate",
                            blackgem.lib.fields.RateField(null=True, verbose_name="rate of its own"),
                        ),
                        (
                            "discount",
                            blackgem.lib.fields.RateField(null=True, verbose_name="share off the fee"),
                        ),
                        ("reason", blackgem.lib.fields.SafeCharField(blank=True, default="", max_length=500)),
                        (
                            "recorded_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("call", _key("capital.capitalcall", "fee_catch_ups")),
                        ("commitment", _key("funds.commitment", "fee_catch_ups")),
                        ("fund", _key("funds.fund", "+")),
                    ],
                    options={
                        "db_table": "fee_catch_ups",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("call", "commitment"), name="one_fee_catch_up_per_call_and_partner"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("net", models.F("charged") - models.F("let_off") + models.F("agreed"))
                                ),
                                name="fee_catch_up_adds_up",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("charged__gte", 0),
                                    ("let_off__gte", 0),
                                    ("net__gte", 0),
                                    ("tax__gte", 0),
                                    ("tax_rate__range", (0, 1)),
                                ),
                                name="fee_catch_up_not_below_nothing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("own_rate__isnull", True),
                                        ("own_rate__range", (0, 1)),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("discount__isnull", True),
                                        ("discount__range", (0, 1)),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("own_rate__isnull", True),
                                        ("discount__isnull", True),
                                        _connector="OR",
                                    ),
                                ),
                                name="fee_catch_up_has_a_rate_or_a_discount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("agreed", 0), models.Q(("reason", ""), _negated=True), _connector="OR"
                                ),
                                name="fee_catch_up_set_with_reason",
                            ),
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="feeschedule",
                    name="late_rule",
                    field=models.CharField(
                        choices=[
                            ("billed", "The periods that others were billed"),
                            ("to_date", "The days up to the closing"),
                        ],
                        db_default="billed",
                        default="billed",
                        max_length=7,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="feeschedule",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("late_rule__in", ["billed", "to_date"])),
                        name="fee_schedules_late_rule_known",
                    ),
                ),
            ]
        ),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
    ]
