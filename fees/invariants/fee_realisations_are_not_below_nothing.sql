-- On no day is less said to be sold of a deal's cost than nothing.
SELECT x.fund_id AS fund, x.deal_id AS deal, x.effective_on, x.sold
  FROM (SELECT r.fund_id, r.deal_id, r.effective_on, sum(r.amount) OVER (PARTITION BY r.fund_id, r.deal_id ORDER BY r.effective_on) AS sold
          FROM fee_realisations r
         WHERE r.approved_at IS NOT NULL) x
 WHERE x.sold < 0
