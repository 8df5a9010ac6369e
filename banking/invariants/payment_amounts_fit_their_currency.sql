-- No amount of a payment file is finer than its fund's currency or too large for it, nor is any of them not a number.
SELECT f.id AS fund, f.currency, x.what, x.id, x.amount
  FROM funds f
  JOIN (SELECT fund_id, 'file' AS what, id, total::numeric AS amount FROM payment_files
        UNION ALL SELECT fund_id, 'payment', id, amount FROM payment_file_lines) x ON x.fund_id = f.id
 WHERE x.amount = 'NaN' OR fits_currency(x.amount, f.currency) IS NOT TRUE
