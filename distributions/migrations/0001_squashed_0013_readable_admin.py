from django.conf import settings
import blackgem.lib.fields
import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django_fsm
from django.db import migrations, models

from blackgem.lib.folding import folded_column, trigram_index
from blackgem.lib.squashed import Together
from blackgem.lib.sql import run_sql


class Migration(migrations.Migration):
    """What the migrations up to 0013 make of an empty database."""

    initial = True
    replaces = [
        ("distributions", "0001_initial"),
        ("distributions", "0002_rails"),
        ("distributions", "0003_parts_agree"),
        ("distributions", "0004_given_back"),
        ("distributions", "0005_notice_states"),
        ("distributions", "0006_reversals_keep_their_day"),
        ("distributions", "0007_write_ups"),
        ("distributions", "0008_write_downs_are_decided"),
        ("distributions", "0009_known_choices"),
        ("distributions", "0010_search"),
        ("distributions", "0011_payouts_by_reference"),
        ("distributions", "0012_public_ids"),
        ("distributions", "0013_readable_admin"),
    ]
    dependencies = [
        ("blackgem", "0010_trigrams"),
        ("capital", "0006_reversals_keep_their_day"),
        ("funds", "0015_known_choices"),
    ]
    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="CommitmentDistributions",
                    fields=[
                        (
                            "commitment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="distributions",
                                serialize=False,
                                to="funds.commitment",
                            ),
                        ),
                        ("distributed", blackgem.lib.fields.MoneyField()),
                        ("return_of_capital", blackgem.lib.fields.MoneyField()),
                        ("preferred_return", blackgem.lib.fields.MoneyField()),
                        ("profit_share", blackgem.lib.fields.MoneyField()),
                        ("carried_interest", blackgem.lib.fields.MoneyField()),
                        ("recallable", blackgem.lib.fields.MoneyField()),
                        ("withheld", blackgem.lib.fields.MoneyField()),
                        ("net", blackgem.lib.fields.MoneyField()),
                        ("paid_out", blackgem.lib.fields.MoneyField()),
                        ("payable", blackgem.lib.fields.MoneyField()),
                    ],
                    options={
                        "db_table": "commitment_distributions",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="Distribution",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("date", models.DateField()),
                        ("total_amount", blackgem.lib.fields.MoneyField()),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("EXIT_PROCEEDS", "Exit proceeds"),
                                    ("OPERATING_DISTRIBUTION", "Operating distribution"),
                                    ("DIVIDEND", "Dividend"),
                                    ("RETURN_OF_CAPITAL", "Return of capital"),
                                    ("RETURN_OF_EXCESS_CAPITAL", "Return of excess capital"),
                                    ("INTERIM", "Interim distribution"),
                                    ("FINAL", "Final distribution"),
                                    ("OTHER", "Other"),
                                ],
                                default="EXIT_PROCEEDS",
                                max_length=24,
                            ),
                        ),
                        ("source", blackgem.lib.fields.SafeCharField(blank=True, max_length=500)),
                        (
                            "recallable",
                            models.BooleanField(default=False, verbose_name="recallable return of capital"),
                        ),
                        (
                            "status",
                            django_fsm.FSMField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("pending_approval", "Awaiting approval"),
                                    ("approved", "Approved"),
                                    ("sent", "Issued"),
                                    ("paid", "Paid"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="draft",
                                max_length=50,
                                protected=True,
                            ),
                        ),
                        ("inputs", models.JSONField()),
                        ("inputs_sha256", models.CharField(max_length=64)),
                        ("revision", models.PositiveIntegerField(default=1)),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(), editable=False
                            ),
                        ),
                        ("four_eyes", models.BooleanField(default=False)),
                        ("submitted_at", models.DateTimeField(null=True)),
                        ("approved_at", models.DateTimeField(null=True)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        ("cancel_reason", blackgem.lib.fields.SafeCharField(blank=True, max_length=500)),
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
                            "deal",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="distributions",
                                to="funds.deal",
                            ),
                        ),
                        (
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="distributions",
                                to="funds.fund",
                            ),
                        ),
                        (
                            "sent_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                        (
                            "terms",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="funds.fundterms",
                            ),
                        ),
                        (
                            "given_back_lines",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), blank=True, default=list, size=None
                            ),
                        ),
                    ],
                    options={
                        "db_table": "distributions",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("fund", "number"), name="distribution_number_once_per_fund"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("total_amount__gt", 0)), name="distribution_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "draft",
                                            "pending_approval",
                                            "approved",
                                            "sent",
                                            "paid",
                                            "cancelled",
                                        ],
                                    )
                                ),
                                name="distribution_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "type__in",
                                        [
                                            "EXIT_PROCEEDS",
                                            "OPERATING_DISTRIBUTION",
                                            "DIVIDEND",
                                            "RETURN_OF_CAPITAL",
                                            "RETURN_OF_EXCESS_CAPITAL",
                                            "INTERIM",
                                            "FINAL",
                                            "OTHER",
                                        ],
                                    )
                                ),
                                name="distribution_type_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("submitted_at__isnull", True), ("submitted_by__isnull", True)),
                                    models.Q(
                                        ("submitted_at__isnull", False), ("submitted_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="distribution_submitted_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="distribution_approved_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("sent_at__isnull", True), ("sent_by__isnull", True)),
                                    models.Q(("sent_at__isnull", False), ("sent_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="distribution_sent_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("cancelled_at__isnull", True), ("cancelled_by__isnull", True)),
                                    models.Q(
                                        ("cancelled_at__isnull", False), ("cancelled_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="distribution_cancelled_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ("approved", "sent", "paid")), _negated=True),
                                    models.Q(("approved_at__isnull", False), ("submitted_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="distribution_frozen_was_approved",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ("sent", "paid")), _negated=True),
                                    ("sent_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="distribution_issued_was_sent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("cancelled_at__isnull", False), ("status", "cancelled")),
                                    models.Q(
                                        models.Q(("status", "cancelled"), _negated=True),
                                        ("cancelled_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="distribution_cancelled_at_with_status",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("four_eyes", False),
                                    ("approved_by__isnull", True),
                                    models.Q(("approved_by", models.F("submitted_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="distribution_approver_is_another",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="DistributionItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("weight", blackgem.lib.fields.MoneyField()),
                        ("gross_amount", blackgem.lib.fields.MoneyField()),
                        ("return_of_capital", blackgem.lib.fields.MoneyField()),
                        ("preferred_return", blackgem.lib.fields.MoneyField()),
                        ("profit_share", blackgem.lib.fields.MoneyField()),
                        ("carried_interest", blackgem.lib.fields.MoneyField()),
                        ("recallable_amount", blackgem.lib.fields.MoneyField()),
                        ("withholding_tax", blackgem.lib.fields.MoneyField()),
                        ("net_amount", blackgem.lib.fields.MoneyField()),
                        ("tiers", models.JSONField(default=list)),
                        ("working", models.JSONField(default=list)),
                        (
                            "commitment",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="distribution_items",
                                to="funds.commitment",
                            ),
                        ),
                        (
                            "distribution",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="distributions.distribution",
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
                            "public_id",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(),
                                editable=False,
                                unique=True,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "distribution_items",
                        "indexes": [
                            models.Index(
                                fields=["commitment", "distribution"],
                                include=("gross_amount",),
                                name="distribution_items_by_partner",
                            ),
                            models.Index(fields=["fund", "distribution"], name="distribution_items_by_fund"),
                            models.Index(fields=["gross_amount"], name="distribution_items_by_gross"),
                            models.Index(fields=["net_amount"], name="distribution_items_by_net"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("distribution", "commitment"),
                                name="one_item_per_distribution_and_commitment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "gross_amount",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("return_of_capital"),
                                                    "+",
                                                    models.F("preferred_return"),
                                                ),
                                                "+",
                                                models.F("profit_share"),
                                            ),
                                            "+",
                                            models.F("carried_interest"),
                                        ),
                                    )
                                ),
                                name="distribution_item_parts_sum_to_gross",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "net_amount",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("gross_amount"), "-", models.F("withholding_tax")
                                        ),
                                    )
                                ),
                                name="distribution_net_is_gross_less_withholding",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("carried_interest__gte", 0),
                                    ("net_amount__gte", 0),
                                    ("preferred_return__gte", 0),
                                    ("profit_share__gte", 0),
                                    ("recallable_amount__gte", 0),
                                    ("return_of_capital__gte", 0),
                                    ("weight__gte", 0),
                                    ("withholding_tax__gte", 0),
                                    ("recallable_amount__lte", models.F("gross_amount")),
                                ),
                                name="distribution_item_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FundDistributions",
                    fields=[
                        (
                            "fund",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="distributed",
                                serialize=False,
                                to="funds.fund",
                            ),
                        ),
                        ("distributed", blackgem.lib.fields.MoneyField()),
                        ("return_of_capital", blackgem.lib.fields.MoneyField()),
                        ("preferred_return", blackgem.lib.fields.MoneyField()),
                        ("profit_share", blackgem.lib.fields.MoneyField()),
                        ("carried_interest", blackgem.lib.fields.MoneyField()),
                        ("recallable", blackgem.lib.fields.MoneyField()),
                        ("withheld", blackgem.lib.fields.MoneyField()),
                        ("net", blackgem.lib.fields.MoneyField()),
                        ("paid_out", blackgem.lib.fields.MoneyField()),
                        ("payable", blackgem.lib.fields.MoneyField()),
                    ],
                    options={
                        "db_table": "fund_distributions",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="DistributionCapital",
                    fields=[
                        (
                            "distribution",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="capital",
                                serialize=False,
                                to="distributions.distribution",
                            ),
                        ),
                        ("gross", blackgem.lib.fields.MoneyField()),
                        ("withheld", blackgem.lib.fields.MoneyField()),
                        ("net", blackgem.lib.fields.MoneyField()),
                        ("return_of_capital", blackgem.lib.fields.MoneyField()),
                        ("preferred_return", blackgem.lib.fields.MoneyField()),
                        ("profit_share", blackgem.lib.fields.MoneyField()),
                        ("carried_interest", blackgem.lib.fields.MoneyField()),
                        ("paid_out", blackgem.lib.fields.MoneyField()),
                    ],
                    options={
                        "db_table": "distribution_capital",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="DistributionItemCapital",
                    fields=[
                        (
                            "item",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="capital",
                                serialize=False,
                                to="distributions.distributionitem",
                            ),
                        ),
                        ("paid_out", blackgem.lib.fields.MoneyField()),
                        ("paid_on", models.DateField(null=True)),
                    ],
                    options={
                        "db_table": "distribution_item_capital",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="DistributionTier",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("return_of_capital", "Return of capital"),
                                    ("preferred_return", "Preferred return"),
                                    ("catch_up", "GP catch-up"),
                                    ("split", "Profit split"),
                                    ("gp_own", "GP’s own commitment"),
                                    ("excess", "Return of excess capital"),
                                ],
                                max_length=17,
                            ),
                        ),
                        ("tier", models.PositiveSmallIntegerField(default=1)),
                        ("owed_before", blackgem.lib.fields.MoneyField(null=True)),
                        ("lp_amount", blackgem.lib.fields.MoneyField()),
                        ("gp_amount", blackgem.lib.fields.MoneyField()),
                        ("owed_after", blackgem.lib.fields.MoneyField(null=True)),
                        ("inputs", models.JSONField(default=dict)),
                        (
                            "distribution",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tiers",
                                to="distributions.distribution",
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
                        "db_table": "distribution_tiers",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("distribution", "position"), name="distribution_tier_position_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("gp_amount__gte", 0), ("lp_amount__gte", 0)),
                                name="distribution_tier_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "return_of_capital",
                                            "preferred_return",
                                            "catch_up",
                                            "split",
                                            "gp_own",
                                            "excess",
                                        ],
                                    )
                                ),
                                name="distribution_tiers_kind_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Payout",
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
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payouts",
                                to="funds.commitment",
                            ),
                        ),
                        (
                            "distribution",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payouts",
                                to="distributions.distribution",
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
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payouts",
                                to="distributions.distributionitem",
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
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by_payout",
                                to="distributions.payout",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "payouts",
                        "indexes": [
                            models.Index(fields=["item"], include=("amount",), name="payouts_of_item"),
                            models.Index(
                                fields=["fund", "distribution"],
                                include=("amount",),
                                name="payouts_by_distribution",
                            ),
                            models.Index(
                                fields=["commitment"], include=("amount",), name="payouts_by_partner"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount__gt", 0), ("reverses__isnull", True)),
                                    models.Q(("amount__lt", 0), ("reverses__isnull", False)),
                                    _connector="OR",
                                ),
                                name="payout_positive_or_reversal",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayoutReversal",
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
                                to="distributions.payout",
                            ),
                        ),
                        (
                            "payout",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversal_requests",
                                to="distributions.payout",
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
                        ("cash_on", models.DateField(null=True)),
                    ],
                    options={
                        "db_table": "payout_reversals",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("rejected_at__isnull", True)),
                                fields=("payout",),
                                name="one_reversal_per_payout",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="payout_reversal_has_reason",
                            ),
                            models.CheckConstraint(
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
                                name="payout_reversal_approved_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("rejected_at__isnull", True), ("rejected_by__isnull", True)),
                                    models.Q(("rejected_at__isnull", False), ("rejected_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="payout_reversal_rejected_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("four_eyes", False),
                                    ("approved_by__isnull", True),
                                    models.Q(("approved_by", models.F("requested_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="payout_reversal_approver_is_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WriteDown",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("date", models.DateField()),
                        ("amount", blackgem.lib.fields.MoneyField()),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(), editable=False
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
                            "deal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="write_downs",
                                to="funds.deal",
                            ),
                        ),
                        (
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="write_downs",
                                to="funds.fund",
                            ),
                        ),
                        ("reason", blackgem.lib.fields.SafeCharField(blank=True, max_length=500)),
                        ("approved_at", models.DateTimeField(null=True)),
                        (
                            "approved_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("four_eyes", models.BooleanField(db_default=False, default=False)),
                        ("rejected_at", models.DateTimeField(null=True)),
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
                        "db_table": "write_downs",
                        "verbose_name": "write-down",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount", 0), _negated=True),
                                name="write_down_changes_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount__gt", 0),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="write_up_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("four_eyes", True), ("rejected_at__isnull", True), _connector="OR"
                                ),
                                name="write_down_waited_for_a_decision",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_at__isnull", True),
                                    ("rejected_at__isnull", True),
                                    _connector="OR",
                                ),
                                name="write_down_decided_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="write_down_approved_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("rejected_at__isnull", True), ("rejected_by__isnull", True)),
                                    models.Q(("rejected_at__isnull", False), ("rejected_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="write_down_rejected_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("four_eyes", False),
                                    ("approved_by__isnull", True),
                                    models.Q(("approved_by", models.F("created_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="write_down_approver_is_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GivenBack",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("distribution_id", models.BigIntegerField()),
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
                        ("commitment_id", models.BigIntegerField()),
                        ("call_line_id", models.BigIntegerField()),
                        ("amount", blackgem.lib.fields.MoneyField()),
                        ("restores", blackgem.lib.fields.MoneyField()),
                        (
                            "item",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="given_back",
                                to="distributions.distributionitem",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "distribution_given_back",
                        "indexes": [
                            models.Index(
                                fields=["commitment_id", "call_line_id"],
                                include=("amount",),
                                name="given_back_by_line",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("item", "call_line_id"), name="given_back_line_once_per_item"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount__gt", 0),
                                    ("restores__gte", 0),
                                    ("restores__lte", models.F("amount")),
                                ),
                                name="given_back_within_bounds",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DistributionNoticeState",
                    fields=[
                        (
                            "notice",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="distribution_state",
                                serialize=False,
                                to="funds.notice",
                            ),
                        ),
                        ("state", models.CharField(max_length=9)),
                    ],
                    options={
                        "db_table": "distribution_notice_states",
                        "abstract": False,
                        "managed": False,
                    },
                ),
            ]
        ),
        *run_sql(__file__, "keys_of_funds", "keys"),
        *folded_column(
            "distributions",
            "'distribution ' || number::text || ' dn' || number::text || ' ' || source",
            index=False,
        ),
        trigram_index("payouts", "lower(reference)", "payouts_by_reference"),
        Together(
            [
                migrations.AddField(
                    model_name="distribution",
                    name="public_id",
                    field=models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
                    ),
                ),
            ]
        ),
    ]
