from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import blackgem.lib.fields
from blackgem.lib.squashed import Together

#: What was waived is a change below zero. Rows are append-only for everybody but a migration.
TURN = """
    ALTER TABLE line_changes DISABLE TRIGGER USER;
    UPDATE line_changes SET amount = -amount;
    ALTER TABLE line_changes ENABLE TRIGGER USER;
    SET CONSTRAINTS ALL IMMEDIATE
"""
KEYS = """
    ALTER TABLE line_changes RENAME CONSTRAINT waived_part_belongs_to_settlement TO line_change_belongs_to_settlement;
    ALTER TABLE line_changes RENAME CONSTRAINT waived_part_belongs_to_line TO line_change_belongs_to_line;
    ALTER TABLE excuses
        ADD CONSTRAINT excuse_belongs_to_item FOREIGN KEY (item_id, call_id, fund_id, commitment_id)
            REFERENCES capital_call_items (id, call_id, fund_id, commitment_id),
        ADD CONSTRAINT excuse_belongs_to_part FOREIGN KEY (item_id, line_id)
            REFERENCES capital_call_item_lines (item_id, line_id),
        ADD CONSTRAINT excuses_key UNIQUE (id, call_id, line_id, fund_id);
    ALTER TABLE line_changes
        ADD CONSTRAINT line_change_belongs_to_excuse FOREIGN KEY (excuse_id, call_id, line_id, fund_id)
            REFERENCES excuses (id, call_id, line_id, fund_id),
        ADD CONSTRAINT line_change_belongs_to_item FOREIGN KEY (item_id, call_id, fund_id, commitment_id)
            REFERENCES capital_call_items (id, call_id, fund_id, commitment_id),
        ADD CONSTRAINT line_change_belongs_to_part FOREIGN KEY (item_id, line_id)
            REFERENCES capital_call_item_lines (item_id, line_id);
    ALTER TABLE payments
        ADD CONSTRAINT payment_belongs_to_excuse FOREIGN KEY (excuse_id) REFERENCES excuses (id)
"""


def _person(null=False):
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


