-- Every roll-up of a fund is the same figure by another way: partners, items and ledger; deals and allocations; cash and receipts.
SELECT f.id AS fund, v.what, v.one_way, v.another
  FROM funds f
  JOIN fund_commitment_capital p ON p.fund_id = f.id
  JOIN fund_capital d ON d.fund_id = f.id
  JOIN fund_cash h ON h.fund_id = f.id
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.committed), 0) AS committed, coalesce(sum(x.called), 0) AS called,
                            coalesce(sum(x.called_within), 0) AS called_within, coalesce(sum(x.paid), 0) AS paid,
                            coalesce(sum(x.outstanding), 0) AS outstanding, coalesce(sum(x.unfunded), 0) AS unfunded,
                            coalesce(sum(x.to_refund), 0) AS to_refund,
                            coalesce(sum(x.distributed), 0) AS distributed,
                            coalesce(sum(x.returned_unused), 0) AS returned_unused
                       FROM commitment_capital x WHERE x.fund_id = f.id) c
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.called), 0) AS called, coalesce(sum(x.paid), 0) AS paid,
                            coalesce(sum(x.outstanding), 0) AS outstanding
                       FROM call_capital x WHERE x.fund_id = f.id) k
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.called), 0) AS called, coalesce(sum(x.paid), 0) AS paid
                       FROM capital_calls q JOIN call_item_capital x ON x.call_id = q.id WHERE q.fund_id = f.id) i
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.committed), 0) AS committed, coalesce(sum(x.called), 0) AS called,
                            coalesce(sum(x.funded), 0) AS funded, coalesce(sum(x.uncalled), 0) AS uncalled,
                            coalesce(sum(x.outstanding), 0) AS outstanding
                       FROM allocation_capital x WHERE x.fund_id = f.id) a
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount), 0) AS received, coalesce(sum(x.applied), 0) AS applied,
                            coalesce(sum(x.returned), 0) AS returned, coalesce(sum(x.unapplied), 0) AS unapplied
                       FROM receipt_capital x WHERE x.fund_id = f.id) r
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount), 0) AS expensed
                       FROM residual_settlements x
                      JOIN payments p ON p.settlement_id = x.id
                      LEFT JOIN payments back ON back.reverses_id = p.id
                      WHERE x.fund_id = f.id AND x.kind = 'expensed' AND x.approved_at IS NOT NULL AND back.id IS NULL) e
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount), 0) AS set_off
                       FROM payments x WHERE x.fund_id = f.id AND (x.setoff_part_id IS NOT NULL OR x.closing_id IS NOT NULL OR x.waiver_use_id IS NOT NULL)) so
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.asked), 0) AS asked, coalesce(sum(x.asked - x.paid), 0) AS owed
                       FROM (SELECT l.amount + (SELECT coalesce(sum(g.amount), 0) FROM line_changes g WHERE g.line_id = l.id) AS asked, (SELECT coalesce(sum(t.amount), 0) FROM capital_transactions t
                                                         WHERE t.call_line_id = l.id) AS paid
                               FROM capital_call_lines l JOIN capital_calls q ON q.id = l.call_id
                              WHERE l.fund_id = f.id AND NOT l.counts_as_called
                                AND q.status IN ('sent', 'partially_funded', 'fully_funded')) x) b
 CROSS JOIN LATERAL (SELECT coalesce(-sum(x.amount), 0) AS taken FROM line_changes x JOIN capital_calls q ON q.id = x.call_id
                      WHERE x.fund_id = f.id AND NOT x.changes_owed AND q.status IN ('sent', 'partially_funded', 'fully_funded')) g
 CROSS JOIN LATERAL (SELECT coalesce(-sum(x.amount), 0) AS refunded FROM capital_transactions x
                      WHERE x.fund_id = f.id AND x.refund_payout_id IS NOT NULL AND NOT x.passed_on) z
 CROSS JOIN LATERAL (VALUES
       ('committed', p.committed, c.committed), ('called', p.called, c.called), ('called of calls', p.called, k.called - b.asked - g.taken),
       ('called of items', p.called, i.called - b.asked - g.taken), ('called within', p.called_within, c.called_within),
       ('paid', p.paid, c.paid), ('paid of calls', p.paid, k.paid - (b.asked - b.owed) - z.refunded), ('paid of items', p.paid, i.paid - (b.asked - b.owed) - z.refunded),
       ('paid of cash, expenses and set-offs', p.paid, h.applied + e.expensed + so.set_off - (b.asked - b.owed) - z.refunded), ('outstanding', p.outstanding, c.outstanding),
       ('outstanding of calls', p.outstanding, k.outstanding),
       ('outstanding and to refund', p.called - p.paid, p.outstanding - b.owed - p.to_refund), ('to refund', p.to_refund, c.to_refund), ('unfunded', p.unfunded, c.unfunded),
       ('distributed', p.distributed, c.distributed), ('returned unused', p.returned_unused, c.returned_unused),
       ('deals committed', d.total_committed, a.committed),
       ('deals called', d.total_called, a.called), ('deals funded', d.total_funded, a.funded),
       ('deals uncalled', d.uncalled_capital, a.uncalled), ('deals outstanding', d.outstanding_calls, a.outstanding),
       ('cash received', h.received, r.received), ('cash applied', h.applied, r.applied),
       ('cash returned', h.returned, r.returned), ('cash unapplied', h.unapplied, r.unapplied)
       ) v (what, one_way, another)
 WHERE v.one_way IS DISTINCT FROM v.another
