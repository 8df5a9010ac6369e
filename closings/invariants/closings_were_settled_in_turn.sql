-- A settled closing was approved by another person than who submitted it, where that was demanded, and was held after the one before was due.
SELECT c.id AS closing, c.held_on, o.pay_on AS due_before
  FROM closings c
  LEFT JOIN closings o ON o.fund_id = c.fund_id AND o.status = 'settled' AND o.id <> c.id AND o.approved_at <= c.approved_at
                      AND o.pay_on > c.held_on
 WHERE c.status = 'settled' AND (o.id IS NOT NULL OR c.approved_at IS NULL OR c.four_eyes AND c.approved_by_id = c.submitted_by_id)
