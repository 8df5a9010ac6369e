-- What partners that fit a text still owe on issued calls of the funds that a person manages, who fits best and what is due
-- first at the top: kind, id, the call's id, rank, investor, fund, currency, what is owed, the call's number, state and
-- reference. Every word has to be of the partner, its reference or the fund; the last may be the number of the call.
--
-- text: all of it; named: without the number at its end; number: that, or null. person, everything and most as in
-- search.sql; roles: those in which payments are recorded; open: the states of calls on which something is owed; near: how
-- many partners that fit are looked at; most: of how many of them that owe something, and how many items are shown.
WITH mine AS MATERIALIZED (
    SELECT f.id, f.name, f.currency, f.folded
      FROM funds f
     WHERE %(everything)s
        OR EXISTS (SELECT FROM fund_memberships m
                    WHERE m.fund_id = f.id AND m.user_id = %(person)s AND m.role = ANY (%(roles)s::text[]))
),
near AS MATERIALIZED (
    SELECT set_config('pg_trgm.word_similarity_threshold', '0.4', true) AS near
),
ranked AS MATERIALIZED (
    SELECT v.id, v.name, v.folded, least(search_rank(v.folded, %(text)s), search_rank(v.folded, %(named)s), 3) AS rank
      FROM investors v
),
partners AS MATERIALIZED (
    SELECT c.id, c.reference, v.name, m.name AS fund, m.currency, v.rank,
           v.folded || ' ' || lower(c.reference) || m.folded AS folded
      FROM mine m
      JOIN commitments c ON c.fund_id = m.id
      JOIN ranked v ON v.id = c.investor_id
),
fitting AS MATERIALIZED (
    SELECT id, reference, name, fund, currency, folded LIKE ALL (search_patterns(%(text)s)) AS whole, rank
      FROM partners
     WHERE folded LIKE ALL (search_patterns(%(text)s))
        OR %(number)s::bigint IS NOT NULL AND folded LIKE ALL (search_patterns(%(named)s))
     ORDER BY rank, name, id LIMIT %(near)s
),
alike AS (
    SELECT c.id, c.reference, v.name, m.name AS fund, m.currency, %(number)s::bigint IS NULL AS whole, 4 AS rank
      FROM investors v
      JOIN commitments c ON c.investor_id = v.id
      JOIN mine m ON m.id = c.fund_id
     WHERE (SELECT near FROM near) IS NOT NULL AND NOT EXISTS (SELECT FROM fitting)
       AND length(search_text(%(named)s)) > 4 AND search_text(%(named)s) <%% v.folded
     ORDER BY search_text(%(named)s) <<-> v.folded, v.name, c.id LIMIT %(near)s
),
owing AS MATERIALIZED (
    SELECT p.*
      FROM (SELECT * FROM fitting UNION ALL SELECT * FROM alike) p
     WHERE EXISTS (SELECT FROM capital_call_items i
                     JOIN capital_calls k ON k.id = i.call_id AND k.status = ANY (%(open)s::text[])
                    WHERE i.commitment_id = p.id AND (p.whole OR k.number = %(number)s)
                      AND i.amount > (SELECT coalesce(sum(y.amount), 0) FROM payments y WHERE y.item_id = i.id))
     ORDER BY p.rank, p.name, p.id LIMIT %(most)s
)
SELECT 'owed', i.id, k.id, p.rank, p.name, p.fund, p.currency, o.outstanding, k.number, k.status, p.reference
  FROM owing p
  JOIN capital_call_items i ON i.commitment_id = p.id
  JOIN capital_calls k ON k.id = i.call_id AND k.status = ANY (%(open)s::text[])
  -- LIMIT has it worked out for these items alone.
 CROSS JOIN LATERAL (SELECT a.outstanding, a.due_on FROM call_item_capital a WHERE a.item_id = i.id LIMIT 1) o
 WHERE o.outstanding > 0 AND (p.whole OR k.number = %(number)s)
 ORDER BY p.rank, o.due_on NULLS LAST, p.name, i.id LIMIT %(most)s
