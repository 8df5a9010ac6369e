"""Who saw every commitment of an investor before is let see each of them: contacts who sign in, and those whose
invitation waits. By a manager of the commitment's fund, or where it has none by who set the fund up."""

from django.db import migrations

GRANT = """
INSERT INTO portal_grants (commitment_id, contact_id, granted_by_id, granted_at)
SELECT c.id, k.id, coalesce((SELECT m.user_id FROM fund_memberships m JOIN users u ON u.id = m.user_id AND u.is_active
                              WHERE m.fund_id = f.id AND m.role = 'manager' ORDER BY m.id LIMIT 1), f.created_by_id),
       transaction_timestamp()
  FROM investor_contacts k
  JOIN commitments c ON c.investor_id = k.investor_id
  JOIN funds f ON f.id = c.fund_id
 WHERE k.user_id IS NOT NULL
    OR EXISTS (SELECT FROM invitations i WHERE i.contact_id = k.id AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL)
"""


class Migration(migrations.Migration):
    dependencies = [("funds", "0017_portal_grants")]

    operations = [migrations.RunSQL(GRANT, migrations.RunSQL.noop)]
