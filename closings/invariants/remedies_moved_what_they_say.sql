-- A forfeiture took of the commitment what it says, and gave each of the others its part of every kind of rows, to less than two units; a
-- sale gave all to its buyer; a reduction is in the register, once.
SELECT r.id AS remedy, r.kind, r.amount, m.commitment AS moved
  FROM default_remedies r
  JOIN defaults d ON d.id = r.default_id
  JOIN funds f ON f.id = r.fund_id
 CROSS JOIN LATERAL (
       SELECT count(DISTINCT t.id) AS transfers, coalesce(-sum(e.amount), 0) AS commitment,
              coalesce(bool_and((t.transferor_id, t.effective_on, t.approved_at) = (d.commitment_id, r.effective_on, r.approved_at)), true) AS agree,
              min(t.transferee_id) AS buyer
         FROM transfers t
         LEFT JOIN commitment_events e ON e.transfer_id = t.id AND e.kind = 'transfer_out' AND e.changes_commitment
        WHERE t.remedy_id = r.id) m
 WHERE NOT m.agree
    OR (m.transfers > 0) IS DISTINCT FROM (r.approved_at IS NOT NULL AND r.kind IN ('forfeiture', 'sale'))
    OR r.approved_at IS NOT NULL AND (
          r.kind = 'forfeiture' AND m.commitment <> r.amount
       OR r.kind = 'sale' AND (m.transfers, m.buyer) IS DISTINCT FROM (1::bigint, r.buyer_id)
       OR r.kind = 'reduction' AND 1 <> (SELECT count(*) FROM commitment_events e
                                          WHERE e.commitment_id = d.commitment_id AND e.kind = 'default_reduction'
                                            AND (e.amount, e.effective_on, e.approved_at) = (-r.amount, r.effective_on, r.approved_at))
       OR EXISTS (SELECT FROM forfeited_parts(r.id) p
                   WHERE r.kind = 'forfeiture' AND abs(p.given - p.exact) >= 2 * power(10::numeric, -currency_decimals(f.currency))))
