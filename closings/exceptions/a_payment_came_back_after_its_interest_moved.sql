-- A payment came back after a part of the interest that it paid for had moved: each who holds a part of it owes that. Have it paid again.
SELECT g.fund_id AS fund, g.commitment_id AS commitment, k.number AS call, i.amount + c.changed - p.paid AS to_recover
  FROM (SELECT DISTINCT fund_id, commitment_id, call_id, item_id FROM line_changes WHERE came_back_id IS NOT NULL) g
  JOIN capital_calls k ON k.id = g.call_id
  JOIN capital_call_items i ON i.id = g.item_id
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount), 0) AS changed FROM line_changes x WHERE x.item_id = i.id AND x.changes_owed) c
 CROSS JOIN LATERAL (SELECT coalesce(sum(y.amount), 0) AS paid FROM payments y WHERE y.item_id = i.id) p
 WHERE k.status <> 'cancelled' AND i.amount + c.changed > p.paid
