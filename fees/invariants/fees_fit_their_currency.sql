-- No amount of a fee is finer than its fund's currency or too large for it, nor is any of them not a number.
SELECT f.id AS fund, f.currency, x.what, x.id, x.amount
  FROM funds f
  JOIN (SELECT fund_id, 'income' AS what, id, amount::numeric FROM fee_income
        UNION ALL SELECT fund_id, 'cost sold', id, amount FROM fee_realisations
        UNION ALL SELECT fund_id, 'payment', id, amount FROM fee_payments
        UNION ALL SELECT fund_id, 'waiver, used', id, amount FROM fee_waiver_uses
        UNION ALL SELECT fund_id, 'letter, waived', id, waived FROM fee_letters
        UNION ALL SELECT fund_id, 'run, waived', id, waived FROM fee_runs
        UNION ALL SELECT fund_id, 'run, recognised', id, recognised FROM fee_runs
        UNION ALL SELECT fund_id, 'run, net', id, net FROM fee_runs
        UNION ALL SELECT fund_id, 'run, tax', id, tax FROM fee_runs
        UNION ALL SELECT fund_id, 'late, charged', id, charged FROM fee_catch_ups
        UNION ALL SELECT fund_id, 'late, let off', id, let_off FROM fee_catch_ups
        UNION ALL SELECT fund_id, 'late, agreed', id, agreed FROM fee_catch_ups
        UNION ALL SELECT fund_id, 'late, net', id, net FROM fee_catch_ups
        UNION ALL SELECT fund_id, 'late, tax', id, tax FROM fee_catch_ups
        UNION ALL SELECT fund_id, 'line, gross', id, gross FROM fee_run_lines
        UNION ALL SELECT fund_id, 'line, discount', id, discount FROM fee_run_lines
        UNION ALL SELECT fund_id, 'line, true up', id, true_up FROM fee_run_lines
        UNION ALL SELECT fund_id, 'line, charged', id, charged FROM fee_run_lines
        UNION ALL SELECT fund_id, 'line, credit', id, credit FROM fee_run_lines
        UNION ALL SELECT fund_id, 'line, waiver', id, waiver FROM fee_run_lines
        UNION ALL SELECT fund_id, 'line, let off', id, let_off FROM fee_run_lines
        UNION ALL SELECT fund_id, 'line, offset opening', id, offset_opening FROM fee_run_lines
        UNION ALL SELECT fund_id, 'line, recognised', id, recognised FROM fee_run_lines
        UNION ALL SELECT fund_id, 'line, offset applied', id, offset_applied FROM fee_run_lines
        UNION ALL SELECT fund_id, 'line, net', id, net FROM fee_run_lines
        UNION ALL SELECT fund_id, 'line, tax', id, tax FROM fee_run_lines
        UNION ALL SELECT fund_id, 'line, offset carried', id, offset_carried FROM fee_run_lines
        UNION ALL SELECT fund_id, 'line, credit carried', id, credit_carried FROM fee_run_lines) x ON x.fund_id = f.id
 WHERE x.amount = 'NaN' OR fits_currency(abs(x.amount), f.currency) IS NOT TRUE
