-- What a distribution lets be called again is what it gives back of lines inside the commitment, or gains; only a recallable one does.
SELECT i.id AS item, d.type, d.recallable, i.return_of_capital, i.recallable_amount, s.lines, s.restores, s.outside
  FROM distribution_items i
  JOIN distributions d ON d.id = i.distribution_id
 CROSS JOIN LATERAL (SELECT coalesce(sum(g.amount), 0) AS lines, coalesce(sum(g.restores), 0) AS restores,
                            coalesce(sum(g.restores) FILTER (WHERE NOT l.reduces_unfunded), 0) AS outside
                       FROM distribution_given_back g JOIN capital_call_lines l ON l.id = g.call_line_id
                      WHERE g.item_id = i.id) s
 WHERE s.outside > 0 OR s.lines > i.return_of_capital OR i.recallable_amount < s.restores
    OR i.recallable_amount - s.restores > i.gross_amount - i.return_of_capital
    OR (NOT d.recallable AND d.type <> 'RETURN_OF_EXCESS_CAPITAL' AND (i.recallable_amount > 0 OR s.lines > 0))
    OR (d.type = 'RETURN_OF_EXCESS_CAPITAL' AND i.gross_amount <> i.return_of_capital)
