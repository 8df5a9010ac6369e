from django.conf import settings
import blackgem.models
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

from blackgem.lib.squashed import Together
from blackgem.lib.sql import run_sql


class Migration(migrations.Migration):
    """What the migrations up to 0012 make of an empty database."""

    initial = True
    replaces = [
        ("blackgem", "0001_initial"),
        ("blackgem", "0002_cache_entries"),
        ("blackgem", "0003_audit_address"),
        ("blackgem", "0004_applied_sql"),
        ("blackgem", "0005_three_decimals"),
        ("blackgem", "0006_session_generation"),
        ("blackgem", "0007_known_choices"),
        ("blackgem", "0008_opened_writes"),
        ("blackgem", "0009_opens_funds"),
        ("blackgem", "0010_trigrams"),
        ("blackgem", "0011_saved_views"),
        ("blackgem", "0012_readable_admin"),
    ]
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [
        *run_sql(__file__, "domain"),
        Together(
            [
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, unique=True)),
                        ("full_name", models.CharField(max_length=200)),
                        ("is_staff", models.BooleanField(default=False, verbose_name="may use the admin")),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "date_joined",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(), editable=False
                            ),
                        ),
                        (
                            "session_generation",
                            models.PositiveIntegerField(db_default=0, default=0, editable=False),
                        ),
                        (
                            "opens_funds",
                            models.BooleanField(
                                db_default=False, default=False, verbose_name="may open funds"
                            ),
                        ),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "users",
                        "permissions": [("help_user", "Can mail links to a new password and end sessions")],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("email"),
                                name="user_email_once_in_any_case",
                            )
                        ],
                    },
                    managers=[
                        ("objects", blackgem.models.UserManager()),
                    ],
                ),
                migrations.CreateModel(
                    name="ApiToken",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        (
                            "scope",
                            models.CharField(choices=[("read", "Read"), ("write", "Write")], max_length=5),
                        ),
                        ("token_sha256", models.CharField(max_length=64, unique=True)),
                        (
                            "created_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="api_tokens",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "api_tokens",
                        "verbose_name": "API token",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("scope__in", ["read", "write"])),
                                name="api_tokens_scope_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuditEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "recorded_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("happened_at", models.DateTimeField()),
                        ("verb", models.CharField(max_length=60)),
                        ("object_label", models.CharField(max_length=300)),
                        (
                            "subjects",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=100), size=None
                            ),
                        ),
                        ("fund_id", models.BigIntegerField(null=True)),
                        ("changes", models.JSONField(default=dict)),
                        ("reason", models.CharField(blank=True, max_length=2000)),
                        ("request_id", models.CharField(blank=True, max_length=64)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("address", models.CharField(blank=True, db_default="", max_length=64)),
                    ],
                    options={
                        "db_table": "audit_events",
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["subjects"], name="audit_events_subjects"
                            ),
                            models.Index(fields=["fund_id", "-id"], name="audit_events_fund"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IdempotentAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=255)),
                        ("request_sha256", models.CharField(max_length=64)),
                        ("status", models.PositiveSmallIntegerField()),
                        ("headers", models.JSONField(default=dict)),
                        ("body", models.BinaryField()),
                        (
                            "created_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "idempotent_answers",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "key"), name="idempotency_key_once_per_user"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedView",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("page", models.CharField(max_length=60)),
                        ("name", models.CharField(max_length=60)),
                        ("query", models.CharField(blank=True, max_length=2000)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_views",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "saved_views",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "page", "name"), name="saved_view_name_once_per_list"
                            )
                        ],
                    },
                ),
            ]
        ),
        *run_sql(__file__, "tables"),
        TrigramExtension(),
    ]
