"""A true-up names the periods that it is of. Those of before stay one amount, of no period."""

from django.db import migrations, models

from blackgem.lib.squashed import Together

#: Rows are append-only for everybody but a migration.
ONE_AMOUNT = """
    ALTER TABLE fee_run_lines DISABLE TRIGGER USER;
    UPDATE fee_run_lines
       SET true_ups = jsonb_build_array(jsonb_build_object(
               'from', NULL, 'to', NULL, 'was', '0', 'comes_to', true_up::text, 'why', '[]'::jsonb, 'parts', '[]'::jsonb))
     WHERE true_up <> 0;
    ALTER TABLE fee_run_lines ENABLE TRIGGER USER
"""


class Migration(migrations.Migration):
    dependencies = [("fees", "0006_statements_of_old_runs")]

    operations = [
        Together(
            [
                migrations.AddField(
                    model_name="feerunline",
                    name="true_ups",
                    field=models.JSONField(db_default=[], default=list),
                ),
                migrations.RunSQL(ONE_AMOUNT, migrations.RunSQL.noop),
            ]
        ),
    ]
