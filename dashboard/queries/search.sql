-- What a person may open and that fits a text, best first, a few of each kind: kind, id, the id of what it belongs to,
-- rank (search_rank), name, the fund's name, its currency, amount, number, state (of a fund: the person's role), and a
-- second name.
--
-- text: what is looked for. part: the same in lower case as a pattern of LIKE, or null where it is too short for numbers
-- of the bank and of letters. amounts: what it may mean as an amount; currencies: of which funds, or null for all.
-- person; everything: whether the person sees all funds. most: how many of a kind. near: how many are compared.
WITH mine AS MATERIALIZED (
    SELECT f.id, f.name, f.currency, f.folded, CASE WHEN %(everything)s THEN 'manager' ELSE m.role END AS role
      FROM funds f
      LEFT JOIN fund_memberships m ON m.fund_id = f.id AND m.user_id = %(person)s
     WHERE %(everything)s OR m.role IS NOT NULL
),
paying AS MATERIALIZED (
    SELECT id FROM mine WHERE %(currencies)s::text[] IS NULL OR currency = ANY (%(currencies)s::text[])
),
colleagues AS MATERIALIZED (
    SELECT u.id FROM users u
     WHERE u.id = %(person)s AND (u.opens_funds OR EXISTS (SELECT FROM mine))
     UNION SELECT m.user_id FROM fund_memberships m JOIN mine ON mine.id = m.fund_id
),
partners AS (
    SELECT i.id, i.name, i.folded
      FROM investors i
     WHERE %(everything)s
        OR (i.created_by_id IN (SELECT id FROM colleagues)
            AND NOT EXISTS (SELECT FROM commitments c WHERE c.investor_id = i.id))
        OR EXISTS (SELECT FROM commitments c JOIN mine ON mine.id = c.fund_id WHERE c.investor_id = i.id)
),
bought AS (
    SELECT d.id, d.name, d.folded
      FROM deals d
     WHERE %(everything)s
        OR (d.created_by_id IN (SELECT id FROM colleagues)
            AND NOT EXISTS (SELECT FROM fund_allocations a WHERE a.deal_id = d.id))
        OR EXISTS (SELECT FROM fund_allocations a JOIN mine ON mine.id = a.fund_id WHERE a.deal_id = d.id)
),
asked AS MATERIALIZED (
    SELECT length(search_text(%(text)s)) > 2 AS is_name, length(search_text(%(text)s)) > 4 AS is_long,
           set_config('pg_trgm.word_similarity_threshold', '0.4', true) AS near
),
found_partners AS MATERIALIZED (
    SELECT p.id, p.name, search_rank(p.folded, %(text)s) AS rank
      FROM partners p, asked
     WHERE is_name AND p.folded LIKE search_pattern(%(text)s) AND p.folded LIKE ALL (search_patterns(%(text)s))
     ORDER BY rank, p.name, p.id LIMIT %(most)s
),
found_deals AS MATERIALIZED (
    SELECT d.id, d.name, search_rank(d.folded, %(text)s) AS rank
      FROM bought d, asked
     WHERE is_name AND d.folded LIKE search_pattern(%(text)s) AND d.folded LIKE ALL (search_patterns(%(text)s))
     ORDER BY rank, d.name, d.id LIMIT %(most)s
),
found_payments AS (
    SELECT p.id, CASE WHEN lower(p.reference) = lower(%(text)s) THEN 0 ELSE 3 END AS rank
      FROM payments p JOIN mine ON mine.id = p.fund_id
     WHERE lower(p.reference) LIKE %(part)s LIMIT %(near)s
),
found_receipts AS (
    SELECT r.id, CASE WHEN lower(r.tx_ref) = lower(%(text)s) THEN 0 ELSE 3 END AS rank
      FROM receipts r JOIN mine ON mine.id = r.fund_id
     WHERE lower(coalesce(r.tx_ref, '') || ' ' || r.payer) LIKE %(part)s LIMIT %(near)s
),
paid AS (
    SELECT p.id, min(o.rank) AS rank
      FROM (SELECT id, rank FROM found_payments
            UNION ALL SELECT p.id, r.rank FROM found_receipts r JOIN payments p ON p.receipt_id = r.id
            UNION ALL SELECT p.id, 0 FROM receipts r JOIN mine ON mine.id = r.fund_id JOIN payments p ON p.receipt_id = r.id
                       WHERE r.tx_ref = %(text)s
            UNION ALL (SELECT p.id, 0 FROM payments p JOIN paying ON paying.id = p.fund_id
                        WHERE p.amount = ANY (%(amounts)s::numeric[]) LIMIT %(near)s)) o
      JOIN payments p ON p.id = o.id
     GROUP BY p.id
),
arrived AS (
    SELECT o.id, min(o.rank) AS rank
      FROM (SELECT id, rank FROM found_receipts
            UNION ALL SELECT r.id, 0 FROM receipts r JOIN mine ON mine.id = r.fund_id WHERE r.tx_ref = %(text)s
            UNION ALL (SELECT r.id, 0 FROM receipts r JOIN paying ON paying.id = r.fund_id
                        WHERE r.amount = ANY (%(amounts)s::numeric[]) LIMIT %(near)s)) o
     WHERE NOT EXISTS (SELECT FROM payments p WHERE p.receipt_id = o.id)
     GROUP BY o.id
),
lettered AS (
    SELECT n.kind, n.subject_id, n.item_id, n.number, n.commitment_id, n.fund_id,
           min(CASE WHEN lower(n.number) = lower(%(text)s) THEN 0 ELSE 3 END) AS rank
      FROM (SELECT n.* FROM notices n JOIN mine ON mine.id = n.fund_id WHERE n.number = upper(%(text)s)
            UNION ALL
            (SELECT n.* FROM notices n JOIN mine ON mine.id = n.fund_id
              WHERE lower(n.number) LIKE %(part)s LIMIT %(near)s)) n
     GROUP BY n.kind, n.subject_id, n.item_id, n.number, n.commitment_id, n.fund_id
)
(SELECT 'fund' AS kind, m.id, m.id AS parent, search_rank(m.folded, %(text)s) AS rank, m.name, '' AS fund, m.currency,
        null::numeric AS amount, null::bigint AS number, m.role AS state, '' AS other
   FROM mine m, asked
  WHERE is_name AND search_pattern(%(text)s) IS NOT NULL AND m.folded LIKE ALL (search_patterns(%(text)s))
  ORDER BY rank, m.name LIMIT %(most)s)
