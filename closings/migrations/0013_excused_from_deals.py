from django.db import migrations

#: What was asked before of who was excused from the deal as it came in said no reason.
ASKED_BEFORE = """
    ALTER TABLE capital_call_item_lines DISABLE TRIGGER USER;
    UPDATE capital_call_item_lines p SET included_reason = 'Asked for before a reason was kept'
      FROM capital_calls k, capital_call_lines l, fund_allocations a, commitments m
     WHERE k.id = p.call_id AND l.id = p.line_id AND a.id = l.allocation_id AND m.id = p.commitment_id
       AND k.approved_at IS NOT NULL AND p.amount > 0
       AND EXISTS (SELECT FROM closing_excuses e
                     JOIN closings c ON c.id = e.closing_id AND c.status = 'settled' AND c.approved_at <= k.approved_at
                     JOIN closing_tranches t ON t.id = e.tranche_id AND t.investor_id = m.investor_id
                    WHERE e.fund_id = p.fund_id AND e.deal_id = a.deal_id);
    ALTER TABLE capital_call_item_lines ENABLE TRIGGER USER
"""


class Migration(migrations.Migration):
    dependencies = [
        ("closings", "0012_open_items_are_assumed"),
        ("capital", "0029_excused_from_deals"),
    ]

    operations = [migrations.RunSQL(ASKED_BEFORE, migrations.RunSQL.noop)]
