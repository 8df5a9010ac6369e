-- No bound of a rule for bank entries is finer than its fund's currency or too large for it.
SELECT f.id AS fund, f.currency, r.id AS rule, r.least, r.most
  FROM entry_rules r
  JOIN funds f ON f.id = r.fund_id
 WHERE (r.least IS NOT NULL AND (r.least = 'NaN' OR fits_currency(r.least, f.currency) IS NOT TRUE))
    OR (r.most IS NOT NULL AND (r.most = 'NaN' OR fits_currency(r.most, f.currency) IS NOT TRUE))
