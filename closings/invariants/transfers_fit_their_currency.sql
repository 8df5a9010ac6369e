-- No amount of a transfer is finer than its fund's currency or too large for it, nor is any of them not a number.
SELECT f.id AS fund, f.currency, x.what, x.id, x.amount
  FROM funds f
  JOIN (SELECT fund_id, 'row' AS what, id, amount::numeric FROM transfer_rows
        UNION ALL SELECT fund_id, 'owed', id, owed FROM assumed_parts
        UNION ALL SELECT fund_id, 'assumed', id, amount FROM assumed_parts
        UNION ALL SELECT fund_id, 'price', id, price FROM transfers
        UNION ALL SELECT fund_id, 'part', id, amount FROM taken_parts
        UNION ALL SELECT fund_id, 'weight', id, weight FROM taken_parts
        UNION ALL SELECT fund_id, 'share', id, gross_amount FROM taken_shares
        UNION ALL SELECT fund_id, 'share, capital', id, return_of_capital FROM taken_shares
        UNION ALL SELECT fund_id, 'share, preferred return', id, preferred_return FROM taken_shares
        UNION ALL SELECT fund_id, 'share, profit', id, profit_share FROM taken_shares
        UNION ALL SELECT fund_id, 'share, carried interest', id, carried_interest FROM taken_shares
        UNION ALL SELECT fund_id, 'share, recallable', id, recallable_amount FROM taken_shares
        UNION ALL SELECT fund_id, 'share, withheld', id, withholding_tax FROM taken_shares) x ON x.fund_id = f.id
 WHERE x.amount IS NOT NULL AND (x.amount = 'NaN' OR fits_currency(abs(x.amount), f.currency) IS NOT TRUE)