UNION ALL
(SELECT 'investor', id, id, rank, name, '', '', null, null, '', '' FROM found_partners)
UNION ALL
(SELECT 'investor', p.id, p.id, 4, p.name, '', '', null, null, '', ''
   FROM partners p, asked
  WHERE (SELECT near FROM asked) IS NOT NULL AND is_long AND NOT EXISTS (SELECT FROM found_partners)
    AND search_text(%(text)s) <%% p.folded
  ORDER BY search_text(%(text)s) <<-> p.folded, p.name LIMIT %(most)s)
UNION ALL
(SELECT 'contact', t.id, p.id, search_rank(t.folded, %(text)s) AS rank, t.name, '', '', null, null, t.email, p.name
   FROM investor_contacts t JOIN partners p ON p.id = t.investor_id, asked
  WHERE is_name AND t.folded LIKE search_pattern(%(text)s) AND t.folded LIKE ALL (search_patterns(%(text)s))
  ORDER BY rank, t.name, t.id LIMIT %(most)s)
UNION ALL
(SELECT 'commitment', c.id, c.investor_id,
        CASE WHEN lower(c.reference) = lower(%(text)s) OR a.committed = ANY (%(amounts)s::numeric[]) THEN 0 ELSE 3 END AS rank,
        i.name, m.name, m.currency, a.committed, null, '', c.reference
   FROM (SELECT c.* FROM commitments c JOIN mine ON mine.id = c.fund_id WHERE lower(c.reference) LIKE %(part)s
          UNION
         SELECT c.* FROM commitments c
          WHERE c.id IN (SELECT x.commitment_id FROM commitment_events x JOIN paying ON paying.id = x.fund_id
                          WHERE x.changes_commitment AND x.approved_at IS NOT NULL
                          GROUP BY x.commitment_id HAVING sum(x.amount) = ANY (%(amounts)s::numeric[]))) c
   JOIN commitment_amounts a ON a.commitment_id = c.id
   JOIN mine m ON m.id = c.fund_id JOIN investors i ON i.id = c.investor_id
  ORDER BY rank, c.reference, m.name LIMIT %(most)s)
UNION ALL
(SELECT 'call', k.id, k.id,
        CASE WHEN k.number::text = ANY (search_words(%(text)s)) OR 'cc' || k.number = ANY (search_words(%(text)s))
                  OR k.total_amount = ANY (%(amounts)s::numeric[]) THEN 0
             ELSE search_rank(k.folded || m.folded, %(text)s) END AS rank,
        k.purpose, m.name, m.currency, k.total_amount, k.number, k.status, ''
   FROM capital_calls k JOIN mine m ON m.id = k.fund_id
  WHERE search_pattern(%(text)s) IS NOT NULL AND k.folded || m.folded LIKE ALL (search_patterns(%(text)s))
     OR k.total_amount = ANY (%(amounts)s::numeric[]) AND m.id IN (SELECT id FROM paying)
  ORDER BY rank, k.call_date DESC, k.id DESC LIMIT %(most)s)
