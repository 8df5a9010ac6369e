-- A payment has the call, fund and partner of its item, and the fund of its receipt, if it has one.
SELECT p.id AS payment, p.item_id AS item, p.receipt_id AS receipt
  FROM payments p
  LEFT JOIN capital_call_items i ON i.id = p.item_id
  LEFT JOIN receipts r ON r.id = p.receipt_id
 WHERE (i.call_id, i.fund_id, i.commitment_id, CASE WHEN p.receipt_id IS NOT NULL THEN r.fund_id ELSE i.fund_id END) IS DISTINCT FROM (p.call_id, p.fund_id, p.commitment_id, p.fund_id)
