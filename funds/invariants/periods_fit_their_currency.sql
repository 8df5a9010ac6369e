-- No figure of a closed period is finer than its fund's currency or too large for it, nor is any of them not a number.
SELECT f.id AS fund, f.currency, x.what, x.id, x.amount
  FROM funds f
  JOIN (SELECT fund_id, 'committed', id, committed FROM period_accounts
        UNION ALL SELECT fund_id, 'released', id, released FROM period_accounts
        UNION ALL SELECT fund_id, 'called', id, called FROM period_accounts
        UNION ALL SELECT fund_id, 'paid', id, paid FROM period_accounts
        UNION ALL SELECT fund_id, 'outstanding', id, outstanding FROM period_accounts
        UNION ALL SELECT fund_id, 'distributed', id, distributed FROM period_accounts
        UNION ALL SELECT fund_id, 'unfunded', id, unfunded FROM period_accounts) x(fund_id, what, id, amount) ON x.fund_id = f.id
 WHERE x.amount = 'NaN' OR fits_currency(abs(x.amount), f.currency) IS NOT TRUE