UNION ALL
(SELECT 'distribution', d.id, d.id,
        CASE WHEN d.number::text = ANY (search_words(%(text)s)) OR 'dn' || d.number = ANY (search_words(%(text)s))
                  OR d.total_amount = ANY (%(amounts)s::numeric[]) THEN 0
             ELSE search_rank(d.folded || m.folded, %(text)s) END AS rank,
        d.source, m.name, m.currency, d.total_amount, d.number, d.status, ''
   FROM distributions d JOIN mine m ON m.id = d.fund_id
  WHERE search_pattern(%(text)s) IS NOT NULL AND d.folded || m.folded LIKE ALL (search_patterns(%(text)s))
     OR d.total_amount = ANY (%(amounts)s::numeric[]) AND m.id IN (SELECT id FROM paying)
  ORDER BY rank, d.date DESC, d.id DESC LIMIT %(most)s)
UNION ALL
(SELECT 'deal', d.id, a.id, d.rank, d.name, m.name, m.currency, null, null, '', ''
   FROM found_deals d
   LEFT JOIN (fund_allocations a JOIN mine m ON m.id = a.fund_id) ON a.deal_id = d.id
  ORDER BY d.rank, d.name, m.name LIMIT %(most)s)
UNION ALL
(SELECT 'item', i.id, i.call_id, 0, v.name, m.name, m.currency, i.amount, k.number, k.status, c.reference
   FROM (SELECT i.* FROM capital_call_items i JOIN paying ON paying.id = i.fund_id
          WHERE i.amount = ANY (%(amounts)s::numeric[]) LIMIT %(near)s) i
   JOIN capital_calls k ON k.id = i.call_id JOIN mine m ON m.id = i.fund_id
   JOIN commitments c ON c.id = i.commitment_id JOIN investors v ON v.id = c.investor_id
  ORDER BY k.call_date DESC, v.name, i.id LIMIT %(most)s)
UNION ALL
(SELECT 'share', i.id, i.distribution_id, 0, v.name, m.name, m.currency, i.net_amount, d.number, d.status, c.reference
   FROM (SELECT i.* FROM distribution_items i JOIN paying ON paying.id = i.fund_id
          WHERE i.net_amount = ANY (%(amounts)s::numeric[]) OR i.gross_amount = ANY (%(amounts)s::numeric[])
          LIMIT %(near)s) i
   JOIN distributions d ON d.id = i.distribution_id JOIN mine m ON m.id = i.fund_id
   JOIN commitments c ON c.id = i.commitment_id JOIN investors v ON v.id = c.investor_id
  ORDER BY d.date DESC, v.name, i.id LIMIT %(most)s)
UNION ALL
(SELECT 'payment', p.item_id, p.call_id, o.rank, v.name, m.name, m.currency, p.amount, k.number, '',
        coalesce(r.tx_ref, p.reference)
   FROM paid o
   JOIN payments p ON p.id = o.id JOIN mine m ON m.id = p.fund_id JOIN capital_calls k ON k.id = p.call_id
   JOIN commitments c ON c.id = p.commitment_id JOIN investors v ON v.id = c.investor_id
   LEFT JOIN receipts r ON r.id = p.receipt_id
  ORDER BY o.rank, p.value_date DESC, p.id DESC LIMIT %(most)s)
UNION ALL
(SELECT 'payout', p.item_id, p.distribution_id, CASE WHEN lower(p.reference) = lower(%(text)s) THEN 0 ELSE 3 END AS rank,
        v.name, m.name, m.currency, p.amount, d.number, '', p.reference
   FROM (SELECT p.* FROM payouts p JOIN mine ON mine.id = p.fund_id
          WHERE lower(p.reference) LIKE %(part)s LIMIT %(near)s) p
   JOIN mine m ON m.id = p.fund_id JOIN distributions d ON d.id = p.distribution_id
   JOIN commitments c ON c.id = p.commitment_id JOIN investors v ON v.id = c.investor_id
  ORDER BY rank, p.value_date DESC, p.id DESC LIMIT %(most)s)
UNION ALL
(SELECT 'receipt', r.id, r.fund_id, o.rank, r.payer, m.name, m.currency, r.amount, null, '', coalesce(r.tx_ref, '')
   FROM arrived o JOIN receipts r ON r.id = o.id JOIN mine m ON m.id = r.fund_id
  ORDER BY o.rank, r.value_date DESC, r.id DESC LIMIT %(most)s)
UNION ALL
(SELECT 'letter', l.item_id, l.subject_id, l.rank, v.name, m.name, m.currency, null, null, l.kind, l.number
   FROM lettered l JOIN mine m ON m.id = l.fund_id
   JOIN commitments c ON c.id = l.commitment_id JOIN investors v ON v.id = c.investor_id
  ORDER BY l.rank, l.number, m.name LIMIT %(most)s)
