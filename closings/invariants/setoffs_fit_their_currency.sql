-- No amount that is set off is finer than its fund's currency or too large for it, nor is any of them not a number.
SELECT f.id AS fund, f.currency, x.id AS part, x.amount
  FROM funds f
  JOIN (SELECT fund_id, id, amount FROM setoff_parts) x ON x.fund_id = f.id
 WHERE x.amount = 'NaN' OR fits_currency(x.amount, f.currency) IS NOT TRUE
