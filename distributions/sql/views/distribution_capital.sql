-- One row per distribution, whatever its status: the sums of its items, and what went out.
CREATE VIEW distribution_capital WITH (security_invoker = true) AS
SELECT d.id AS distribution_id,
       d.fund_id,
       i.gross, i.withheld, i.net, i.return_of_capital, i.preferred_return, i.profit_share, i.carried_interest,
       p.paid_out
  FROM distributions d
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.gross_amount), 0) AS gross,
              coalesce(sum(x.withholding_tax), 0) AS withheld,
              coalesce(sum(x.net_amount), 0) AS net,
              coalesce(sum(x.return_of_capital), 0) AS return_of_capital,
              coalesce(sum(x.preferred_return), 0) AS preferred_return,
              coalesce(sum(x.profit_share), 0) AS profit_share,
              coalesce(sum(x.carried_interest), 0) AS carried_interest
         FROM distribution_items x
        WHERE x.distribution_id = d.id) i
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS paid_out
         FROM payouts x
        WHERE x.fund_id = d.fund_id AND x.distribution_id = d.id) p;
