import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from blackgem.lib.squashed import Together

KINDS = [
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
    ("no_account", "Letters without bank details"),
    ("nav", "Net asset value"),
    ("wording", "Letterhead and words of letters"),
]


def _to(model, name="+", **options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model, **options
    )


def _id():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0049_approvers_told"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterImage",
            fields=[
                ("id", _id()),
                ("content", models.BinaryField()),
                ("kind", models.CharField(choices=[("png", "PNG"), ("jpeg", "JPEG")], max_length=4)),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("recorded_at", models.DateTimeField()),
                ("fund", _to("funds.fund", "letter_images")),
                ("recorded_by", _to(settings.AUTH_USER_MODEL)),
            ],
            options={
                "db_table": "letter_images",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["png", "jpeg"])), name="letter_image_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__range", (1, 1600)), ("width__range", (1, 1600))),
                        name="letter_image_is_no_poster",
                    ),
                    models.UniqueConstraint(fields=("fund", "sha256"), name="letter_image_is_kept_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterWording",
            fields=[
                ("id", _id()),
                ("version", models.PositiveIntegerField()),
                ("head_lines", models.CharField(blank=True, max_length=600)),
                ("words", models.JSONField(default=dict)),
                ("recorded_at", models.DateTimeField()),
                ("fund", _to("funds.fund", "letter_wordings")),
                ("logo", _to("funds.letterimage", null=True)),
                ("signature", _to("funds.letterimage", null=True)),
                ("recorded_by", _to(settings.AUTH_USER_MODEL)),
            ],
            options={
                "db_table": "letter_wordings",
                "constraints": [
                    models.UniqueConstraint(fields=("fund", "version"), name="letter_wording_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="letter_wording_version_from_one"
                    ),
                ],
            },
        ),
        Together(
            [
                migrations.RemoveConstraint(model_name="controlchange", name="control_change_kind_is_known"),
                migrations.AlterField(
                    model_name="controlchange",
                    name="kind",
                    field=models.CharField(choices=KINDS, max_length=12),
                ),
                migrations.AddConstraint(
                    model_name="controlchange",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("kind__in", [kind for kind, _ in KINDS])),
                        name="control_change_kind_is_known",
                    ),
                ),
            ]
        ),
    ]
