-- Roll-ups of money out as of the end of a day, as known at a time: the views without those two. What is declared counts from
-- its date, or the day of issue where that came first, and once it was cancelled on no day, as far as that is known; what was
-- paid out counts from its value day. Of one distribution the declared sums are said whatever its status, on any day.

CREATE FUNCTION distribution_counts(sent_at timestamptz, cancelled_at timestamptz, dated date, zone text, value_day date,
                                    known_at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    sent_at <= known_at AND (cancelled_at <= known_at) IS NOT TRUE AND least(dated, local_day(sent_at, zone)) <= value_day;

CREATE FUNCTION distribution_capital_at(value_day date, known_at timestamptz)
RETURNS TABLE (distribution_id bigint, fund_id bigint, gross numeric, withheld numeric, net numeric, return_of_capital numeric,
               preferred_return numeric, profit_share numeric, carried_interest numeric, paid_out numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT d.id, d.fund_id, i.gross, i.withheld, i.net, i.return_of_capital, i.preferred_return, i.profit_share, i.carried_interest,
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
            WHERE x.fund_id = d.fund_id AND x.distribution_id = d.id
              AND x.value_date <= value_day AND x.recorded_at <= known_at) p; END;

CREATE FUNCTION distribution_item_capital_at(value_day date, known_at timestamptz)
RETURNS TABLE (item_id bigint, distribution_id bigint, paid_out numeric, paid_on date)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT i.id, i.distribution_id, p.paid_out,
           (SELECT max(y.value_date)
              FROM payouts y
             WHERE y.item_id = i.id AND y.amount > 0 AND y.value_date <= value_day AND y.recorded_at <= known_at
               AND NOT EXISTS (SELECT FROM payouts r WHERE r.reverses_id = y.id AND r.recorded_at <= known_at))
      FROM distribution_items i
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS paid_out
             FROM payouts x WHERE x.item_id = i.id AND x.value_date <= value_day AND x.recorded_at <= known_at) p; END;

CREATE FUNCTION commitment_distributions_at(value_day date, known_at timestamptz)
RETURNS TABLE (commitment_id bigint, fund_id bigint, distributed numeric, return_of_capital numeric, preferred_return numeric,
               profit_share numeric, carried_interest numeric, recallable numeric, withheld numeric, net numeric,
               returned_unused numeric, paid_out numeric, payable numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT c.id, c.fund_id, i.distributed + h.distributed, i.return_of_capital + h.return_of_capital,
           i.preferred_return + h.preferred_return, i.profit_share + h.profit_share, i.carried_interest + h.carried_interest,
           i.recallable + h.recallable, i.withheld + h.withheld, i.net + h.distributed - h.withheld,
           i.returned_unused + h.returned_unused, p.paid_out + h.distributed, i.distributed - p.paid_out
      FROM commitments c
      JOIN funds f ON f.id = c.fund_id
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
            WHERE x.commitment_id = c.id
              AND distribution_counts(d.sent_at, d.cancelled_at, d.date, f.time_zone, value_day, known_at)) i
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS paid_out
             FROM payouts x
            WHERE x.commitment_id = c.id AND x.value_date <= value_day AND x.recorded_at <= known_at) p
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
            WHERE x.commitment_id = c.id
               AND x.effective_on <= value_day AND x.recorded_at <= known_at
               AND taken_share_stands(x.transfer_id, x.distribution_id, x.commitment_id, value_day, known_at)) h; END;

CREATE FUNCTION fund_distributions_at(value_day date, known_at timestamptz)
RETURNS TABLE (fund_id bigint, distributed numeric, return_of_capital numeric, preferred_return numeric, profit_share numeric,
               carried_interest numeric, recallable numeric, withheld numeric, net numeric, paid_out numeric, payable numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT f.id, i.distributed, i.return_of_capital, i.preferred_return, i.profit_share, i.carried_interest, i.recallable,
           i.withheld, i.net, p.paid_out, i.distributed - p.paid_out
      FROM funds f
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.gross_amount), 0) AS distributed,
                  coalesce(sum(x.return_of_capital), 0) AS return_of_capital,
                  coalesce(sum(x.preferred_return), 0) AS preferred_return,
                  coalesce(sum(x.profit_share), 0) AS profit_share,
                  coalesce(sum(x.carried_interest), 0) AS carried_interest,
                  coalesce(sum(x.recallable_amount), 0) AS recallable,
                  coalesce(sum(x.withholding_tax), 0) AS withheld,
                  coalesce(sum(x.net_amount), 0) AS net
             FROM distribution_items x
             JOIN distributions d ON d.id = x.distribution_id AND d.fund_id = x.fund_id
            WHERE x.fund_id = f.id
              AND distribution_counts(d.sent_at, d.cancelled_at, d.date, f.time_zone, value_day, known_at)) i
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS paid_out
             FROM payouts x WHERE x.fund_id = f.id AND x.value_date <= value_day AND x.recorded_at <= known_at) p; END;
