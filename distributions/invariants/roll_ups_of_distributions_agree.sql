-- Every roll-up of money out is the same figure by another way: the fund, its partners, its distributions, payouts and ledger.
SELECT f.id AS fund, v.what, v.one_way, v.another
  FROM funds f
  JOIN fund_distributions o ON o.fund_id = f.id
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.distributed), 0) AS distributed, coalesce(sum(x.return_of_capital), 0) AS capital,
                            coalesce(sum(x.preferred_return), 0) AS preferred, coalesce(sum(x.profit_share), 0) AS profit,
                            coalesce(sum(x.carried_interest), 0) AS carry, coalesce(sum(x.withheld), 0) AS withheld,
                            coalesce(sum(x.net), 0) AS net, coalesce(sum(x.paid_out), 0) AS paid_out,
                            coalesce(sum(x.payable), 0) AS payable
                       FROM commitment_distributions x WHERE x.fund_id = f.id) p
 CROSS JOIN LATERAL (SELECT coalesce(sum(d.total_amount), 0) AS distributed, coalesce(sum(x.gross), 0) AS gross,
                            coalesce(sum(x.return_of_capital), 0) AS capital, coalesce(sum(x.preferred_return), 0) AS preferred,
                            coalesce(sum(x.profit_share), 0) AS profit, coalesce(sum(x.carried_interest), 0) AS carry,
                            coalesce(sum(x.paid_out), 0) AS paid_out
                       FROM distributions d JOIN distribution_capital x ON x.distribution_id = d.id
                      WHERE d.fund_id = f.id AND d.status IN ('sent', 'paid')) d
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.paid_out), 0) AS paid_out
                       FROM distributions q JOIN distribution_item_capital x ON x.distribution_id = q.id
                      WHERE q.fund_id = f.id) i
 CROSS JOIN LATERAL (SELECT coalesce(-sum(x.amount), 0) AS posted
                       FROM capital_transactions x WHERE x.fund_id = f.id AND x.call_item_id IS NULL AND NOT x.passed_on AND x.refund_payout_id IS NULL) t
 CROSS JOIN LATERAL (VALUES
       ('distributed', o.distributed, p.distributed), ('distributed of distributions', o.distributed, d.distributed),
       ('gross of items', o.distributed, d.gross), ('capital', o.return_of_capital, p.capital),
       ('capital of distributions', o.return_of_capital, d.capital), ('preferred return', o.preferred_return, p.preferred),
       ('preferred return of distributions', o.preferred_return, d.preferred), ('profit', o.profit_share, p.profit),
       ('profit of distributions', o.profit_share, d.profit), ('carried interest', o.carried_interest, p.carry),
       ('carried interest of distributions', o.carried_interest, d.carry), ('withheld', o.withheld, p.withheld),
       ('net', o.net, p.net), ('net and withheld', o.distributed, o.net + o.withheld), ('paid out', o.paid_out, p.paid_out),
       ('paid out of distributions', o.paid_out, d.paid_out), ('paid out of items', o.paid_out, i.paid_out),
       ('paid out of the ledger', o.paid_out, t.posted), ('payable', o.payable, p.payable),
       ('payable again', o.payable, o.distributed - o.paid_out)
       ) v (what, one_way, another)
 WHERE v.one_way IS DISTINCT FROM v.another
