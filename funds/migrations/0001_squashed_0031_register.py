from decimal import Decimal
from django.conf import settings
import blackgem.lib.fields
import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import uuid
from django.db import migrations, models

from blackgem.lib.folding import folded_column, trigram_index
from blackgem.lib.squashed import Together
from blackgem.lib.sql import run_sql


class Migration(migrations.Migration):
    """What the migrations up to 0031 make of an empty database."""

    initial = True
    replaces = [
        ("funds", "0001_initial"),
        ("funds", "0002_rails"),
        ("funds", "0003_waterfall_terms"),
        ("funds", "0004_contact_invitations"),
        ("funds", "0005_notice_readings"),
        ("funds", "0006_fund_code"),
        ("funds", "0007_member_invitations"),
        ("funds", "0008_nav_by_deal"),
        ("funds", "0009_ledger_facts"),
        ("funds", "0010_calendar_and_notice_days"),
        ("funds", "0011_fund_time_zone"),
        ("funds", "0012_partner_totals"),
        ("funds", "0013_residual_limit"),
        ("funds", "0014_senders"),
        ("funds", "0015_known_choices"),
        ("funds", "0016_control_changes"),
        ("funds", "0017_portal_grants"),
        ("funds", "0018_grant_what_was_seen"),
        ("funds", "0019_warning_mails"),
        ("funds", "0020_senders_admitted"),
        ("funds", "0021_senders_in_use"),
        ("funds", "0022_seals"),
        ("funds", "0023_search"),
        ("funds", "0024_public_ids"),
        ("funds", "0025_changes_of_issued"),
        ("funds", "0026_portal_access_by_two"),
        ("funds", "0027_readable_admin"),
        ("funds", "0028_rights_of_contacts"),
        ("funds", "0029_address_of_the_bank"),
        ("funds", "0030_people_of_investors"),
        ("funds", "0031_register"),
    ]
    dependencies = [("blackgem", "0010_trigrams")]
    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="Notice",
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
                                choices=[
                                    ("capital_call", "Capital call notice"),
                                    ("distribution", "Distribution notice"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("subject_id", models.BigIntegerField()),
                        ("item_id", models.BigIntegerField()),
                        ("number", models.CharField(max_length=40)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("dated_on", models.DateField()),
                        ("facts", models.JSONField()),
                        ("change_note", models.CharField(blank=True, max_length=500)),
                        (
                            "created_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        (
                            "commitment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notices",
                                to="funds.commitment",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notices",
                                to="funds.fund",
                            ),
                        ),
                        (
                            "known_by_number",
                            models.BooleanField(db_default=False, default=False, editable=False),
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
                        "db_table": "notices",
                        "indexes": [models.Index(fields=["kind", "subject_id"], name="notices_by_subject")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("fund", "number", "version"), name="notice_number_and_version_once"
                            ),
                            models.UniqueConstraint(
                                fields=("kind", "item_id", "version"), name="notice_version_once_per_item"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["capital_call", "distribution"])),
                                name="notices_kind_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Deal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", blackgem.lib.fields.SafeCharField(max_length=200)),
                        ("description", blackgem.lib.fields.PlainTextField(blank=True, max_length=2000)),
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
                    ],
                    options={
                        "db_table": "deals",
                    },
                ),
                migrations.CreateModel(
                    name="Fund",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", blackgem.lib.fields.SafeCharField(max_length=200, unique=True)),
                        ("legal_name", blackgem.lib.fields.SafeCharField(max_length=200)),
                        ("currency", blackgem.lib.fields.CurrencyField(default="USD")),
                        ("lpa_date", models.DateField(verbose_name="date of the partnership agreement")),
                        (
                            "first_closing_on",
                            models.DateField(blank=True, null=True, verbose_name="first closing"),
                        ),
                        ("address", blackgem.lib.fields.PlainTextField(blank=True, max_length=500)),
                        ("contact_name", blackgem.lib.fields.SafeCharField(blank=True, max_length=200)),
                        ("contact_email", models.EmailField(blank=True, max_length=254)),
                        ("contact_phone", blackgem.lib.fields.SafeCharField(blank=True, max_length=50)),
                        ("signatory_name", blackgem.lib.fields.SafeCharField(blank=True, max_length=200)),
                        ("signatory_title", blackgem.lib.fields.SafeCharField(blank=True, max_length=200)),
                        (
                            "paper_size",
                            models.CharField(
                                choices=[("letter", "US Letter"), ("a4", "A4")],
                                default="letter",
                                max_length=6,
                            ),
                        ),
                        (
                            "attach_notices",
                            models.BooleanField(default=True, verbose_name="attach the PDF to the mail"),
                        ),
                        (
                            "four_eyes",
                            models.BooleanField(default=False, verbose_name="a second person approves"),
                        ),
                        ("last_call_number", models.PositiveIntegerField(default=0, editable=False)),
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
                        ("last_distribution_number", models.PositiveIntegerField(default=0, editable=False)),
                        ("code", blackgem.lib.fields.SafeCharField(blank=True, max_length=12)),
                        (
                            "calendar",
                            blackgem.lib.fields.SafeCharField(
                                blank=True,
                                db_default="",
                                default="",
                                max_length=13,
                                verbose_name="calendar of holidays",
                            ),
                        ),
                        (
                            "notice_days",
                            models.PositiveSmallIntegerField(
                                db_default=10, default=10, verbose_name="days of notice"
                            ),
                        ),
                        (
                            "time_zone",
                            blackgem.lib.fields.SafeCharField(db_default="UTC", default="UTC", max_length=64),
                        ),
                        (
                            "partner_totals",
                            models.CharField(
                                choices=[
                                    ("all", "Amounts and percentages"),
                                    ("percentages", "Percentages alone"),
                                    ("none", "Nothing"),
                                ],
                                db_default="all",
                                default="all",
                                max_length=11,
                                verbose_name="totals of all partners on letters",
                            ),
                        ),
                        (
                            "residual_limit",
                            blackgem.lib.fields.MoneyField(
                                db_default=Decimal("0"),
                                default=Decimal("0"),
                                verbose_name="largest residual that is settled",
                            ),
                        ),
                        ("sender_admitted_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "sender_admitted_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "funds",
                        "constraints": [
                            models.UniqueConstraint(fields=("code",), name="fund_code_once"),
                            models.CheckConstraint(
                                condition=models.Q(("code__regex", "^[A-Z0-9]{2,12}$")),
                                name="fund_code_is_letters_and_digits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("calendar", ""),
                                    ("calendar__regex", "^[A-Z]{2}(-[A-Za-z0-9]{1,10})?$"),
                                    _connector="OR",
                                ),
                                name="fund_calendar_is_of_a_country",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("notice_days__range", (0, 365))),
                                name="fund_notice_days_within_a_year",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("partner_totals__in", ["all", "percentages", "none"])),
                                name="fund_partner_totals_are_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("residual_limit__gte", 0)),
                                name="fund_residual_limit_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("paper_size__in", ["letter", "a4"])),
                                name="funds_paper_size_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("sender_admitted_at__isnull", True),
                                        ("sender_admitted_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("sender_admitted_at__isnull", False),
                                        ("sender_admitted_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="fund_sender_admitted_at_with_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Investor",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", blackgem.lib.fields.SafeCharField(max_length=200)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("individual", "Individual"),
                                    ("company", "Company"),
                                    ("partnership", "Partnership"),
                                    ("trust", "Trust"),
                                    ("foundation", "Foundation or endowment"),
                                    ("pension", "Pension fund"),
                                    ("other", "Other"),
                                ],
                                default="individual",
                                max_length=12,
                            ),
                        ),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        (
                            "attention",
                            blackgem.lib.fields.SafeCharField(
                                blank=True, max_length=200, verbose_name="attention line"
                            ),
                        ),
                        ("address", blackgem.lib.fields.PlainTextField(blank=True, max_length=500)),
                        ("country", blackgem.lib.fields.SafeCharField(blank=True, max_length=100)),
                        ("tax_reference", blackgem.lib.fields.SafeCharField(blank=True, max_length=50)),
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
                            "withholding_rate",
                            blackgem.lib.fields.RateField(
                                default=Decimal("0"), verbose_name="withholding tax"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "investors",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "individual",
                                            "company",
                                            "partnership",
                                            "trust",
                                            "foundation",
                                            "pension",
                                            "other",
                                        ],
                                    )
                                ),
                                name="investors_kind_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Commitment",
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
                        ("closing_date", models.DateField()),
                        (
                            "reference",
                            blackgem.lib.fields.SafeCharField(
                                help_text="Quoted on notices and payments.", max_length=20
                            ),
                        ),
                        (
                            "standing",
                            models.CharField(
                                choices=[("good", "In good standing"), ("defaulted", "Defaulted")],
                                default="good",
                                max_length=9,
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
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="commitments",
                                to="funds.fund",
                            ),
                        ),
                        (
                            "investor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="commitments",
                                to="funds.investor",
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
                        "db_table": "commitments",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("fund", "investor"), name="commitment_once_per_fund_and_investor"
                            ),
                            models.UniqueConstraint(
                                fields=("fund", "reference"), name="commitment_reference_once_per_fund"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "gp")),
                                fields=("fund",),
                                name="one_gp_commitment_per_fund",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["lp", "gp"])), name="commitments_kind_known"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("standing__in", ["good", "defaulted"])),
                                name="commitments_standing_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InvestorContact",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", blackgem.lib.fields.SafeCharField(max_length=200)),
                        ("email", models.EmailField(max_length=254)),
                        ("takes_notices", models.BooleanField(default=True)),
                        (
                            "investor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="contacts",
                                to="funds.investor",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="investor_contacts",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "investor_contacts",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("investor", "email"), name="contact_once_per_investor"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NoticeDocument",
                    fields=[
                        (
                            "notice",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="document",
                                serialize=False,
                                to="funds.notice",
                            ),
                        ),
                        ("content", models.BinaryField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("page_count", models.PositiveSmallIntegerField()),
                        (
                            "rendered_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("seal", models.CharField(max_length=64)),
                    ],
                    options={
                        "db_table": "notice_documents",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("seal__regex", "^[0-9a-f]{64}$")),
                                name="notice_document_is_sealed",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NoticeRendering",
                    fields=[
                        (
                            "notice",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="rendering",
                                serialize=False,
                                to="funds.notice",
                            ),
                        ),
                        ("due_at", models.DateTimeField()),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("failure", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "db_table": "notice_renderings",
                        "indexes": [models.Index(fields=["due_at"], name="notice_renderings_due")],
                    },
                ),
                migrations.CreateModel(
                    name="NoticeDelivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("round", models.PositiveIntegerField(default=1)),
                        (
                            "recipients",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.EmailField(max_length=254), size=None
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "Queued"),
                                    ("sending", "Sending"),
                                    ("sent", "Sent"),
                                    ("failed", "Failed"),
                                    ("unknown", "Unknown"),
                                ],
                                default="queued",
                                max_length=7,
                            ),
                        ),
                        ("requested_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("message_id", models.CharField(max_length=200)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("failure", models.CharField(blank=True, max_length=500)),
                        (
                            "notice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="funds.notice",
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
                        "verbose_name_plural": "notice deliveries",
                        "db_table": "notice_deliveries",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["queued", "sending"])),
                                fields=["due_at"],
                                name="notice_deliveries_under_way",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("notice", "round"), name="notice_delivery_round_once"
                            ),
                            models.UniqueConstraint(fields=("message_id",), name="notice_message_id_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["queued", "sending"])),
                                fields=("notice",),
                                name="one_delivery_under_way_per_notice",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("sent_at__isnull", False), ("state", "sent")),
                                    models.Q(
                                        models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="notice_sent_at_with_state",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["queued", "sending", "sent", "failed", "unknown"])
                                ),
                                name="notice_deliveries_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CapitalTransaction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("CONTRIBUTION", "Contribution"),
                                    ("DISTRIBUTION", "Distribution"),
                                    ("MANAGEMENT_FEE", "Management fee"),
                                    ("FUND_EXPENSE", "Fund expense"),
                                    ("ADJUSTMENT", "Adjustment"),
                                    ("TRANSFER", "Transfer"),
                                ],
                                max_length=14,
                            ),
                        ),
                        ("amount", blackgem.lib.fields.MoneyField()),
                        ("value_date", models.DateField()),
                        (
                            "recorded_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("description", models.CharField(max_length=300)),
                        ("recallable", models.BooleanField(default=False)),
                        ("call_id", models.BigIntegerField(null=True)),
                        ("call_line_id", models.BigIntegerField(null=True)),
                        ("call_item_id", models.BigIntegerField(null=True)),
                        ("allocation_id", models.BigIntegerField(null=True)),
                        ("payment_id", models.BigIntegerField(null=True)),
                        (
                            "commitment",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="transactions",
                                to="funds.commitment",
                            ),
                        ),
                        (
                            "fund",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="transactions",
                                to="funds.fund",
                            ),
                        ),
                        (
                            "deal",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="funds.deal",
                            ),
                        ),
                        ("distribution_id", models.BigIntegerField(null=True)),
                        ("distribution_item_id", models.BigIntegerField(null=True)),
                        ("due_on", models.DateField(null=True)),
                        ("line_kind", models.CharField(blank=True, default="", max_length=26)),
                        ("payout_id", models.BigIntegerField(null=True)),
                        (
                            "reverses",
                            models.OneToOneField(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by_row",
                                to="funds.capitaltransaction",
                            ),
                        ),
                        ("counts_as_distributed", models.BooleanField(db_default=False)),
                        ("counts_as_paid_in", models.BooleanField(db_default=False)),
                        ("earns_preferred_return", models.BooleanField(db_default=False)),
                        ("given_back_line_id", models.BigIntegerField(null=True)),
                        ("within_commitment", models.BooleanField(db_default=False)),
                    ],
                    options={
                        "db_table": "capital_transactions",
                        "indexes": [
                            models.Index(
                                fields=["fund", "allocation_id"],
                                include=("amount",),
                                name="ledger_by_allocation",
                            ),
                            models.Index(fields=["fund", "value_date", "id"], name="ledger_by_date"),
                            models.Index(
                                fields=["call_item_id", "call_line_id"],
                                include=("amount",),
                                name="ledger_by_item_line",
                            ),
                            models.Index(
                                fields=["payment_id"], include=("amount",), name="ledger_by_payment"
                            ),
                            models.Index(
                                condition=models.Q(("payout_id__isnull", False)),
                                fields=["payout_id"],
                                name="ledger_by_payout",
                            ),
                            models.Index(
                                fields=["commitment"],
                                include=(
                                    "amount",
                                    "call_item_id",
                                    "counts_as_paid_in",
                                    "counts_as_distributed",
                                    "recallable",
                                ),
                                name="ledger_by_commitment",
                            ),
                            models.Index(
                                condition=models.Q(("call_item_id__isnull", True)),
                                fields=["fund"],
                                include=(
                                    "amount",
                                    "counts_as_paid_in",
                                    "counts_as_distributed",
                                    "recallable",
                                ),
                                name="ledger_out_by_fund",
                            ),
                            models.Index(
                                condition=models.Q(("given_back_line_id__isnull", False)),
                                fields=["given_back_line_id", "commitment"],
                                include=("amount",),
                                name="ledger_given_back",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("counts_as_distributed", True),
                                    ("counts_as_paid_in", True),
                                    _negated=True,
                                ),
                                name="ledger_row_counts_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BankDetails",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        ("bank_name", blackgem.lib.fields.SafeCharField(max_length=200)),
                        ("account_name", blackgem.lib.fields.SafeCharField(max_length=200)),
                        (
                            "account_number",
                            blackgem.lib.fields.SafeCharField(
                                blank=True, max_length=50, verbose_name="account number"
                            ),
                        ),
                        (
                            "routing_number",
                            blackgem.lib.fields.SafeCharField(
                                blank=True, max_length=20, verbose_name="routing number"
                            ),
                        ),
                        (
                            "swift",
                            blackgem.lib.fields.SafeCharField(
                                blank=True, max_length=11, verbose_name="SWIFT / BIC"
                            ),
                        ),
                        (
                            "iban",
                            blackgem.lib.fields.SafeCharField(blank=True, max_length=34, verbose_name="IBAN"),
                        ),
                        ("four_eyes", models.BooleanField()),
                        (
                            "created_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("verified_at", models.DateTimeField(null=True)),
                        ("rejected_at", models.DateTimeField(null=True)),
                        (
                            "created_by",
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
                        (
                            "verified_by",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bank_details",
                                to="funds.fund",
                            ),
                        ),
                        (
                            "bank_address",
                            blackgem.lib.fields.SafeCharField(
                                blank=True,
                                db_default="",
                                default="",
                                max_length=300,
                                verbose_name="address of the bank",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "bank details",
                        "db_table": "bank_details",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("fund", "version"), name="bank_details_version_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("account_number", ""), _negated=True),
                                    models.Q(("iban", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="bank_details_name_an_account",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("verified_at__isnull", True), ("verified_by__isnull", True)),
                                    models.Q(("verified_at__isnull", False), ("verified_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="bank_details_verified_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("rejected_at__isnull", True), ("rejected_by__isnull", True)),
                                    models.Q(
                                        ("rejected_at__isnull", False),
                                        ("rejected_by__isnull", False),
                                        ("verified_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="bank_details_rejected_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("four_eyes", False),
                                    ("verified_by__isnull", True),
                                    models.Q(("verified_by", models.F("created_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="bank_details_verifier_is_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FundMembership",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("manager", "Manager"),
                                    ("analyst", "Analyst"),
                                    ("auditor", "Auditor"),
                                ],
                                max_length=7,
                            ),
                        ),
                        (
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to="funds.fund",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "fund_memberships",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("fund", "user"), name="one_role_per_fund_and_person"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("role__in", ["manager", "analyst", "auditor"])),
                                name="fund_memberships_role_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FundTerms",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        ("effective_on", models.DateField()),
                        (
                            "style",
                            models.CharField(
                                choices=[
                                    ("european", "European (whole fund)"),
                                    ("american", "American (deal by deal)"),
                                ],
                                default="european",
                                max_length=8,
                            ),
                        ),
                        (
                            "scope",
                            models.CharField(
                                choices=[("per_investor", "Per investor"), ("aggregate", "Aggregate")],
                                default="per_investor",
                                max_length=12,
                            ),
                        ),
                        (
                            "hurdle_rate",
                            blackgem.lib.fields.RateField(
                                default=Decimal("0.08"), verbose_name="preferred return"
                            ),
                        ),
                        (
                            "catch_up_rate",
                            blackgem.lib.fields.RateField(default=Decimal("1"), verbose_name="GP catch-up"),
                        ),
                        (
                            "carry_rate",
                            blackgem.lib.fields.RateField(
                                default=Decimal("0.20"), verbose_name="carried interest"
                            ),
                        ),
                        (
                            "compounding",
                            models.CharField(
                                choices=[
                                    ("annual", "Annual"),
                                    ("quarterly", "Quarterly"),
                                    ("simple", "Simple"),
                                ],
                                default="annual",
                                max_length=9,
                            ),
                        ),
                        (
                            "day_count",
                            models.CharField(
                                choices=[
                                    ("act/365", "Actual/365"),
                                    ("act/360", "Actual/360"),
                                    ("30E/360", "30E/360"),
                                ],
                                default="act/365",
                                max_length=7,
                            ),
                        ),
                        (
                            "management_fee_rate",
                            blackgem.lib.fields.RateField(
                                default=Decimal("0.02"), verbose_name="management fee"
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
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="terms",
                                to="funds.fund",
                            ),
                        ),
                        (
                            "clawback_tax_rate",
                            blackgem.lib.fields.RateField(
                                default=Decimal("0"), verbose_name="tax rate in a clawback"
                            ),
                        ),
                        (
                            "fee_allocation",
                            models.CharField(
                                choices=[
                                    ("pro_rata", "In proportion to realised cost"),
                                    ("none", "Not at all"),
                                ],
                                default="pro_rata",
                                max_length=8,
                            ),
                        ),
                        (
                            "fee_base",
                            models.CharField(
                                choices=[("invested", "Of invested cost"), ("commitment", "Of commitments")],
                                default="invested",
                                max_length=10,
                            ),
                        ),
                        (
                            "loss_carryforward",
                            models.BooleanField(default=True, verbose_name="losses stay due"),
                        ),
                        (
                            "order",
                            models.CharField(
                                choices=[
                                    ("capital_first", "Capital first, then preferred return"),
                                    ("pref_first", "Preferred return first, then capital"),
                                ],
                                default="capital_first",
                                max_length=13,
                                verbose_name="what is paid first",
                            ),
                        ),
                        (
                            "pref_start",
                            models.CharField(
                                choices=[
                                    ("paid", "The day paid"),
                                    ("due", "The due date"),
                                    ("later", "The later of the two"),
                                ],
                                default="paid",
                                max_length=5,
                                verbose_name="preferred return runs from",
                            ),
                        ),
                        (
                            "recallable_treatment",
                            models.CharField(
                                choices=[("all_in", "Counted as distributed"), ("excluded", "Netted out")],
                                default="all_in",
                                max_length=8,
                                verbose_name="recallable distributions in multiples",
                            ),
                        ),
                        (
                            "max_cumulative",
                            blackgem.lib.fields.MultipleField(
                                blank=True, null=True, verbose_name="most called in all, of the commitment"
                            ),
                        ),
                        (
                            "max_unfunded",
                            blackgem.lib.fields.MultipleField(
                                default=Decimal("1"), verbose_name="most unfunded, of the commitment"
                            ),
                        ),
                        (
                            "recall_capital",
                            models.BooleanField(
                                default=True, verbose_name="returned capital may be called again"
                            ),
                        ),
                        (
                            "recall_fees",
                            models.BooleanField(
                                default=True, verbose_name="amounts equal to fees may be called again"
                            ),
                        ),
                        (
                            "recall_gains",
                            models.BooleanField(default=False, verbose_name="gains may be called again"),
                        ),
                        (
                            "recall_until",
                            models.DateField(blank=True, null=True, verbose_name="recallable until"),
                        ),
                    ],
                    options={
                        "db_table": "fund_terms",
                        "verbose_name_plural": "fund terms",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("fund", "version"), name="fund_terms_version_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hurdle_rate__range", (0, 1)),
                                    ("catch_up_rate__range", (0, 1)),
                                    ("carry_rate__gte", 0),
                                    ("carry_rate__lt", 1),
                                    ("management_fee_rate__range", (0, 1)),
                                ),
                                name="fund_terms_rates_are_fractions",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("catch_up_rate", 0),
                                    ("catch_up_rate__gte", models.F("carry_rate")),
                                    _connector="OR",
                                ),
                                name="fund_terms_catch_up_reaches_carry",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("max_unfunded__range", (1, 10)),
                                    models.Q(
                                        ("max_cumulative__isnull", True),
                                        ("max_cumulative__range", (1, 10)),
                                        _connector="OR",
                                    ),
                                ),
                                name="fund_terms_recall_limits_at_least_the_commitment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("style__in", ["european", "american"])),
                                name="fund_terms_style_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("scope__in", ["per_investor", "aggregate"])),
                                name="fund_terms_scope_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("compounding__in", ["annual", "quarterly", "simple"])),
                                name="fund_terms_compounding_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("day_count__in", ["act/365", "act/360", "30E/360"])),
                                name="fund_terms_day_count_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("order__in", ["capital_first", "pref_first"])),
                                name="fund_terms_order_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("pref_start__in", ["paid", "due", "later"])),
                                name="fund_terms_pref_start_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("fee_allocation__in", ["pro_rata", "none"])),
                                name="fund_terms_fee_allocation_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("fee_base__in", ["invested", "commitment"])),
                                name="fund_terms_fee_base_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("recallable_treatment__in", ["all_in", "excluded"])),
                                name="fund_terms_recallable_treatment_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FundTermsTier",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("hurdle_rate", blackgem.lib.fields.RateField(verbose_name="hurdle")),
                        ("catch_up_rate", blackgem.lib.fields.RateField(verbose_name="GP catch-up")),
                        ("carry_rate", blackgem.lib.fields.RateField(verbose_name="carried interest")),
                        (
                            "terms",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="further_tiers",
                                to="funds.fundterms",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "fund_terms_tiers",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("terms", "position"), name="fund_terms_tier_position_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hurdle_rate__range", (0, 1)),
                                    ("catch_up_rate__range", (0, 1)),
                                    ("carry_rate__gte", 0),
                                    ("carry_rate__lt", 1),
                                ),
                                name="fund_terms_tier_rates_are_fractions",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("catch_up_rate", 0),
                                    ("catch_up_rate__gte", models.F("carry_rate")),
                                    _connector="OR",
                                ),
                                name="fund_terms_tier_catch_up_reaches_carry",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NavEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("as_of", models.DateField()),
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
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="nav_entries",
                                to="funds.fund",
                            ),
                        ),
                        (
                            "payables_deducted",
                            models.BooleanField(
                                db_default=False,
                                default=False,
                                verbose_name="declared and not yet paid out is off it",
                            ),
                        ),
                        (
                            "receivables_included",
                            models.BooleanField(
                                db_default=False,
                                default=False,
                                verbose_name="called and not yet paid is in it",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "nav_entries",
                        "verbose_name": "net asset value",
                        "verbose_name_plural": "net asset values",
                        "indexes": [
                            models.Index(fields=["fund", "-as_of", "-id"], name="nav_entries_by_day")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 0)), name="nav_not_negative"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SideLetter",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        ("effective_on", models.DateField()),
                        (
                            "hurdle_rate",
                            blackgem.lib.fields.RateField(
                                blank=True, null=True, verbose_name="preferred return"
                            ),
                        ),
                        (
                            "catch_up_rate",
                            blackgem.lib.fields.RateField(blank=True, null=True, verbose_name="GP catch-up"),
                        ),
                        (
                            "carry_rate",
                            blackgem.lib.fields.RateField(
                                blank=True, null=True, verbose_name="carried interest"
                            ),
                        ),
                        ("note", blackgem.lib.fields.SafeCharField(blank=True, max_length=500)),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(), editable=False
                            ),
                        ),
                        (
                            "commitment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="side_letters",
                                to="funds.commitment",
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
                    ],
                    options={
                        "db_table": "side_letters",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("commitment", "version"), name="side_letter_version_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("hurdle_rate__isnull", True),
                                        ("hurdle_rate__range", (0, 1)),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("catch_up_rate__isnull", True),
                                        ("catch_up_rate__range", (0, 1)),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("carry_rate__isnull", True),
                                        models.Q(("carry_rate__gte", 0), ("carry_rate__lt", 1)),
                                        _connector="OR",
                                    ),
                                ),
                                name="side_letter_rates_are_fractions",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("email", models.EmailField(max_length=254)),
                        ("token_sha256", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("accepted_at", models.DateTimeField(null=True)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        (
                            "accepted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="funds.investorcontact",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "withdrawn_by",
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
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="funds.fund",
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("manager", "Manager"),
                                    ("analyst", "Analyst"),
                                    ("auditor", "Auditor"),
                                ],
                                db_default="",
                                default="",
                                max_length=7,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "invitations",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("accepted_at__isnull", True), ("accepted_by__isnull", True)),
                                    models.Q(("accepted_at__isnull", False), ("accepted_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="invitation_accepted_at_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                                    models.Q(
                                        ("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="invitation_withdrawn_at_and_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("accepted_at__isnull", True),
                                    ("withdrawn_at__isnull", True),
                                    _connector="OR",
                                ),
                                name="invitation_ends_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("contact__isnull", False), ("fund__isnull", True), ("role", "")
                                    ),
                                    models.Q(
                                        ("contact__isnull", True),
                                        ("fund__isnull", False),
                                        ("role__in", ["manager", "analyst", "auditor"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="invitation_is_to_the_portal_or_to_a_fund",
                            ),
                            models.UniqueConstraint(
                                models.F("fund"),
                                django.db.models.functions.text.Lower("email"),
                                condition=models.Q(
                                    ("accepted_at__isnull", True),
                                    ("fund__isnull", False),
                                    ("withdrawn_at__isnull", True),
                                ),
                                name="one_invitation_per_fund_and_address",
                            ),
                        ],
                    },
                ),
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
                                choices=[("opened", "Opened"), ("acknowledged", "Acknowledged")],
                                max_length=12,
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
                migrations.CreateModel(
                    name="NavEntryDeal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount", blackgem.lib.fields.MoneyField()),
                        (
                            "deal",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="funds.deal",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deals",
                                to="funds.naventry",
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
                    ],
                    options={
                        "db_table": "nav_entry_deals",
                        "constraints": [
                            models.UniqueConstraint(fields=("entry", "deal"), name="nav_entry_deal_once"),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 0)), name="nav_entry_deal_not_negative"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MailDomain",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "name",
                            models.CharField(
                                help_text="For example fund.example, without @.",
                                max_length=253,
                                verbose_name="domain",
                            ),
                        ),
                        (
                            "admitted_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        (
                            "admitted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "mail_domains",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at", None)),
                                fields=("name",),
                                name="mail_domain_admitted_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("name__regex", "^[a-z0-9-]+(\\.[a-z0-9-]+)+$"),
                                    ("name", django.db.models.functions.text.Lower("name")),
                                ),
                                name="mail_domain_is_a_domain",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                                    models.Q(
                                        ("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="mail_domain_withdrawn_at_with_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ControlChange",
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
                                choices=[
                                    ("four_eyes", "Second approver"),
                                    ("sender", "Reply address of letters"),
                                    ("limit", "Limits, notice and LPA date"),
                                    ("totals", "Totals of all partners on letters"),
                                    ("terms", "Terms"),
                                    ("side_letter", "Side letter"),
                                    ("role", "Role in the fund"),
                                    ("contact", "Notice contact"),
                                    ("withholding", "Withholding tax"),
                                    ("capital_call", "Wording, due date or cancellation"),
                                    ("distribution", "Cancellation"),
                                    ("portal", "Access to the portal"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("subject_id", models.BigIntegerField(null=True)),
                        ("about", blackgem.lib.fields.SafeCharField(blank=True, max_length=300)),
                        ("was", models.JSONField()),
                        ("becomes", models.JSONField()),
                        ("batch", models.UUIDField(default=uuid.uuid4)),
                        ("four_eyes", models.BooleanField(default=True)),
                        ("recorded_at", models.DateTimeField()),
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
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="control_changes",
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
                        "db_table": "control_changes",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("approved_at__isnull", True), ("rejected_at__isnull", True)
                                ),
                                fields=("fund", "kind", "about"),
                                name="one_control_change_waits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_at__isnull", True),
                                    ("rejected_at__isnull", True),
                                    _connector="OR",
                                ),
                                name="control_change_is_decided_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="control_change_approved_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("rejected_at__isnull", True), ("rejected_by__isnull", True)),
                                    models.Q(("rejected_at__isnull", False), ("rejected_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="control_change_rejected_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("four_eyes", False),
                                    ("approved_by__isnull", True),
                                    models.Q(("approved_by", models.F("recorded_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="control_change_approver_is_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "four_eyes",
                                            "sender",
                                            "limit",
                                            "totals",
                                            "terms",
                                            "side_letter",
                                            "role",
                                            "contact",
                                            "withholding",
                                            "capital_call",
                                            "distribution",
                                            "portal",
                                        ],
                                    )
                                ),
                                name="control_change_kind_is_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PortalGrant",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("granted_at", models.DateTimeField()),
                        (
                            "commitment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="portal_grants",
                                to="funds.commitment",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="portal_grants",
                                to="funds.investorcontact",
                            ),
                        ),
                        (
                            "granted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("acknowledges", models.BooleanField(db_default=True, default=True)),
                        ("manages_contacts", models.BooleanField(db_default=False, default=False)),
                    ],
                    options={
                        "db_table": "portal_grants",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("commitment", "contact"), name="portal_grant_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WarningMail",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("recipient", models.EmailField(max_length=254)),
                        ("subject", blackgem.lib.fields.SafeCharField(max_length=200)),
                        ("body", blackgem.lib.fields.PlainTextField(max_length=4000)),
                        ("due_at", models.DateTimeField()),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("failure", models.CharField(blank=True, max_length=500)),
                        ("seal", models.CharField(max_length=64)),
                    ],
                    options={
                        "db_table": "warning_mails",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("sent_at", None)),
                                fields=["due_at"],
                                name="warning_mails_waiting",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("seal__regex", "^[0-9a-f]{64}$")),
                                name="warning_mail_is_sealed",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Adviser",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        ("name", blackgem.lib.fields.SafeCharField(max_length=200)),
                        ("email", models.EmailField(max_length=254)),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("adviser", "Adviser"),
                                    ("accountant", "Accountant"),
                                    ("employee", "Employee"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        (
                            "declined_because",
                            blackgem.lib.fields.SafeCharField(blank=True, db_default="", max_length=300),
                        ),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "change",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="adviser",
                                to="funds.controlchange",
                            ),
                        ),
                        (
                            "commitment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="advisers",
                                to="funds.commitment",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="asked_for",
                                to="funds.investorcontact",
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "advisers",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                                    models.Q(
                                        ("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="adviser_withdrawn_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("role__in", ["adviser", "accountant", "employee"])),
                                name="advisers_role_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PartMessage",
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
                                choices=[
                                    ("capital_call", "Capital call notice"),
                                    ("distribution", "Distribution notice"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("subject_id", models.BigIntegerField()),
                        ("item_id", models.BigIntegerField()),
                        ("from_fund", models.BooleanField(default=False)),
                        ("text", blackgem.lib.fields.PlainTextField(max_length=2000)),
                        ("written_at", models.DateTimeField()),
                        (
                            "commitment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="part_messages",
                                to="funds.commitment",
                            ),
                        ),
                        (
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="part_messages",
                                to="funds.fund",
                            ),
                        ),
                        (
                            "written_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "part_messages",
                        "indexes": [
                            models.Index(fields=["kind", "item_id"], name="part_messages_by_part"),
                            models.Index(fields=["written_by", "written_at"], name="part_messages_by_writer"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True),
                                name="part_message_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["capital_call", "distribution"])),
                                name="part_messages_kind_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommitmentAmounts",
                    fields=[
                        (
                            "commitment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="amounts",
                                serialize=False,
                                to="funds.commitment",
                            ),
                        ),
                        ("committed", blackgem.lib.fields.MoneyField()),
                        ("released", blackgem.lib.fields.MoneyField()),
                    ],
                    options={
                        "db_table": "commitment_amounts",
                        "abstract": False,
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="CommitmentEvent",
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
                                    ("admitted", "Admitted"),
                                    ("corrected", "Corrected"),
                                    ("increased", "Increased"),
                                    ("released", "Released"),
                                    ("expired", "Expired"),
                                    ("default_reduction", "Reduced by default"),
                                ],
                                max_length=17,
                            ),
                        ),
                        ("changes_commitment", models.BooleanField()),
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
                            "commitment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="funds.commitment",
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
                        "db_table": "commitment_events",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "admitted")),
                                fields=("commitment",),
                                name="one_admission_per_commitment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("amount__gte", 0), ("changes_commitment", True), ("kind", "admitted")
                                    ),
                                    models.Q(
                                        models.Q(("amount", 0), _negated=True),
                                        ("changes_commitment", True),
                                        ("kind", "corrected"),
                                    ),
                                    models.Q(
                                        ("amount__gt", 0), ("changes_commitment", True), ("kind", "increased")
                                    ),
                                    models.Q(
                                        ("amount__lt", 0),
                                        ("changes_commitment", True),
                                        ("kind", "default_reduction"),
                                    ),
                                    models.Q(
                                        ("amount__lt", 0),
                                        ("changes_commitment", False),
                                        ("kind__in", ["released", "expired"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="commitment_event_does_what_its_kind_says",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("approved_at__isnull", False),
                                        ("four_eyes", False),
                                        ("kind__in", ["admitted", "corrected"]),
                                    ),
                                    models.Q(
                                        models.Q(("kind__in", ["admitted", "corrected"]), _negated=True),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="commitment_event_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_at__isnull", True),
                                    ("rejected_at__isnull", True),
                                    _connector="OR",
                                ),
                                name="commitment_event_decided_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="commitment_event_approved_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("rejected_at__isnull", True), ("rejected_by__isnull", True)),
                                    models.Q(("rejected_at__isnull", False), ("rejected_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="commitment_event_rejected_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("four_eyes", False),
                                    ("approved_by__isnull", True),
                                    models.Q(("approved_by", models.F("recorded_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="commitment_event_approver_is_another",
                            ),
                        ],
                    },
                ),
            ]
        ),
        *run_sql(__file__, "keys"),
        *folded_column("funds", "name || ' ' || legal_name || ' ' || code"),
        *folded_column("investors", "name"),
        *folded_column("investor_contacts", "name || ' ' || email"),
        *folded_column("deals", "name"),
        trigram_index("commitments", "lower(reference)", "commitments_by_reference"),
        trigram_index("notices", "lower(number)", "notices_by_number"),
        Together(
            [
                migrations.AddField(
                    model_name="fund",
                    name="public_id",
                    field=models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
                    ),
                ),
                migrations.AddField(
                    model_name="investor",
                    name="public_id",
                    field=models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
                    ),
                ),
                migrations.AddField(
                    model_name="investorcontact",
                    name="gets_calls",
                    field=models.BooleanField(db_default=True, default=True),
                ),
                migrations.AddField(
                    model_name="investorcontact",
                    name="gets_distributions",
                    field=models.BooleanField(db_default=True, default=True),
                ),
            ]
        ),
    ]
