-- No ledger row is of nothing.
SELECT id AS ledger_row, payment_id AS payment, call_line_id AS line FROM capital_transactions WHERE amount = 0
