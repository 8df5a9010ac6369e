from django.conf import settings
import blackgem.lib.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
import django_fsm
from django.db import migrations, models

from blackgem.lib.folding import folded_column, trigram_index
from blackgem.lib.squashed import Together
from blackgem.lib.sql import run_sql


class Migration(migrations.Migration):
    """What the migrations up to 0016 make of an empty database."""

    initial = True
    replaces = [
        ("capital", "0001_initial"),
        ("capital", "0002_rails"),
        ("capital", "0003_ledger_purposes"),
        ("capital", "0004_bank_transactions_pay_again"),
        ("capital", "0005_notice_states"),
        ("capital", "0006_reversals_keep_their_day"),
        ("capital", "0007_dated_allocations"),
        ("capital", "0008_allocations_are_their_dated_rows"),
        ("capital", "0009_residual_settlements"),
        ("capital", "0010_residuals_are_carried"),
        ("capital", "0011_residuals_are_expensed"),
        ("capital", "0012_residuals_are_settled_anew"),
        ("capital", "0013_known_choices"),
        ("capital", "0014_search"),
        ("capital", "0015_public_ids"),
        ("capital", "0016_line_keys"),
    ]
    dependencies = [
        ("blackgem", "0010_trigrams"),
        ("funds", "0030_people_of_investors"),
    ]
    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="FundAllocation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("committed", "Committed"),
                                    ("partially_called", "Partially called"),
                                    ("called", "Called"),
                                    ("partially_funded", "Partially funded"),
                                    ("funded", "Funded"),
                                ],
                                default="committed",
                                max_length=50,
                                protected=True,
                            ),
                        ),
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
                                related_name="allocations",
                                to="funds.deal",
                            ),
                        ),
                        (
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="allocations",
                                to="funds.fund",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "fund_allocations",
                        "constraints": [
                            models.UniqueConstraint(fields=("fund", "deal"), name="unique_fund_deal"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "committed",
                                            "partially_called",
                                            "called",
                                            "partially_funded",
                                            "funded",
                                        ],
                                    )
                                ),
                                name="allocation_state_known",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="CapitalCall",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("call_date", models.DateField()),
                        ("due_date", models.DateField()),
                        ("total_amount", blackgem.lib.fields.MoneyField()),
                        ("purpose", blackgem.lib.fields.SafeCharField(max_length=200)),
                        ("purpose_detail", blackgem.lib.fields.PlainTextField(blank=True, max_length=2000)),
                        (
                            "status",
                            django_fsm.FSMField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("pending_approval", "Awaiting approval"),
                                    ("sent", "Issued"),
                                    ("partially_funded", "Partially funded"),
                                    ("fully_funded", "Funded"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="draft",
                                max_length=50,
                                protected=True,
                            ),
                        ),
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
                            "bank_details",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="funds.bankdetails",
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
                                related_name="capital_calls",
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
                        "db_table": "capital_calls",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("fund", "number"), name="call_number_once_per_fund"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("total_amount__gt", 0)), name="call_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("due_date__gt", models.F("call_date"))),
                                name="call_due_after_call_date",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("purpose", ""), _negated=True), name="call_has_purpose"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "draft",
                                            "pending_approval",
                                            "sent",
                                            "partially_funded",
                                            "fully_funded",
                                            "cancelled",
                                        ],
                                    )
                                ),
                                name="call_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("submitted_at__isnull", True), ("submitted_by__isnull", True)),
                                    models.Q(
                                        ("submitted_at__isnull", False), ("submitted_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="call_submitted_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="call_approved_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("cancelled_at__isnull", True), ("cancelled_by__isnull", True)),
                                    models.Q(
                                        ("cancelled_at__isnull", False), ("cancelled_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="call_cancelled_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("status__in", ("sent", "partially_funded", "fully_funded")),
                                        _negated=True,
                                    ),
                                    models.Q(("approved_at__isnull", False), ("submitted_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="call_issued_was_approved",
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
                                name="call_cancelled_at_with_status",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("four_eyes", False),
                                    ("approved_by__isnull", True),
                                    models.Q(("approved_by", models.F("submitted_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="call_approver_is_another",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="CapitalCallItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount", blackgem.lib.fields.MoneyField()),
                        (
                            "call",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="capital.capitalcall",
                            ),
                        ),
                        (
                            "commitment",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="call_items",
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
                            "public_id",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(),
                                editable=False,
                                unique=True,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "capital_call_items",
                        "indexes": [
                            models.Index(
                                fields=["commitment", "call"],
                                include=("amount",),
                                name="call_items_by_commitment",
                            ),
                            models.Index(fields=["amount"], name="call_items_by_amount"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("call", "commitment"), name="one_item_per_call_and_commitment"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 0)), name="call_item_not_negative"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommitmentCapital",
                    fields=[
                        (
                            "commitment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="capital",
                                serialize=False,
                                to="funds.commitment",
                            ),
                        ),
                        ("committed", blackgem.lib.fields.MoneyField()),
                        ("called", blackgem.lib.fields.MoneyField()),
                        ("called_within", blackgem.lib.fields.MoneyField()),
                        ("paid", blackgem.lib.fields.MoneyField()),
                        ("outstanding", blackgem.lib.fields.MoneyField()),
                        ("distributed", blackgem.lib.fields.MoneyField()),
                        ("recallable", blackgem.lib.fields.MoneyField()),
                        ("unfunded", blackgem.lib.fields.MoneyField()),
                    ],
                    options={
                        "db_table": "commitment_capital",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="FundCapital",
                    fields=[
                        (
                            "fund",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="capital",
                                serialize=False,
                                to="funds.fund",
                            ),
                        ),
                        ("total_committed", blackgem.lib.fields.MoneyField()),
                        ("total_called", blackgem.lib.fields.MoneyField()),
                        ("total_funded", blackgem.lib.fields.MoneyField()),
                        ("uncalled_capital", blackgem.lib.fields.MoneyField()),
                        ("outstanding_calls", blackgem.lib.fields.MoneyField()),
                    ],
                    options={
                        "db_table": "fund_capital",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="FundCash",
                    fields=[
                        (
                            "fund",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="cash",
                                serialize=False,
                                to="funds.fund",
                            ),
                        ),
                        ("received", blackgem.lib.fields.MoneyField()),
                        ("applied", blackgem.lib.fields.MoneyField()),
                        ("returned", blackgem.lib.fields.MoneyField()),
                        ("unapplied", blackgem.lib.fields.MoneyField()),
                    ],
                    options={
                        "db_table": "fund_cash",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="FundCommitmentCapital",
                    fields=[
                        (
                            "fund",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="partners",
                                serialize=False,
                                to="funds.fund",
                            ),
                        ),
                        ("committed", blackgem.lib.fields.MoneyField()),
                        ("called", blackgem.lib.fields.MoneyField()),
                        ("called_within", blackgem.lib.fields.MoneyField()),
                        ("paid", blackgem.lib.fields.MoneyField()),
                        ("outstanding", blackgem.lib.fields.MoneyField()),
                        ("distributed", blackgem.lib.fields.MoneyField()),
                        ("recallable", blackgem.lib.fields.MoneyField()),
                        ("unfunded", blackgem.lib.fields.MoneyField()),
                    ],
                    options={
                        "db_table": "fund_commitment_capital",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="Receipt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount", blackgem.lib.fields.MoneyField()),
                        ("value_date", models.DateField()),
                        ("payer", blackgem.lib.fields.SafeCharField(blank=True, max_length=200)),
                        ("method", blackgem.lib.fields.SafeCharField(default="wire", max_length=50)),
                        ("tx_ref", blackgem.lib.fields.SafeCharField(blank=True, max_length=100, null=True)),
                        ("note", blackgem.lib.fields.SafeCharField(blank=True, max_length=500)),
                        (
                            "recorded_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        (
                            "fund",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="receipts",
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
                    ],
                    options={
                        "db_table": "receipts",
                        "indexes": [
                            models.Index(
                                fields=["fund", "-value_date", "-id"],
                                include=("amount",),
                                name="receipts_by_date",
                            ),
                            models.Index(fields=["amount"], name="receipts_by_amount"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("fund", "tx_ref"), name="receipt_tx_ref_once_per_fund"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="receipt_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("tx_ref", ""), _negated=True),
                                name="receipt_tx_ref_null_or_named",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AllocationCapital",
                    fields=[
                        (
                            "allocation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="capital",
                                serialize=False,
                                to="capital.fundallocation",
                            ),
                        ),
                        ("committed", blackgem.lib.fields.MoneyField()),
                        ("called", blackgem.lib.fields.MoneyField()),
                        ("funded", blackgem.lib.fields.MoneyField()),
                        ("uncalled", blackgem.lib.fields.MoneyField()),
                        ("outstanding", blackgem.lib.fields.MoneyField()),
                    ],
                    options={
                        "db_table": "allocation_capital",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="CallCapital",
                    fields=[
                        (
                            "call",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="capital",
                                serialize=False,
                                to="capital.capitalcall",
                            ),
                        ),
                        ("called", blackgem.lib.fields.MoneyField()),
                        ("paid", blackgem.lib.fields.MoneyField()),
                        ("outstanding", blackgem.lib.fields.MoneyField()),
                    ],
                    options={
                        "db_table": "call_capital",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="CallItemCapital",
                    fields=[
                        (
                            "item",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="capital",
                                serialize=False,
                                to="capital.capitalcallitem",
                            ),
                        ),
                        ("called", blackgem.lib.fields.MoneyField()),
                        ("paid", blackgem.lib.fields.MoneyField()),
                        ("outstanding", blackgem.lib.fields.MoneyField()),
                        ("status", models.CharField(max_length=7)),
                        ("paid_on", models.DateField(null=True)),
                    ],
                    options={
                        "db_table": "call_item_capital",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="ReceiptCapital",
                    fields=[
                        (
                            "receipt",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="capital",
                                serialize=False,
                                to="capital.receipt",
                            ),
                        ),
                        ("amount", blackgem.lib.fields.MoneyField()),
                        ("applied", blackgem.lib.fields.MoneyField()),
                        ("returned", blackgem.lib.fields.MoneyField()),
                        ("unapplied", blackgem.lib.fields.MoneyField()),
                    ],
                    options={
                        "db_table": "receipt_capital",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="CapitalCallLine",
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
                                    ("management_fee", "Management fee"),
                                    ("partnership_expenses", "Partnership expenses"),
                                    ("organisational_costs", "Organisational costs"),
                                    ("subsequent_close_interest", "Subsequent close interest"),
                                    ("investment", "Investment"),
                                    ("reserves", "Reserves"),
                                    ("other", "Other"),
                                ],
                                max_length=26,
                            ),
                        ),
                        ("seq_no", models.PositiveIntegerField(null=True)),
                        ("amount", blackgem.lib.fields.MoneyField()),
                        ("reduces_unfunded", models.BooleanField(default=True)),
                        (
                            "allocation",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="call_lines",
                                to="capital.fundallocation",
                            ),
                        ),
                        (
                            "call",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="capital.capitalcall",
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
                            "split_by",
                            models.CharField(
                                choices=[
                                    ("commitment", "By commitment"),
                                    ("remaining", "By remaining commitment"),
                                    ("sharing", "By share in the deal"),
                                    ("fixed", "In fixed parts"),
                                ],
                                db_default="commitment",
                                default="commitment",
                                max_length=10,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "capital_call_lines",
                        "indexes": [
                            models.Index(
                                fields=["fund", "allocation"],
                                include=("call", "amount"),
                                name="call_lines_by_fund",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("call", "position"), name="call_line_position_once"
                            ),
                            models.UniqueConstraint(
                                fields=("allocation", "seq_no"), name="call_line_seq_no_once_per_allocation"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="call_line_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("allocation__isnull", True), ("seq_no__isnull", True)),
                                    models.Q(
                                        ("allocation__isnull", False),
                                        ("kind", "investment"),
                                        ("seq_no__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="call_line_seq_no_with_allocation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "management_fee",
                                            "partnership_expenses",
                                            "organisational_costs",
                                            "subsequent_close_interest",
                                            "investment",
                                            "reserves",
                                            "other",
                                        ],
                                    )
                                ),
                                name="capital_call_lines_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("split_by", "sharing"), _negated=True),
                                    ("allocation__isnull", False),
                                    _connector="OR",
                                ),
                                name="call_line_by_share_draws_on_a_deal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("split_by__in", ["commitment", "remaining", "sharing", "fixed"])
                                ),
                                name="capital_call_lines_split_by_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CapitalCallItemLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reduces_unfunded", models.BooleanField()),
                        ("amount", blackgem.lib.fields.MoneyField()),
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
                                default="pro_rata",
                                max_length=8,
                            ),
                        ),
                        ("excuse_reason", blackgem.lib.fields.SafeCharField(blank=True, max_length=500)),
                        (
                            "call",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
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
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="item_lines",
                                to="capital.capitalcallitem",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="item_lines",
                                to="capital.capitalcallline",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "capital_call_item_lines",
                        "indexes": [
                            models.Index(
                                fields=["call", "line"], include=("amount",), name="call_item_lines_by_line"
                            ),
                            models.Index(
                                fields=["commitment", "call"],
                                include=("amount", "reduces_unfunded"),
                                name="call_item_lines_by_partner",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("item", "line"), name="one_item_line_per_item_and_line"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 0), ("weight__gte", 0)),
                                name="call_item_line_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("basis", "excused"), _negated=True), ("excuse_reason", "")
                                    ),
                                    models.Q(
                                        ("amount", 0),
                                        ("basis", "excused"),
                                        models.Q(("excuse_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="excused_is_zero_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("basis__in", ["pro_rata", "edited", "capped", "excused"])
                                ),
                                name="capital_call_item_lines_basis_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weight__gt", 0), ("amount", 0), ("basis", "edited"), _connector="OR"
                                ),
                                name="call_item_line_has_a_share",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Payment",
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
                        ("tx_ref", blackgem.lib.fields.SafeCharField(blank=True, max_length=100, null=True)),
                        (
                            "recorded_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        (
                            "call",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="capital.capitalcall",
                            ),
                        ),
                        (
                            "commitment",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
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
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="capital.capitalcallitem",
                            ),
                        ),
                        (
                            "receipt",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="capital.receipt",
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
                                related_name="reversed_by_payment",
                                to="capital.payment",
                            ),
                        ),
                        (
                            "settlement",
                            models.OneToOneField(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payment",
                                to="capital.residualsettlement",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "payments",
                        "indexes": [
                            models.Index(
                                fields=["fund", "call"], include=("amount",), name="payments_by_call"
                            ),
                            models.Index(fields=["item"], include=("amount",), name="payments_of_item"),
                            models.Index(fields=["receipt"], include=("amount",), name="payments_by_receipt"),
                            models.Index(fields=["amount"], name="payments_by_amount"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount__gt", 0), ("reverses__isnull", True)),
                                    models.Q(
                                        ("amount__lt", 0),
                                        ("reverses__isnull", False),
                                        ("tx_ref__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="payment_positive_or_reversal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("tx_ref", ""), _negated=True),
                                name="payment_tx_ref_null_or_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("receipt__isnull", False), ("settlement__isnull", True)),
                                    models.Q(
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
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentReversal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", blackgem.lib.fields.SafeCharField(max_length=500)),
                        ("money_left", models.BooleanField(default=True)),
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
                                to="capital.payment",
                            ),
                        ),
                        (
                            "payment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversal_requests",
                                to="capital.payment",
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
                        "db_table": "payment_reversals",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("rejected_at__isnull", True)),
                                fields=("payment",),
                                name="one_reversal_per_payment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True), name="reversal_has_reason"
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
                                name="reversal_approved_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("rejected_at__isnull", True), ("rejected_by__isnull", True)),
                                    models.Q(("rejected_at__isnull", False), ("rejected_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="reversal_rejected_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("four_eyes", False),
                                    ("approved_by__isnull", True),
                                    models.Q(("approved_by", models.F("requested_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="reversal_approver_is_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("cash_on__isnull", False), ("money_left", True)),
                                    models.Q(("cash_on__isnull", True), ("money_left", False)),
                                    _connector="OR",
                                ),
                                name="reversal_cash_day_with_bounced_wire",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReceiptReturn",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount", blackgem.lib.fields.MoneyField()),
                        ("value_date", models.DateField()),
                        ("reason", blackgem.lib.fields.SafeCharField(max_length=500)),
                        (
                            "recorded_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        (
                            "fund",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="funds.fund",
                            ),
                        ),
                        (
                            "receipt",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="returns",
                                to="capital.receipt",
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
                    ],
                    options={
                        "db_table": "receipt_returns",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="receipt_return_positive"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CallNoticeState",
                    fields=[
                        (
                            "notice",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="call_state",
                                serialize=False,
                                to="funds.notice",
                            ),
                        ),
                        ("state", models.CharField(max_length=9)),
                    ],
                    options={
                        "db_table": "call_notice_states",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="AllocationAmount",
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
                            "kind",
                            models.CharField(
                                choices=[("allotment", "Allotted"), ("amendment", "Amended")], max_length=9
                            ),
                        ),
                        (
                            "allocation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="amounts",
                                to="capital.fundallocation",
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
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.fund"
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
                        "db_table": "allocation_amounts",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "allotment")),
                                fields=("allocation",),
                                name="one_allotment_per_allocation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("amount__gt", 0),
                                        ("approved_at__isnull", False),
                                        ("four_eyes", False),
                                        ("kind", "allotment"),
                                    ),
                                    models.Q(("kind", "amendment"), models.Q(("reason", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="allocation_amendment_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount", 0), _negated=True),
                                name="allocation_amount_changes_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_at__isnull", True),
                                    ("rejected_at__isnull", True),
                                    _connector="OR",
                                ),
                                name="allocation_amount_decided_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="allocation_amount_approved_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("rejected_at__isnull", True), ("rejected_by__isnull", True)),
                                    models.Q(("rejected_at__isnull", False), ("rejected_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="allocation_amount_rejected_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("four_eyes", False),
                                    ("approved_by__isnull", True),
                                    models.Q(("approved_by", models.F("recorded_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="allocation_amount_approver_is_another",
                            ),
                        ],
                    },
                ),
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("carried", "Carried"),
                                    ("expensed", "Charged to expenses"),
                                    ("waived", "Waived"),
                                ],
                                max_length=8,
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
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="residual_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True), name="residual_has_reason"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_at__isnull", True),
                                    ("rejected_at__isnull", True),
                                    _connector="OR",
                                ),
                                name="residual_decided_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="residual_approved_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("rejected_at__isnull", True), ("rejected_by__isnull", True)),
                                    models.Q(("rejected_at__isnull", False), ("rejected_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="residual_rejected_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("four_eyes", False),
                                    ("approved_by__isnull", True),
                                    models.Q(("approved_by", models.F("recorded_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="residual_approver_is_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["carried", "expensed", "waived"])),
                                name="residual_kind_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("approved_at__isnull", True), ("rejected_at__isnull", True)
                                ),
                                fields=("item",),
                                name="one_residual_waits_per_item",
                            ),
                        ],
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
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("settlement", "line"), name="one_waived_part_per_line"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="waived_part_positive"
                            ),
                        ],
                    },
                ),
            ]
        ),
        *run_sql(__file__, "keys_of_funds", "keys"),
        *folded_column(
            "capital_calls",
            "'capital call ' || number::text || ' cc' || number::text || ' ' || purpose",
            index=False,
        ),
        trigram_index("receipts", "lower(coalesce(tx_ref, '') || ' ' || payer)", "receipts_by_tx_ref"),
        trigram_index("payments", "lower(reference)", "payments_by_reference"),
        Together(
            [
                migrations.AddField(
                    model_name="capitalcall",
                    name="public_id",
                    field=models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
                    ),
                ),
            ]
        ),
    ]