def _row(to):
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("capital", "0016_line_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            [
                migrations.RemoveConstraint("waivedpart", "waived_part_positive"),
                migrations.RemoveConstraint("waivedpart", "one_waived_part_per_line"),
            ]
        ),
        migrations.RenameModel("WaivedPart", "LineChange"),
        migrations.AlterModelTable("linechange", "line_changes"),
        Together(
            [
                migrations.CreateModel(
                    name="Excuse",
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
                        (
                            "limit",
                            models.DecimalField(decimal_places=4, default=Decimal("0.5"), max_digits=5),
                        ),
                        ("approved_by", _person(null=True)),
                        ("call", _row("capital.capitalcall")),
                        ("commitment", _row("funds.commitment")),
                        ("fund", _row("funds.fund")),
                        (
                            "item",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="excuses",
                                to="capital.capitalcallitem",
                            ),
                        ),
                        ("line", _row("capital.capitalcallline")),
                        ("recorded_by", _person()),
                        ("rejected_by", _person(null=True)),
                    ],
                    options={"db_table": "excuses"},
                ),
                migrations.CreateModel(
                    name="HeldPart",
                    fields=[
                        (
                            "part",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="held",
                                serialize=False,
                                to="capital.capitalcallitemline",
                            ),
                        ),
                        ("called", blackgem.lib.fields.MoneyField()),
                        ("held", blackgem.lib.fields.MoneyField()),
                        ("weight", blackgem.lib.fields.MoneyField()),
                        (
                            "basis",
                            models.CharField(
                                choices=[
                                    ("pro_rata", "Pro rata"),
                                    ("edited", "Set by hand"),
                                    ("capped", "Limited to the unfunded commitment"),
                                    ("excused", "Excused"),
                                ],
                                max_length=8,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "held_parts",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.RemoveConstraint(
                    model_name="payment",
                    name="payment_positive_or_reversal",
                ),
                migrations.RemoveConstraint(
                    model_name="payment",
                    name="payment_by_receipt_or_settlement",
                ),
                migrations.AddField(
                    model_name="linechange",
                    name="basis",
                    field=blackgem.lib.fields.SafeCharField(
                        choices=[
                            ("pro_rata", "Pro rata"),
                            ("edited", "Set by hand"),
                            ("capped", "Limited to the unfunded commitment"),
                            ("excused", "Excused"),
                        ],
                        max_length=8,
                        null=True,
                    ),
                ),
                migrations.AddField(
                    model_name="linechange",
                    name="changes_held",
                    field=models.BooleanField(default=False),
                    preserve_default=False,
                ),
                migrations.AddField(
                    model_name="linechange",
                    name="excuse",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="line_changes",
                        to="capital.excuse",
                    ),
                ),
                migrations.AddField(
                    model_name="linechange",
                    name="weight",
                    field=blackgem.lib.fields.MoneyField(null=True),
                ),
                migrations.AddField(
                    model_name="payment",
                    name="excuse",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="capital.excuse",
                    ),
                ),
                migrations.AlterField(
                    model_name="linechange",
                    name="call",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="line_changes",
                        to="capital.capitalcall",
                    ),
                ),
                migrations.AlterField(
                    model_name="linechange",
                    name="item",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="line_changes",
                        to="capital.capitalcallitem",
                    ),
                ),
                migrations.AlterField(
                    model_name="linechange",
                    name="settlement",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="line_changes",
                        to="capital.residualsettlement",
                    ),
                ),
            ]
        ),
        migrations.RunSQL(TURN),
        Together(
            [
                migrations.AddConstraint(
                    model_name="excuse",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("approved_at__isnull", True), ("rejected_at__isnull", True)),
                        fields=("call",),
                        name="one_excuse_waits_per_call",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="excuse",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="excuse_positive"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="excuse",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("limit__gte", 0), ("limit__lte", 1)),
                        name="excuse_limit_is_a_share",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="excuse",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="excuse_has_reason"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="excuse",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("approved_at__isnull", True), ("rejected_at__isnull", True), _connector="OR"
                        ),
                        name="excuse_decided_once",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="excuse",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                            models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="excuse_approved_at_with_by",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="excuse",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rejected_at__isnull", True), ("rejected_by__isnull", True)),
                            models.Q(("rejected_at__isnull", False), ("rejected_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="excuse_rejected_at_with_by",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="excuse",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("four_eyes", False),
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("recorded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="excuse_approver_is_another",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="linechange",
                    constraint=models.UniqueConstraint(
                        fields=("settlement", "line"), name="one_waiver_per_line"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="linechange",
                    constraint=models.UniqueConstraint(
                        fields=("excuse", "item"), name="one_change_per_excuse_and_item"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="linechange",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True), name="line_change_changes_something"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="linechange",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount__lt", 0),
                                ("excuse__isnull", True),
                                ("settlement__isnull", False),
                                ("basis__isnull", True),
                                ("changes_held", False),
                                ("weight__isnull", True),
                            ),
                            models.Q(
                                ("excuse__isnull", False),
                                ("settlement__isnull", True),
                                ("basis__isnull", False),
                                ("changes_held", True),
                                ("weight__gte", 0),
                            ),
                            _connector="OR",
                        ),
                        name="line_change_has_one_origin",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="linechange",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("basis__in", ["pro_rata", "edited", "capped", "excused"])),
                        name="line_changes_basis_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="payment",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gt", 0), ("excuse__isnull", True), ("reverses__isnull", True)),
                            models.Q(
                                ("amount__lt", 0),
                                ("excuse__isnull", True),
                                ("reverses__isnull", False),
                                ("tx_ref__isnull", True),
                            ),
                            models.Q(
                                ("amount__lt", 0),
                                ("excuse__isnull", False),
                                ("reverses__isnull", True),
                                ("tx_ref__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="payment_positive_or_reversal",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="payment",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("receipt__isnull", False), ("settlement__isnull", True)),
                            models.Q(
                                ("excuse__isnull", True),
                                ("receipt__isnull", True),
                                ("reverses__isnull", True),
                                ("settlement__isnull", False),
                                ("tx_ref__isnull", True),
                            ),
                            models.Q(
                                ("receipt__isnull", True),
                                ("reverses__isnull", False),
                                ("settlement__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="payment_by_receipt_or_settlement",
                    ),
                ),
            ]
        ),
        migrations.RunSQL(KEYS),
    ]
