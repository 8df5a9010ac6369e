"""What a late closer was charged for the time before, it reads among its fees. Those of before are worked out from what was
kept, and say what their letters say."""

import django.db.models.deletion
from django.db import migrations, models

from blackgem.lib.money import unit_of
from blackgem.lib.squashed import Together
from fees.queries.caught_up import caught_up

KEYS = """
    ALTER TABLE fee_catch_ups ADD CONSTRAINT fee_catch_ups_key UNIQUE (id, commitment_id);
    ALTER TABLE fee_statements
        ADD CONSTRAINT fee_statement_of_catch_up FOREIGN KEY (catch_up_id, commitment_id) REFERENCES fee_catch_ups (id, commitment_id);
"""


def write_missing_statements(apps, editor) -> None:
    """For each late closer who was charged something, what its letter says of it."""
    using = editor.connection.alias
    rows = apps.get_model("fees", "FeeCatchUp").objects.using(using).select_related("fund", "call")
    rows = list(rows.exclude(net=0, charged=0).order_by("pk"))
    if not rows:
        return
    notices = apps.get_model("funds", "Notice").objects.using(using).filter(kind="capital_call")
    changes = apps.get_model("capital", "LineChange").objects.using(using)
    taken_off = changes.filter(closing_id=None, closing_reversal_id__isnull=False)
    statements = apps.get_model("fees", "FeeStatement").objects.using(using)
    # What is written with its rows only, they were written before there was any.
    editor.execute("ALTER TABLE fee_statements DISABLE TRIGGER USER")
    for row in rows:
        letter = (
            notices.filter(subject_id=row.call_id, commitment=row.commitment_id).order_by("version").first()
        )
        said = letter.facts.get("fee") if letter else None
        withdrawn_at = (
            row.call.cancelled_at
            or (taken_off.filter(call=row.call_id).aggregate(at=models.Min("recorded_at"))["at"])
        )
        statements.create(
            catch_up_id=row.pk,
            fund_id=row.fund_id,
            commitment_id=row.commitment_id,
            effective_on=row.effective_on,
            facts=said or caught_up(row, unit_of(row.fund.currency)),
            withdrawn_at=withdrawn_at,
        )
    editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while keys of it wait to be checked
    editor.execute("ALTER TABLE fee_statements ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    dependencies = [("fees", "0008_catch_ups_of_late_closers")]

    operations = [
        Together(
            [
                migrations.AlterField(
                    model_name="feestatement",
                    name="run",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="fees.feerun",
                    ),
                ),
                migrations.AddField(
                    model_name="feestatement",
                    name="catch_up",
                    field=models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statement",
                        to="fees.feecatchup",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="feestatement",
                    constraint=models.CheckConstraint(
                        condition=models.Q(run__isnull=True, catch_up__isnull=False)
                        | models.Q(run__isnull=False, catch_up__isnull=True),
                        name="fee_statement_of_a_run_or_of_a_catch_up",
                    ),
                ),
            ]
        ),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
        migrations.RunPython(write_missing_statements, migrations.RunPython.noop),
    ]
