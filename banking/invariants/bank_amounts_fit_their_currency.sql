-- No amount of a bank statement is finer than its fund's currency or too large for it, nor is any of them not a number.
SELECT f.id AS fund, f.currency, x.what, x.id, x.amount
  FROM funds f
  JOIN (SELECT fund_id, 'opening' AS what, id, opening::numeric AS amount FROM bank_statements WHERE opening IS NOT NULL
        UNION ALL SELECT fund_id, 'closing', id, closing FROM bank_statements WHERE closing IS NOT NULL
        UNION ALL SELECT fund_id, 'rule, least', id, least FROM entry_rules
        UNION ALL SELECT fund_id, 'rule, most', id, most FROM entry_rules
        UNION ALL SELECT fund_id, 'entry', id, amount FROM bank_entries) x ON x.fund_id = f.id
 WHERE x.amount IS NOT NULL AND (x.amount = 'NaN' OR fits_currency(abs(x.amount), f.currency) IS NOT TRUE)
