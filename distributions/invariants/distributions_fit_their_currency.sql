-- No amount of money out is finer than its fund's currency or too large for it, nor is any of them not a number.
SELECT f.id AS fund, f.currency, x.what, x.id, x.amount
  FROM funds f
  JOIN (SELECT fund_id, 'distribution' AS what, id, total_amount::numeric AS amount FROM distributions
        UNION ALL SELECT fund_id, 'item, weight', id, weight FROM distribution_items
        UNION ALL SELECT fund_id, 'item, gross_amount', id, gross_amount FROM distribution_items
        UNION ALL SELECT fund_id, 'item, return_of_capital', id, return_of_capital FROM distribution_items
        UNION ALL SELECT fund_id, 'item, preferred_return', id, preferred_return FROM distribution_items
        UNION ALL SELECT fund_id, 'item, profit_share', id, profit_share FROM distribution_items
        UNION ALL SELECT fund_id, 'item, carried_interest', id, carried_interest FROM distribution_items
        UNION ALL SELECT fund_id, 'item, recallable_amount', id, recallable_amount FROM distribution_items
        UNION ALL SELECT fund_id, 'item, withholding_tax', id, withholding_tax FROM distribution_items
        UNION ALL SELECT fund_id, 'item, net_amount', id, net_amount FROM distribution_items
        UNION ALL SELECT fund_id, 'tier, owed_before', id, owed_before FROM distribution_tiers
        UNION ALL SELECT fund_id, 'tier, lp_amount', id, lp_amount FROM distribution_tiers
        UNION ALL SELECT fund_id, 'tier, gp_amount', id, gp_amount FROM distribution_tiers
        UNION ALL SELECT fund_id, 'tier, owed_after', id, owed_after FROM distribution_tiers
        UNION ALL SELECT fund_id, 'given back', id, amount FROM distribution_given_back
        UNION ALL SELECT fund_id, 'given back, restores', id, restores FROM distribution_given_back
        UNION ALL SELECT fund_id, 'payout', id, amount FROM payouts
        UNION ALL SELECT fund_id, 'payout, set off', id, set_off FROM payouts
        UNION ALL SELECT fund_id, 'write-down', id, amount FROM write_downs) x ON x.fund_id = f.id
 WHERE x.amount = 'NaN' OR fits_currency(x.amount, f.currency) IS NOT TRUE
