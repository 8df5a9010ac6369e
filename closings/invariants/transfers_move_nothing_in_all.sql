-- What a transfer takes from one partner it gives to another, row by row and in the register; so it is with lines and distributions.
SELECT x.transfer_id AS transfer, x.what, x.of, x.amount, x.rows
  FROM (SELECT transfer_id, 'ledger' AS what, moves_id AS of, sum(amount) AS amount, count(*) AS rows
          FROM capital_transactions WHERE transfer_id IS NOT NULL GROUP BY transfer_id, moves_id
        UNION ALL
        SELECT transfer_id, CASE WHEN changes_commitment THEN 'commitment' ELSE 'released' END, NULL, sum(amount), count(*)
          FROM commitment_events WHERE transfer_id IS NOT NULL GROUP BY transfer_id, changes_commitment
        UNION ALL
        SELECT transfer_id, 'line', line_id, sum(amount), count(*) FROM taken_parts GROUP BY transfer_id, line_id, came_back_id
        UNION ALL
        SELECT transfer_id, 'weight of a line', line_id, sum(weight), 2 FROM taken_parts GROUP BY transfer_id, line_id
        UNION ALL
        SELECT transfer_id, 'distribution', distribution_id,
               abs(sum(gross_amount)) + abs(sum(return_of_capital)) + abs(sum(preferred_return)) + abs(sum(profit_share))
               + abs(sum(carried_interest)) + abs(sum(recallable_amount)) + abs(sum(withholding_tax)), count(*)
          FROM taken_shares WHERE transfer_id IS NOT NULL GROUP BY transfer_id, distribution_id) x
 WHERE x.amount <> 0 OR x.rows <> 2
