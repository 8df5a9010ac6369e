from django.db import migrations

#: What was allocated counts from the day it was entered, or of the first call on it, where that is earlier.
ALLOTMENTS = """
    INSERT INTO allocation_amounts (fund_id, allocation_id, kind, amount, effective_on, reason, four_eyes,
                                    recorded_at, recorded_by_id, approved_at, approved_by_id)
    SELECT a.fund_id, a.id, 'allotment', a.committed_amount,
           least((a.created_at AT TIME ZONE 'UTC')::date, (
               SELECT min(k.call_date) FROM capital_call_lines l JOIN capital_calls k ON k.id = l.call_id
                WHERE l.allocation_id = a.id)),
           '', false, a.created_at, a.created_by_id, a.created_at, a.created_by_id
      FROM fund_allocations a;
    SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [("capital", "0007_dated_allocations")]
    operations = [
        migrations.RunSQL(ALLOTMENTS),
        migrations.RemoveConstraint("fundallocation", "allocation_positive"),
        migrations.RemoveField("fundallocation", "committed_amount"),
    ]
