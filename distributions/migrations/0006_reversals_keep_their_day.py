from django.db import migrations, models

# A reversal counts on the day of what it takes back; the bank's own day stays with the request.
COUNT_ON_THE_DAY_OF_WHAT_IS_REVERSED = """
ALTER TABLE payouts DISABLE TRIGGER USER;
ALTER TABLE payout_reversals DISABLE TRIGGER USER;
ALTER TABLE capital_transactions DISABLE TRIGGER USER;
UPDATE payout_reversals r
   SET cash_on = greatest(o.value_date, coalesce(n.value_date, r.requested_at::date))
  FROM payout_reversals q
  JOIN payouts o ON o.id = q.payout_id
  LEFT JOIN payouts n ON n.id = q.compensation_id
 WHERE q.id = r.id ;
UPDATE payouts n SET value_date = o.value_date FROM payouts o WHERE o.id = n.reverses_id;
UPDATE capital_transactions n SET value_date = o.value_date
  FROM capital_transactions o WHERE o.id = n.reverses_id AND n.payout_id IS NOT NULL;
ALTER TABLE payouts ENABLE TRIGGER USER;
ALTER TABLE payout_reversals ENABLE TRIGGER USER;
ALTER TABLE capital_transactions ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("distributions", "0005_notice_states"), ("capital", "0006_reversals_keep_their_day")]
    operations = [
        migrations.AddField("payoutreversal", "cash_on", models.DateField(null=True)),
        migrations.RunSQL(COUNT_ON_THE_DAY_OF_WHAT_IS_REVERSED, migrations.RunSQL.noop),
    ]
