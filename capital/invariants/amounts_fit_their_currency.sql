-- No amount is finer than its fund's currency or too large for it, nor is any of them not a number.
SELECT f.id AS fund, f.currency, x.what, x.id, x.amount
  FROM funds f
  JOIN (SELECT fund_id, 'commitment' AS what, id, amount::numeric FROM commitment_events
        UNION ALL SELECT id, 'limit', id, residual_limit FROM funds
        UNION ALL SELECT id, 'looked at above', id, looked_at_above FROM funds
        UNION ALL SELECT fund_id, 'value', id, amount FROM nav_entries
        UNION ALL SELECT fund_id, 'value of a deal', id, amount FROM nav_entry_deals
        UNION ALL SELECT fund_id, 'allocation', id, amount FROM allocation_amounts
        UNION ALL SELECT fund_id, 'call', id, total_amount FROM capital_calls
        UNION ALL SELECT fund_id, 'line', id, amount FROM capital_call_lines
        UNION ALL SELECT fund_id, 'item', id, amount FROM capital_call_items
        UNION ALL SELECT fund_id, 'part', id, amount FROM capital_call_item_lines
        UNION ALL SELECT fund_id, 'weight', id, weight FROM capital_call_item_lines
        UNION ALL SELECT fund_id, 'receipt', id, amount FROM receipts
        UNION ALL SELECT fund_id, 'return', id, amount FROM receipt_returns
        UNION ALL SELECT fund_id, 'residual', id, amount FROM residual_settlements
        UNION ALL SELECT fund_id, 'excuse', id, amount FROM excuses
        UNION ALL SELECT fund_id, 'change of a part', id, amount FROM line_changes
        UNION ALL SELECT fund_id, 'weight of a change', id, weight FROM line_changes
        UNION ALL SELECT fund_id, 'payment', id, amount FROM payments
        UNION ALL SELECT fund_id, 'ledger row', id, amount FROM capital_transactions) x ON x.fund_id = f.id
 WHERE x.amount IS NOT NULL AND (x.amount = 'NaN' OR fits_currency(x.amount, f.currency) IS NOT TRUE)
