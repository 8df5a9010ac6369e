-- Which distributions count, and their status as a function of amounts; distributions/calc/states.py says the same.

CREATE FUNCTION distribution_is_issued(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IN ('sent', 'paid');

CREATE FUNCTION issued_distribution_status(gross numeric, paid_out numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN paid_out = gross THEN 'paid' ELSE 'sent' END;

-- Whether what a transfer moved of a partner's share counts as declared and paid out on a day, as it was known then: not while the payout of
-- which it is a part came back. What a later closing moved always does.
CREATE FUNCTION taken_share_stands(transfer bigint, distribution bigint, partner bigint, value_day date, known_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE
RETURN (SELECT coalesce(sum(m.amount), 1) <> 0
          FROM capital_transactions m
         WHERE (m.transfer_id, m.distribution_id, m.commitment_id) = (transfer, distribution, partner)
           AND m.value_date <= value_day AND m.recorded_at <= known_at);

-- The row of which this one turns what moved: the one that it takes back; of a payout that is made again, the one that took it back before.
CREATE FUNCTION turned_row(this bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(n.reverses_id,
                    (SELECT r.id
                       FROM payouts p
                       JOIN capital_transactions r ON r.payout_id = p.id
                      WHERE n.payout_id IS NOT NULL AND p.item_id = n.distribution_item_id AND p.reverses_id IS NOT NULL AND p.id < n.payout_id
                        AND (r.amount, r.recallable, r.counts_as_distributed) = (-n.amount, n.recallable, n.counts_as_distributed)
                        AND r.given_back_line_id IS NOT DISTINCT FROM n.given_back_line_id
                      ORDER BY r.id DESC LIMIT 1))
      FROM capital_transactions n
     WHERE n.id = this
$$;

-- Whether a transfer moves this row because it had moved one that this one takes back, or is made again for.
CREATE FUNCTION follows_moved_row(transfer bigint, this bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM capital_transactions m WHERE m.transfer_id = transfer AND m.moves_id = turned_row(this))
$$;
