-- No later version of a letter shows more of all partners together than an earlier one.
SELECT n.id AS notice, n.fund_id AS fund, n.version
  FROM notices n
  JOIN notices o ON o.kind = n.kind AND o.item_id = n.item_id AND o.version = n.version - 1
 WHERE rank_of_totals(shown_of_all_partners(n.facts)) > rank_of_totals(shown_of_all_partners(o.facts))
