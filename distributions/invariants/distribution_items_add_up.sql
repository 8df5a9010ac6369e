-- The four parts of an item are its gross, and its net is the gross less what is withheld.
SELECT id AS item, gross_amount AS gross, withholding_tax AS withheld, net_amount AS net
  FROM distribution_items
 WHERE gross_amount <> return_of_capital + preferred_return + profit_share + carried_interest
    OR net_amount <> gross_amount - withholding_tax OR net_amount < 0 OR withholding_tax < 0
