-- More of a refund went out than later partners have paid by now: a payment was taken back after it. Have it paid again.
SELECT r.fund_id AS fund, r.commitment_id AS commitment, NULL::int AS call, c.refund_id AS refund, c.released, c.paid_out,
       -c.payable AS to_recover, k.number::text AS closings
  FROM refund_capital c JOIN refunds r ON r.id = c.refund_id LEFT JOIN closings k ON k.id = r.closing_id
 WHERE c.payable < 0
