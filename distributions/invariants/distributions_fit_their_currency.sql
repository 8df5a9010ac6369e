-- No amount of money out has more decimals than its fund's currency, nor is any of them not a number.
SELECT f.id AS fund, f.currency, x.what, x.id, x.amount
  FROM funds f
  JOIN (SELECT fund_id, 'distribution' AS what, id, total_amount::numeric AS amount FROM distributions
        UNION ALL SELECT fund_id, 'payout', id, amount FROM payouts
        UNION ALL SELECT fund_id, 'write-down', id, amount FROM write_downs) x ON x.fund_id = f.id
 WHERE x.amount = 'NaN' OR x.amount <> round(x.amount, CASE WHEN f.currency IN ('JPY', 'KRW') THEN 0 ELSE 2 END)
