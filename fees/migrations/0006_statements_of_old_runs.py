"""Statements of runs that were approved before there were any: worked out from the lines of the runs, which are frozen."""

from datetime import timedelta
from types import SimpleNamespace

from django.db import migrations

from fees.queries.explained import explained


def write_missing_statements(apps, editor) -> None:
    """For each partner who pays a fee, what its line of an approved run says, where nobody was told anything of it."""
    using = editor.connection.alias
    runs, lines, bills, statements = (
        apps.get_model("fees", name).objects.using(using)
        for name in ("FeeRun", "FeeRunLine", "FeeBill", "FeeStatement")
    )
    untold = runs.filter(approved_at__isnull=False).exclude(pk__in=statements.values("run"))
    withdrawn = dict(bills.filter(call__status="cancelled").values_list("run", "call__cancelled_at"))
    for run in untold.order_by("pk"):
        said = SimpleNamespace(
            starts_on=run.starts_on,
            last_day=run.ends_on - timedelta(1),
            inputs=run.inputs,
            paid_from=run.paid_from,
        )
        # They are written with the approval of a run; this one was approved before there were any.
        editor.execute("SELECT note_checks('fee_bill_is_new', ARRAY[%s]::bigint[])", [run.pk])
        statements.bulk_create(
            statements.model(
                run_id=run.pk,
                fund_id=run.fund_id,
                commitment_id=line.commitment_id,
                effective_on=run.effective_on,
                facts=explained(line, said),
                withdrawn_at=withdrawn.get(run.pk),
            )
            for line in lines.filter(run=run.pk).order_by("pk")
            if line.parts
        )


class Migration(migrations.Migration):
    dependencies = [("fees", "0005_waivers_and_cancellations")]

    operations = [migrations.RunPython(write_missing_statements, migrations.RunPython.noop)]
