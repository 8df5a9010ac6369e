import blackgem.lib.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


#: They repeat the keys of their item and line: a row that mixes two funds, calls or partners cannot exist.
KEYS = """
    ALTER TABLE residual_settlements
        ADD CONSTRAINT residual_belongs_to_item FOREIGN KEY (item_id, call_id, fund_id, commitment_id)
            REFERENCES capital_call_items (id, call_id, fund_id, commitment_id) ON DELETE RESTRICT,
        ADD CONSTRAINT residual_settlements_key UNIQUE (id, item_id, call_id, fund_id, commitment_id);
    ALTER TABLE waived_parts
        ADD CONSTRAINT waived_part_belongs_to_settlement FOREIGN KEY (settlement_id, item_id, call_id, fund_id, commitment_id)
            REFERENCES residual_settlements (id, item_id, call_id, fund_id, commitment_id),
        ADD CONSTRAINT waived_part_belongs_to_line FOREIGN KEY (line_id, call_id, reduces_unfunded)
            REFERENCES capital_call_lines (id, call_id, reduces_unfunded)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("capital", "0008_allocations_are_their_dated_rows"),
        ("funds", "0013_residual_limit"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ResidualSettlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", blackgem.lib.fields.MoneyField()),
                ("effective_on", models.DateField()),
                ("reason", blackgem.lib.fields.SafeCharField(blank=True, max_length=500)),
                ("four_eyes", models.BooleanField()),
                ("recorded_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(null=True)),
                ("rejected_at", models.DateTimeField(null=True)),
                ("kind", models.CharField(choices=[("waived", "Waived")], max_length=8)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="capital.capitalcall",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="funds.commitment",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="funds.fund",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="capital.capitalcallitem",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rejected_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "residual_settlements",
            },
        ),
        migrations.CreateModel(
            name="WaivedPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reduces_unfunded", models.BooleanField()),
                ("amount", blackgem.lib.fields.MoneyField()),
                ("effective_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "allocation",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="capital.fundallocation",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="capital.capitalcall",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="funds.commitment",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="funds.fund",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waived_parts",
                        to="capital.capitalcallitem",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="capital.capitalcallline",
                    ),
                ),
                (
                    "settlement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waived_parts",
                        to="capital.residualsettlement",
                    ),
                ),
            ],
            options={
                "db_table": "waived_parts",
            },
        ),
        migrations.AddConstraint(
            model_name="residualsettlement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("rejected_at__isnull", True)),
                fields=("item",),
                name="residual_settled_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="residualsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["waived"])), name="residual_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="residualsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="residual_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="residualsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="residual_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="residualsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_at__isnull", True), ("rejected_at__isnull", True), _connector="OR"
                ),
                name="residual_decided_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="residualsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                    _connector="OR",
                ),
                name="residual_approved_at_with_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="residualsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("rejected_at__isnull", True), ("rejected_by__isnull", True)),
                    models.Q(("rejected_at__isnull", False), ("rejected_by__isnull", False)),
                    _connector="OR",
                ),
                name="residual_rejected_at_with_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="residualsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("four_eyes", False),
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("recorded_by")), _negated=True),
                    _connector="OR",
                ),
                name="residual_approver_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="waivedpart",
            constraint=models.UniqueConstraint(
                fields=("settlement", "line"), name="one_waived_part_per_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="waivedpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="waived_part_positive"
            ),
        ),
        migrations.RunSQL(KEYS),
    ]
