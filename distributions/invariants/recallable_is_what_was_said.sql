-- The capital that a recallable distribution or excess capital returns can be called again, all of it, and no other; excess capital is no profit.
SELECT i.id AS item, d.type, d.recallable, i.return_of_capital, i.recallable_amount
  FROM distribution_items i JOIN distributions d ON d.id = i.distribution_id
 WHERE i.recallable_amount <> CASE WHEN d.recallable OR d.type = 'RETURN_OF_EXCESS_CAPITAL' THEN i.return_of_capital ELSE 0 END
    OR (d.type = 'RETURN_OF_EXCESS_CAPITAL' AND i.gross_amount <> i.return_of_capital)
