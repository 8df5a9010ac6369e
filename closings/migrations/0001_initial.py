import blackgem.lib.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django_fsm
from django.conf import settings
from django.db import migrations, models
from blackgem.lib.squashed import Together


#: Children repeat their ancestors' keys: a row that mixes two funds, two closings or two partners cannot exist.
KEYS = """
    ALTER TABLE closings ADD CONSTRAINT closings_key UNIQUE (id, fund_id);
    ALTER TABLE closings ADD CONSTRAINT closing_call_of_fund FOREIGN KEY (call_id, fund_id) REFERENCES capital_calls (id, fund_id);
    ALTER TABLE closing_tranches ADD CONSTRAINT closing_tranches_key UNIQUE (id, closing_id);
    ALTER TABLE closing_tranches ADD CONSTRAINT tranche_belongs_to_closing
        FOREIGN KEY (closing_id, fund_id) REFERENCES closings (id, fund_id);
    ALTER TABLE closing_fees ADD CONSTRAINT closing_fee_of_fund
        FOREIGN KEY (closing_id, fund_id) REFERENCES closings (id, fund_id);
    ALTER TABLE closing_values ADD CONSTRAINT closing_value_of_fund
        FOREIGN KEY (closing_id, fund_id) REFERENCES closings (id, fund_id);
    ALTER TABLE closing_values ADD CONSTRAINT closing_value_of_line
        FOREIGN KEY (line_id, fund_id) REFERENCES capital_call_lines (id, fund_id);
    ALTER TABLE closing_fees ADD CONSTRAINT closing_fee_belongs_to_tranche
        FOREIGN KEY (tranche_id, closing_id) REFERENCES closing_tranches (id, closing_id);
    ALTER TABLE equalisation_parts
        ADD CONSTRAINT equalisation_part_belongs_to_closing FOREIGN KEY (closing_id, fund_id) REFERENCES closings (id, fund_id),
        ADD CONSTRAINT equalisation_part_of_line FOREIGN KEY (line_id, fund_id) REFERENCES capital_call_lines (id, fund_id),
        ADD CONSTRAINT equalisation_part_of_partner FOREIGN KEY (commitment_id, fund_id) REFERENCES commitments (id, fund_id);
    ALTER TABLE refunds ADD CONSTRAINT refunds_key UNIQUE (id, fund_id, commitment_id);
    ALTER TABLE refunds
        ADD CONSTRAINT refund_belongs_to_closing FOREIGN KEY (closing_id, fund_id) REFERENCES closings (id, fund_id),
        ADD CONSTRAINT refund_of_partner FOREIGN KEY (commitment_id, fund_id) REFERENCES commitments (id, fund_id);
    ALTER TABLE refund_payouts ADD CONSTRAINT refund_payouts_key UNIQUE (id, fund_id, commitment_id);
    ALTER TABLE refund_payouts ADD CONSTRAINT refund_payout_belongs_to_refund
        FOREIGN KEY (refund_id, fund_id, commitment_id) REFERENCES refunds (id, fund_id, commitment_id);
    ALTER TABLE capital_call_lines ADD CONSTRAINT call_line_equalises_line_of_fund
        FOREIGN KEY (equalises_id, fund_id) REFERENCES capital_call_lines (id, fund_id);
    ALTER TABLE line_changes ADD CONSTRAINT line_change_belongs_to_closing
        FOREIGN KEY (closing_id, fund_id) REFERENCES closings (id, fund_id);
    ALTER TABLE capital_transactions ADD CONSTRAINT ledger_row_belongs_to_refund_payout
        FOREIGN KEY (refund_payout_id, fund_id, commitment_id) REFERENCES refund_payouts (id, fund_id, commitment_id);
    ALTER TABLE capital_transactions DROP CONSTRAINT ledger_row_has_one_origin;
    ALTER TABLE capital_transactions ADD CONSTRAINT ledger_row_has_one_origin
        CHECK (num_nonnulls(payment_id, payout_id, refund_payout_id) <= 1)
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("capital", "0018_later_closings"),
        ("distributions", "0013_readable_admin"),
        ("funds", "0033_later_closings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="Refund",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("capital", blackgem.lib.fields.MoneyField()),
                        ("interest", blackgem.lib.fields.MoneyField()),
                        ("amount", blackgem.lib.fields.MoneyField()),
                        (
                            "public_id",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(),
                                editable=False,
                                unique=True,
                            ),
                        ),
                        (
                            "commitment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
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
                    ],
                    options={
                        "db_table": "refunds",
                    },
                ),
                migrations.CreateModel(
                    name="Closing",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("four_eyes", models.BooleanField(default=False)),
                        ("submitted_at", models.DateTimeField(null=True)),
                        ("approved_at", models.DateTimeField(null=True)),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        ("cancel_reason", blackgem.lib.fields.SafeCharField(blank=True, max_length=500)),
                        ("number", models.PositiveIntegerField()),
                        ("held_on", models.DateField()),
                        ("pay_on", models.DateField()),
                        ("rate", models.DecimalField(blank=True, decimal_places=6, max_digits=7, null=True)),
                        (
                            "spread",
                            models.DecimalField(db_default=0, decimal_places=6, default=0, max_digits=7),
                        ),
                        (
                            "compounding",
                            models.CharField(
                                choices=[
                                    ("simple", "Simple"),
                                    ("annual", "Annual, simple within the year"),
                                    ("annual_exponent", "Annual, by exponent"),
                                ],
                                default="simple",
                                max_length=15,
                            ),
                        ),
                        (
                            "day_count",
                            models.CharField(
                                choices=[("act/365", "Actual/365"), ("act/360", "Actual/360")],
                                default="act/365",
                                max_length=7,
                            ),
                        ),
                        ("count_both_ends", models.BooleanField(default=False)),
                        (
                            "interest_end",
                            models.CharField(
                                choices=[
                                    ("due_date", "The day on which they pay"),
                                    ("closing", "The day of the closing"),
                                ],
                                default="due_date",
                                max_length=8,
                            ),
                        ),
                        ("general_partner_bears_interest", models.BooleanField(default=False)),
                        ("fees_inside", models.BooleanField(default=True)),
                        (
                            "fee_interest",
                            models.CharField(
                                choices=[
                                    ("none", "None"),
                                    ("per_instalment", "From the day of each instalment"),
                                    ("first_closing", "From the first closing"),
                                ],
                                max_length=14,
                            ),
                        ),
                        (
                            "status",
                            django_fsm.FSMField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("pending_approval", "Awaiting approval"),
                                    ("settled", "Settled"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="draft",
                                max_length=50,
                                protected=True,
                            ),
                        ),
                        ("inputs", models.JSONField(default=dict)),
                        ("inputs_sha256", models.CharField(blank=True, max_length=64)),
                        ("revision", models.PositiveIntegerField(default=1)),
                        (
                            "public_id",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(),
                                editable=False,
                                unique=True,
                            ),
                        ),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(), editable=False
                            ),
                        ),
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
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="collects_for",
                                to="capital.capitalcall",
                            ),
                        ),
                        (
                            "cancelled_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="closings",
                                to="funds.fund",
                            ),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "closings",
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="RefundCapital",
                    fields=[
                        (
                            "refund",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="progress",
                                serialize=False,
                                to="closings.refund",
                            ),
                        ),
                        ("released", blackgem.lib.fields.MoneyField()),
                        ("paid_out", blackgem.lib.fields.MoneyField()),
                        ("payable", blackgem.lib.fields.MoneyField()),
                        ("outstanding", blackgem.lib.fields.MoneyField()),
                        ("paid_on", models.DateField(null=True)),
                    ],
                    options={
                        "db_table": "refund_capital",
                        "abstract": False,
                        "managed": False,
                    },
                ),
            ]
        ),
        Together(
            [
                migrations.AddField(
                    model_name="refund",
                    name="closing",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="closings.closing",
                    ),
                ),
                migrations.CreateModel(
                    name="ClosingExclusion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "closing",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="exclusions",
                                to="closings.closing",
                            ),
                        ),
                        (
                            "deal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.deal"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "closing_exclusions",
                    },
                ),
                migrations.CreateModel(
                    name="ClosingRate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        ("rate", models.DecimalField(decimal_places=6, max_digits=7)),
                        (
                            "closing",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rates",
                                to="closings.closing",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "closing_rates",
                    },
                ),
                migrations.CreateModel(
                    name="ClosingTranche",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("lp", "LP"), ("gp", "GP")], default="lp", max_length=2
                            ),
                        ),
                        ("reference", blackgem.lib.fields.SafeCharField(blank=True, max_length=20)),
                        ("amount", blackgem.lib.fields.MoneyField()),
                        (
                            "closing",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tranches",
                                to="closings.closing",
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
                            "investor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="funds.investor",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "closing_tranches",
                    },
                ),
                migrations.CreateModel(
                    name="ClosingFee",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount", blackgem.lib.fields.MoneyField()),
                        ("due_on", models.DateField()),
                        (
                            "closing",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="fees",
                                to="closings.closing",
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
                            "tranche",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="fees",
                                to="closings.closingtranche",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "closing_fees",
                    },
                ),
                migrations.CreateModel(
                    name="ClosingValue",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("value", blackgem.lib.fields.MoneyField()),
                        (
                            "closing",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="values",
                                to="closings.closing",
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
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="capital.capitalcallline",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "closing_values",
                    },
                ),
                migrations.CreateModel(
                    name="EqualisationPart",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("delta", blackgem.lib.fields.MoneyField()),
                        ("inside", blackgem.lib.fields.MoneyField()),
                        ("reduces_open", blackgem.lib.fields.MoneyField()),
                        ("days", models.PositiveIntegerField()),
                        ("interest", blackgem.lib.fields.MoneyField()),
                        ("premium", blackgem.lib.fields.MoneyField()),
                        (
                            "closing",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parts",
                                to="closings.closing",
                            ),
                        ),
                        (
                            "commitment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="equalisation_parts",
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
                            "line",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="equalisation_parts",
                                to="capital.capitalcallline",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "equalisation_parts",
                    },
                ),
                migrations.CreateModel(
                    name="RefundPayout",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount", blackgem.lib.fields.MoneyField()),
                        ("value_date", models.DateField()),
                        ("method", blackgem.lib.fields.SafeCharField(default="wire", max_length=50)),
                        ("reference", blackgem.lib.fields.SafeCharField(blank=True, max_length=100)),
                        (
                            "recorded_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        (
                            "commitment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refund_payouts",
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
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "refund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payouts",
                                to="closings.refund",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by_payout",
                                to="closings.refundpayout",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "refund_payouts",
                    },
                ),
                migrations.CreateModel(
                    name="RefundPayoutReversal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", blackgem.lib.fields.SafeCharField(max_length=500)),
                        ("four_eyes", models.BooleanField()),
                        ("requested_at", models.DateTimeField()),
                        ("approved_at", models.DateTimeField(null=True)),
                        ("rejected_at", models.DateTimeField(null=True)),
                        ("cash_on", models.DateField(null=True)),
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
                            "compensation",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversal",
                                to="closings.refundpayout",
                            ),
                        ),
                        (
                            "payout",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversal_requests",
                                to="closings.refundpayout",
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
                        (
                            "requested_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "refund_payout_reversals",
                    },
                ),
                migrations.AddConstraint(
                    model_name="refund",
                    constraint=models.UniqueConstraint(
                        fields=("closing", "commitment"), name="one_refund_per_closing_and_partner"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="refund",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gt", 0),
                            ("capital__gte", 0),
                            ("interest__gte", 0),
                            (
                                "amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("capital"), "+", models.F("interest")
                                ),
                            ),
                        ),
                        name="refund_is_capital_and_interest",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.UniqueConstraint(
                        fields=("fund", "number"), name="closing_number_once_per_fund"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("status", "pending_approval")),
                        fields=("fund",),
                        name="one_closing_waits_per_fund",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("pay_on__gt", models.F("held_on"))),
                        name="closing_is_paid_after_it_is_held",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("rate__isnull", True),
                            models.Q(("rate__gte", 0), ("rate__lte", 1)),
                            _connector="OR",
                        ),
                        name="closing_rate_is_a_share",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("spread__gte", 0), ("spread__lte", 1)),
                        name="closing_spread_is_a_share",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["draft", "pending_approval", "settled", "cancelled"])
                        ),
                        name="closing_status_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("submitted_at__isnull", True), ("submitted_by__isnull", True)),
                            models.Q(("submitted_at__isnull", False), ("submitted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="closing_submitted_at_with_by",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                            models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="closing_approved_at_with_by",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at__isnull", True), ("cancelled_by__isnull", True)),
                            models.Q(("cancelled_at__isnull", False), ("cancelled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="closing_cancelled_at_with_by",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "settled"), _negated=True),
                            models.Q(("approved_at__isnull", False), ("submitted_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="closing_settled_was_approved",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["draft", "cancelled"]),
                            models.Q(("inputs_sha256", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="closing_submitted_has_inputs",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at__isnull", False), ("status", "cancelled")),
                            models.Q(
                                models.Q(("status", "cancelled"), _negated=True),
                                ("cancelled_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="closing_cancelled_at_with_status",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("four_eyes", False),
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("submitted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="closing_approver_is_another",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("compounding__in", ["simple", "annual", "annual_exponent"])),
                        name="closings_compounding_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("day_count__in", ["act/365", "act/360"])),
                        name="closings_day_count_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("interest_end__in", ["due_date", "closing"])),
                        name="closings_interest_end_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closing",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("fee_interest__in", ["none", "per_instalment", "first_closing"])),
                        name="closings_fee_interest_known",
                    ),
                ),
            ]
        ),
        Together(
            [
                migrations.AddConstraint(
                    model_name="closingexclusion",
                    constraint=models.UniqueConstraint(
                        fields=("closing", "deal"), name="deal_excluded_once_per_closing"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closingrate",
                    constraint=models.UniqueConstraint(
                        fields=("closing", "starts_on"), name="one_rate_per_day_of_a_closing"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closingrate",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("rate__gte", 0), ("rate__lte", 1)),
                        name="closing_table_rate_is_a_share",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closingtranche",
                    constraint=models.UniqueConstraint(
                        fields=("closing", "investor"), name="one_tranche_per_investor"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closingtranche",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="tranche_positive"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closingtranche",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("kind__in", ["lp", "gp"])), name="closing_tranches_kind_known"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closingfee",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="closing_fee_positive"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closingvalue",
                    constraint=models.UniqueConstraint(
                        fields=("closing", "line"), name="line_valued_once_per_closing"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="closingvalue",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("value__gte", 0)), name="closing_value_not_negative"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="equalisationpart",
                    constraint=models.UniqueConstraint(
                        fields=("closing", "line", "commitment"), name="one_part_per_closing_line_and_partner"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="equalisationpart",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("reduces_open__gte", 0),
                            models.Q(("reduces_open", 0), ("delta__lt", 0), _connector="OR"),
                        ),
                        name="only_what_goes_back_reduces_what_is_open",
                    ),
                ),
                migrations.AddIndex(
                    model_name="refundpayout",
                    index=models.Index(fields=["refund"], include=("amount",), name="payouts_of_refund"),
                ),
                migrations.AddConstraint(
                    model_name="refundpayout",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gt", 0), ("reverses__isnull", True)),
                            models.Q(("amount__lt", 0), ("reverses__isnull", False)),
                            _connector="OR",
                        ),
                        name="refund_payout_positive_or_reversal",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="refundpayoutreversal",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("rejected_at__isnull", True)),
                        fields=("payout",),
                        name="one_reversal_per_refund_payout",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="refundpayoutreversal",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="refund_payout_reversal_has_reason",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="refundpayoutreversal",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_at__isnull", True),
                                ("approved_by__isnull", True),
                                ("compensation__isnull", True),
                            ),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("approved_by__isnull", False),
                                ("compensation__isnull", False),
                                ("rejected_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="refund_payout_reversal_approved_at_with_by",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="refundpayoutreversal",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rejected_at__isnull", True), ("rejected_by__isnull", True)),
                            models.Q(("rejected_at__isnull", False), ("rejected_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="refund_payout_reversal_rejected_at_with_by",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="refundpayoutreversal",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("four_eyes", False),
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="refund_payout_reversal_approver_is_another",
                    ),
                ),
            ]
        ),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
    ]
