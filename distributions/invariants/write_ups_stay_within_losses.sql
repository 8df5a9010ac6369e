-- What was written down of a fund's deal is zero or more on every day.
SELECT d.fund_id AS fund, d.deal_id AS deal, d.date AS day, d.lost
  FROM (SELECT w.fund_id, w.deal_id, w.date, sum(w.amount) OVER (PARTITION BY w.fund_id, w.deal_id ORDER BY w.date) AS lost
          FROM write_downs w
         WHERE NOT w.four_eyes OR w.approved_at IS NOT NULL) d
 WHERE d.lost < 0
