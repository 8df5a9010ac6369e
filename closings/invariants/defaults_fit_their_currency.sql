-- No amount of a default is finer than its fund's currency or too large for it, nor is any of them not a number.
SELECT f.id AS fund, f.currency, x.what, x.id, x.amount
  FROM funds f
  JOIN (SELECT fund_id, 'remedy' AS what, id, amount FROM default_remedies
        UNION ALL SELECT fund_id, 'remedy, costs', id, costs FROM default_remedies
        UNION ALL SELECT fund_id, 'remedy, uncovered', id, uncovered FROM default_remedies
        UNION ALL SELECT fund_id, 'remedy, value', id, value FROM default_remedies WHERE value IS NOT NULL
        UNION ALL SELECT fund_id, 'remedy, interest kept', id, interest FROM default_remedies
        UNION ALL SELECT fund_id, 'part', id, amount FROM default_parts
        UNION ALL SELECT fund_id, 'part, cap', id, cap FROM default_parts) x ON x.fund_id = f.id
 WHERE x.amount = 'NaN' OR fits_currency(x.amount, f.currency) IS NOT TRUE
