-- What is done about a default is asked for by a call of its own: interest of the partner in default alone, a shortfall of the others. Who assumed a part of it since, or
-- holds one of a payment that came back, has an item of 0.00 beside.
SELECT o.remedy, o.commitment_id AS commitment, o.amount, i.amount AS asked
  FROM (SELECT r.id AS remedy, d.commitment_id, r.amount
          FROM default_remedies r JOIN defaults d ON d.id = r.default_id
         WHERE r.kind = 'interest' AND r.approved_at IS NOT NULL
         UNION ALL
        SELECT p.remedy_id, p.commitment_id, p.amount FROM default_parts p WHERE p.amount > 0) o
  FULL JOIN (SELECT c.remedy_id AS remedy, x.commitment_id, x.amount
               FROM default_calls c JOIN capital_call_items x ON x.call_id = c.call_id AND x.amount <> 0) i USING (remedy, commitment_id)
 WHERE o.amount IS DISTINCT FROM i.amount
