-- A shortfall is no more than the item without its part for the fee; what it asks of the others stays under their caps, and with what it
-- says is uncovered adds up to it. Nobody is asked in its own place.
SELECT r.id AS remedy, r.amount, r.uncovered, p.asked, p.over, m.most
  FROM default_remedies r
  JOIN defaults d ON d.id = r.default_id
  JOIN funds f ON f.id = r.fund_id
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount), 0) AS most
                       FROM capital_call_item_lines x JOIN capital_call_lines l ON l.id = x.line_id
                      WHERE x.item_id = d.item_id AND l.kind <> 'management_fee' AND l.counts_as_called) m
 CROSS JOIN LATERAL (SELECT coalesce(sum(g.amount) FILTER (WHERE g.amount > 0), 0) AS more
                       FROM line_changes g WHERE g.item_id = d.item_id AND g.changes_owed) g
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount), 0) AS asked,
                            count(*) FILTER (WHERE x.amount > x.cap OR x.commitment_id = d.commitment_id OR d.cap_base = 'item' AND x.cap > round(
                                d.cap * (SELECT coalesce(sum(i.amount), 0) + coalesce(sum(c.amount), 0)
                                           FROM capital_call_items i
                                           LEFT JOIN LATERAL (SELECT sum(z.amount) AS amount FROM line_changes z
                                                               WHERE z.item_id = i.id AND z.changes_owed AND z.recorded_at <= r.approved_at) c ON true
                                          WHERE i.call_id = d.call_id AND i.commitment_id = x.commitment_id), currency_decimals(f.currency))) AS over
                       FROM default_parts x WHERE x.remedy_id = r.id) p
 WHERE r.kind = 'shortfall' AND r.approved_at IS NOT NULL AND (p.asked + r.uncovered <> r.amount OR p.over > 0 OR r.amount > m.most + g.more)
