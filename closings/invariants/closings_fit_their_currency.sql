-- No amount of a closing is finer than its fund's currency or too large for it, nor is any of them not a number.
SELECT f.id AS fund, f.currency, x.what, x.id, x.amount
  FROM funds f
  JOIN (SELECT fund_id, 'tranche' AS what, id, amount::numeric FROM closing_tranches
        UNION ALL SELECT fund_id, 'fee', id, amount FROM closing_fees
        UNION ALL SELECT fund_id, 'value', id, value FROM closing_values
        UNION ALL SELECT fund_id, 'part', id, delta FROM equalisation_parts
        UNION ALL SELECT fund_id, 'part, inside', id, inside FROM equalisation_parts
        UNION ALL SELECT fund_id, 'part, interest', id, interest FROM equalisation_parts
        UNION ALL SELECT fund_id, 'part, premium', id, premium FROM equalisation_parts
        UNION ALL SELECT fund_id, 'part, reduces open', id, reduces_open FROM equalisation_parts
        UNION ALL SELECT fund_id, 'refund', id, amount FROM refunds
        UNION ALL SELECT fund_id, 'refund, capital', id, capital FROM refunds
        UNION ALL SELECT fund_id, 'refund, interest', id, interest FROM refunds
        UNION ALL SELECT fund_id, 'refund, set off', id, set_off FROM refunds
        UNION ALL SELECT fund_id, 'share', id, delta FROM equalised_shares
        UNION ALL SELECT fund_id, 'share, recallable', id, recallable FROM equalised_shares
        UNION ALL SELECT fund_id, 'share, interest', id, interest FROM equalised_shares
        UNION ALL SELECT fund_id, 'moved row', id, amount FROM equalised_rows
        UNION ALL SELECT fund_id, 'payout', id, amount FROM refund_payouts) x ON x.fund_id = f.id
 WHERE x.amount = 'NaN' OR fits_currency(abs(x.amount), f.currency) IS NOT TRUE
