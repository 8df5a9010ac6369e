from django.db import migrations, models

# A reversal counts on the day of what it takes back; the bank's own day stays with the request.
COUNT_ON_THE_DAY_OF_WHAT_IS_REVERSED = """
ALTER TABLE payments DISABLE TRIGGER USER;
ALTER TABLE payment_reversals DISABLE TRIGGER USER;
ALTER TABLE capital_transactions DISABLE TRIGGER USER;
UPDATE payment_reversals r
   SET cash_on = greatest(o.value_date, coalesce(n.value_date, r.requested_at::date))
  FROM payment_reversals q
  JOIN payments o ON o.id = q.payment_id
  LEFT JOIN payments n ON n.id = q.compensation_id
 WHERE q.id = r.id AND r.money_left;
UPDATE payments n SET value_date = o.value_date FROM payments o WHERE o.id = n.reverses_id;
UPDATE capital_transactions n SET value_date = o.value_date
  FROM capital_transactions o WHERE o.id = n.reverses_id AND n.payment_id IS NOT NULL;
ALTER TABLE payments ENABLE TRIGGER USER;
ALTER TABLE payment_reversals ENABLE TRIGGER USER;
ALTER TABLE capital_transactions ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("capital", "0005_notice_states")]
    operations = [
        migrations.AddField("paymentreversal", "cash_on", models.DateField(null=True)),
        migrations.RunSQL(COUNT_ON_THE_DAY_OF_WHAT_IS_REVERSED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "paymentreversal",
            models.CheckConstraint(
                condition=models.Q(cash_on__isnull=False, money_left=True)
                | models.Q(cash_on__isnull=True, money_left=False),
                name="reversal_cash_day_with_bounced_wire",
            ),
        ),
    ]
