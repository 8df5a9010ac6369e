-- One row per refund: what of it may be paid out by what later partners have paid of what is passed on, and what was; of interest of a
-- default, by what was paid of it. Of a closing that was reversed, or of a call that was cancelled, there is nothing to refund.
CREATE VIEW refund_capital WITH (security_invoker = true) AS
SELECT r.id AS refund_id,
       r.fund_id,
       s.released,
       o.paid_out,
       s.released - o.paid_out AS payable,
       s.amount - o.paid_out AS outstanding,
       (SELECT max(y.value_date)
          FROM refund_payouts y
         WHERE y.refund_id = r.id AND y.amount > 0
           AND NOT EXISTS (SELECT FROM refund_payouts b WHERE b.reverses_id = y.id)) AS paid_on
  FROM refunds r
  JOIN funds f ON f.id = r.fund_id
  LEFT JOIN closings c ON c.id = r.closing_id
 CROSS JOIN LATERAL (
       SELECT g.asked, g.came, c.status = 'settled' AS stands FROM closing_collected(r.closing_id) g WHERE r.closing_id IS NOT NULL
        UNION ALL
       SELECT coalesce(i.asked, 0), coalesce(i.came, 0), i.asked IS NOT NULL
         FROM (SELECT) this LEFT JOIN interest_collected(r.remedy_id) i ON true
        WHERE r.closing_id IS NULL) g
 CROSS JOIN LATERAL (
       SELECT CASE WHEN g.stands THEN r.amount ELSE 0 END AS amount,
              CASE WHEN g.stands IS NOT TRUE THEN 0
                   WHEN g.came >= g.asked THEN r.amount
                   ELSE trunc(r.amount * g.came / g.asked, currency_decimals(f.currency)) END AS released) s
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(p.amount), 0) AS paid_out FROM refund_payouts p WHERE p.refund_id = r.id) o;
