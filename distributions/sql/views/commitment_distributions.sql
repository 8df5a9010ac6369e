-- One row per commitment: its part of issued distributions, and what of it went out; with what transfers moved of it, all of which was paid
-- out: while a payout is back at the fund, nothing of it has moved.
CREATE VIEW commitment_distributions WITH (security_invoker = true) AS
SELECT c.id AS commitment_id,
       c.fund_id,
       i.distributed + h.distributed AS distributed,
       i.return_of_capital + h.return_of_capital AS return_of_capital,
       i.preferred_return + h.preferred_return AS preferred_return,
       i.profit_share + h.profit_share AS profit_share,
       i.carried_interest + h.carried_interest AS carried_interest,
       i.recallable + h.recallable AS recallable,
       i.withheld + h.withheld AS withheld,
       i.net + h.distributed - h.withheld AS net,
       i.returned_unused + h.returned_unused AS returned_unused,
       p.paid_out + h.distributed AS paid_out,
       i.distributed - p.paid_out AS payable
  FROM commitments c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.gross_amount), 0) AS distributed,
              coalesce(sum(x.return_of_capital), 0) AS return_of_capital,
              coalesce(sum(x.preferred_return), 0) AS preferred_return,
              coalesce(sum(x.profit_share), 0) AS profit_share,
              coalesce(sum(x.carried_interest), 0) AS carried_interest,
              coalesce(sum(x.recallable_amount), 0) AS recallable,
              coalesce(sum(x.withholding_tax), 0) AS withheld,
              coalesce(sum(x.net_amount), 0) AS net,
              coalesce(sum(x.gross_amount) FILTER (WHERE d.type = 'RETURN_OF_EXCESS_CAPITAL'), 0) AS returned_unused
         FROM distribution_items x
         JOIN distributions d ON d.id = x.distribution_id AND d.fund_id = x.fund_id
        WHERE x.commitment_id = c.id AND distribution_is_issued(d.status)) i
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS paid_out FROM payouts x WHERE x.commitment_id = c.id) p
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.gross_amount), 0) AS distributed,
              coalesce(sum(x.return_of_capital), 0) AS return_of_capital,
              coalesce(sum(x.preferred_return), 0) AS preferred_return,
              coalesce(sum(x.profit_share), 0) AS profit_share,
              coalesce(sum(x.carried_interest), 0) AS carried_interest,
              coalesce(sum(x.recallable_amount), 0) AS recallable,
              coalesce(sum(x.withholding_tax), 0) AS withheld,
              coalesce(sum(x.gross_amount) FILTER (WHERE d.type = 'RETURN_OF_EXCESS_CAPITAL'), 0) AS returned_unused
         FROM taken_shares x
         JOIN distributions d ON d.id = x.distribution_id
        WHERE x.commitment_id = c.id AND taken_share_stands(x.transfer_id, x.distribution_id, x.commitment_id, 'infinity', 'infinity')) h;
