-- Refunds as of the end of a day, as known at a time: the view without those two.
CREATE FUNCTION refund_capital_at(value_day date, known_at timestamptz)
RETURNS TABLE (refund_id bigint, fund_id bigint, released numeric, paid_out numeric, payable numeric, outstanding numeric, paid_on date)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT r.id, r.fund_id, s.released, o.paid_out, s.released - o.paid_out, s.amount - o.paid_out,
           (SELECT max(y.value_date)
              FROM refund_payouts y
             WHERE y.refund_id = r.id AND y.amount > 0 AND y.value_date <= value_day AND y.recorded_at <= known_at
               AND NOT EXISTS (SELECT FROM refund_payouts b WHERE b.reverses_id = y.id AND b.recorded_at <= known_at))
      FROM refunds r
      JOIN funds f ON f.id = r.fund_id
      LEFT JOIN closings c ON c.id = r.closing_id
     CROSS JOIN LATERAL (
           SELECT g.asked, g.came,
                  c.approved_at <= known_at AND c.held_on <= value_day
                  AND NOT EXISTS (SELECT FROM closing_reversals b
                                   WHERE b.closing_id = c.id AND b.approved_at <= known_at) AS stands
             FROM closing_collected(r.closing_id, value_day, known_at) g WHERE r.closing_id IS NOT NULL
            UNION ALL
           SELECT coalesce(i.asked, 0), coalesce(i.came, 0), i.asked IS NOT NULL
             FROM (SELECT) this LEFT JOIN interest_collected(r.remedy_id, value_day, known_at) i ON true
            WHERE r.closing_id IS NULL) g
     CROSS JOIN LATERAL (
           SELECT CASE WHEN g.stands THEN r.amount ELSE 0 END AS amount,
                  CASE WHEN g.stands IS NOT TRUE THEN 0
                       WHEN g.came >= g.asked THEN r.amount
                       ELSE trunc(r.amount * g.came / g.asked, currency_decimals(f.currency)) END AS released) s
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(p.amount), 0) AS paid_out
             FROM refund_payouts p WHERE p.refund_id = r.id AND p.value_date <= value_day AND p.recorded_at <= known_at) o; END;
