-- More of a refund went out than later partners have paid by now: a payment was taken back after it.
SELECT c.refund_id AS refund, c.released, c.paid_out FROM refund_capital c WHERE c.payable < 0
