-- What was decided about a transfer stays; what it moves is posted in the transaction in which it takes effect, and checked
-- before that ends.
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON transfers
    FOR EACH ROW EXECUTE FUNCTION guard_request('dated_rows_are_append_only');
CREATE TRIGGER guard_dated_row BEFORE INSERT OR UPDATE ON transfers
    FOR EACH ROW EXECUTE FUNCTION guard_dated_row();
CALL keep_rows('dated_rows_are_append_only', 'DELETE OR TRUNCATE', 'transfers');
CALL keep_rows('transfers_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'transfer_rows', 'taken_parts', 'taken_shares');

CREATE FUNCTION transfers_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('transfer_whole', ARRAY(SELECT id FROM new_rows WHERE approved_at IS NOT NULL));
    PERFORM note_decisions(ARRAY(SELECT id FROM new_rows WHERE approved_at IS NOT NULL));
    RETURN NULL;
END $$;

CALL watch_statements('transfers_were_written()', '{INSERT,UPDATE}', 'transfers');

-- Whether all of these transfers take effect in this very transaction, and are not whole yet.
CREATE FUNCTION transfers_are_new(ids bigint[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM unnest(ids) AS t (id)
                        WHERE NOT EXISTS (SELECT FROM pending_checks p
                                           WHERE p.xid = pg_current_xact_id() AND p.kind = 'transfer_whole' AND p.object_id = t.id))
$$;

-- The register follows a transfer: its events ask for no second person of their own.
CREATE FUNCTION event_follows_a_transfer(event bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM commitment_events e
                     JOIN transfers t ON t.id = e.transfer_id AND t.approved_at = e.approved_at AND t.effective_on = e.effective_on
                    WHERE e.id = event)
$$;

-- What a transfer moved of a row is two rows of the ledger, which count as their original does, on the day of the transfer. Of a row
-- that takes another one back, or is made again since, it moved what it moved of that, with the sign turned: known from then on, and not
-- before the row itself.
CREATE FUNCTION post_transfer_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_read_committed();
    IF NOT transfers_are_new(ARRAY(SELECT DISTINCT n.transfer_id FROM new_rows n JOIN capital_transactions o ON o.id = n.row_id
                                    WHERE NOT follows_moved_row(n.transfer_id, o.id)))
       OR EXISTS (SELECT FROM new_rows n JOIN capital_transactions o ON o.id = n.row_id
                   WHERE o.moves_id IS NOT NULL OR o.passed_on OR o.fund_id <> n.fund_id
                      OR (o.reverses_id IS NOT NULL OR follows_moved_row(n.transfer_id, o.id))
                         AND (pg_trigger_depth() < 2
                              OR -n.amount IS DISTINCT FROM (SELECT w.amount FROM transfer_rows w
                                                              WHERE (w.transfer_id, w.row_id) = (n.transfer_id, turned_row(o.id))))) THEN
        PERFORM refuse('transfer_moves_rows_as_it_takes_effect', 'A transfer moves rows of its fund, in the transaction in which it takes effect.');
    END IF;
    PERFORM 1 FROM commitments WHERE id IN (SELECT unnest(ARRAY[t.transferor_id, t.transferee_id])
                                              FROM transfers t WHERE t.id IN (SELECT transfer_id FROM new_rows))
      ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO capital_transactions
           (fund_id, commitment_id, type, amount, value_date, recorded_at, description, recallable,
            call_id, call_line_id, allocation_id, deal_id, line_kind, due_on, accrues_from, distribution_id, given_back_line_id,
            within_commitment, counts_as_paid_in, counts_as_distributed, earns_preferred_return, passed_on,
            transfer_id, moves_id, happened_on, reverses_id)
    SELECT o.fund_id, side.commitment_id, o.type, side.amount,
           CASE WHEN follows_moved_row(t.id, o.id) THEN greatest(t.effective_on, o.value_date) ELSE t.effective_on END,
           CASE WHEN follows_moved_row(t.id, o.id) THEN o.recorded_at ELSE t.approved_at END,
           left('Transfer #' || t.number || ': ' || o.description, 300), o.recallable,
           o.call_id, o.call_line_id, o.allocation_id, o.deal_id, o.line_kind, o.due_on, o.accrues_from, o.distribution_id,
           o.given_back_line_id, o.within_commitment, o.counts_as_paid_in, o.counts_as_distributed, o.earns_preferred_return, false,
           t.id, o.id, o.value_date, b.id
      FROM new_rows n
      JOIN transfers t ON t.id = n.transfer_id
      JOIN capital_transactions o ON o.id = n.row_id
     CROSS JOIN LATERAL (VALUES (t.transferor_id, -n.amount), (t.transferee_id, n.amount)) side (commitment_id, amount)
      LEFT JOIN capital_transactions b ON b.transfer_id = t.id AND b.moves_id = o.reverses_id AND b.commitment_id = side.commitment_id
     WHERE n.amount <> 0
     ORDER BY n.id, side.commitment_id = t.transferee_id;
    RETURN NULL;
END $$;

CREATE TRIGGER post_transfer_rows AFTER INSERT ON transfer_rows
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_transfer_rows();

CREATE FUNCTION taken_was_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT transfers_are_new(ARRAY(SELECT DISTINCT transfer_id FROM new_rows n
                                    WHERE transfer_id IS NOT NULL
                                      AND (pg_trigger_depth() < 2 OR to_jsonb(n) ->> 'came_back_id' IS NULL))) THEN
        PERFORM refuse('transfer_moves_rows_as_it_takes_effect', 'A transfer moves rows of its fund, in the transaction in which it takes effect.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('taken_was_written()', '{INSERT}', 'taken_parts', 'taken_shares');

CREATE FUNCTION transfer_events_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT transfers_are_new(ARRAY(SELECT DISTINCT transfer_id FROM new_rows WHERE transfer_id IS NOT NULL)) THEN
        PERFORM refuse('transfer_moves_rows_as_it_takes_effect', 'A transfer moves rows of its fund, in the transaction in which it takes effect.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('transfer_events_were_written()', '{INSERT}', 'commitment_events');

-- The share of an amount, in whole units, half away from zero.
CREATE FUNCTION share_of_units(amount numeric, numerator bigint, denominator bigint, decimals integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    sign(amount) * div(2 * numerator * abs(amount) * power(10::numeric, decimals) + denominator, 2 * denominator::numeric)
    / power(10::numeric, decimals);

-- The share of the transferor's interest that moves: what the transfer says; where a default led to it, all of what its remedy
-- takes, with the transfers that together take it.
CREATE FUNCTION share_of_a_transfer(transfer bigint)
RETURNS TABLE (numerator bigint, denominator bigint, together bigint[])
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE r.kind WHEN 'forfeiture' THEN r.numerator WHEN 'sale' THEN 1 ELSE t.numerator END,
           CASE r.kind WHEN 'forfeiture' THEN r.denominator WHEN 'sale' THEN 1 ELSE t.denominator END,
           ARRAY(SELECT o.id FROM transfers o WHERE o.id = t.id OR o.remedy_id = t.remedy_id)
      FROM transfers t LEFT JOIN default_remedies r ON r.id = t.remedy_id
     WHERE t.id = transfer
$$;

-- What a transfer moves of each row, by what its transferor held of the row before: its share of the running sum of the
-- row's kind, by the day on which rows were due, those of one line or distribution together, less what moved of the rows before.
-- `moved` is what it did move.
CREATE FUNCTION moved_by_transfer(transfer bigint)
RETURNS TABLE (row_id bigint, kind text, held numeric, due numeric, moved numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH this AS (
        SELECT t.transferor_id, s.numerator, s.denominator, s.together, currency_decimals(f.currency) AS decimals,
               coalesce((SELECT min(x.id) FROM capital_transactions x WHERE x.transfer_id = ANY (s.together)), 9223372036854775807) AS first
          FROM transfers t JOIN funds f ON f.id = t.fund_id CROSS JOIN share_of_a_transfer(t.id) s WHERE t.id = transfer
    ), held AS (
        SELECT coalesce(x.moves_id, x.id) AS row_id, sum(x.amount) AS amount
          FROM this
          JOIN capital_transactions x ON x.commitment_id = this.transferor_id AND x.id < this.first
         WHERE NOT x.passed_on AND x.reverses_id IS NULL
           AND NOT EXISTS (SELECT FROM capital_transactions r WHERE r.reverses_id = coalesce(x.moves_id, x.id) AND r.id < this.first)
         GROUP BY 1
        HAVING sum(x.amount) <> 0
    ), kinds AS (
        SELECT h.row_id, h.amount, coalesce(o.due_on, o.value_date) AS due_on,
               CASE WHEN o.call_line_id IS NULL AND o.distribution_id IS NULL THEN h.row_id END AS alone, o.call_line_id, o.distribution_id,
               CASE WHEN o.call_line_id IS NOT NULL OR o.counts_as_paid_in THEN 'contribution'
                    WHEN o.recallable THEN 'recallable' ELSE 'distribution' END AS kind
          FROM held h JOIN capital_transactions o ON o.id = h.row_id
    ), days AS (
        -- Rows of one line or distribution follow one another, where the first of them stands.
        SELECT k.*, min(k.due_on) OVER g AS first_due,
               first_value(k.row_id) OVER (PARTITION BY k.kind, k.call_line_id, k.distribution_id, k.alone ORDER BY k.due_on, k.row_id) AS first_row
          FROM kinds k
        WINDOW g AS (PARTITION BY k.kind, k.call_line_id, k.distribution_id, k.alone)
    ), running AS (
        SELECT k.*, sum(k.amount) OVER w AS upto, sum(k.amount) OVER w - k.amount AS before
          FROM days k
        WINDOW w AS (PARTITION BY k.kind ORDER BY k.first_due, k.first_row, k.due_on, k.row_id)
    )
    SELECT coalesce(r.row_id, m.row_id), r.kind, r.amount,
           share_of_units(r.upto, this.numerator, this.denominator, this.decimals)
           - share_of_units(r.before, this.numerator, this.denominator, this.decimals), m.amount
      FROM running r
      FULL JOIN (SELECT n.row_id, sum(n.amount) AS amount FROM this JOIN transfer_rows n ON n.transfer_id = ANY (this.together)
                  GROUP BY n.row_id) m ON m.row_id = r.row_id
     CROSS JOIN this
$$;

-- A transfer moved its share of every row, and of the commitment, and nothing in all; what it moved of lines and of
-- distributions is what it moved of their rows.
CREATE FUNCTION check_transfer_whole(transfer bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
BEGIN
    SELECT t.*, currency_decimals(f.currency) AS decimals INTO this
      FROM transfers t JOIN funds f ON f.id = t.fund_id WHERE t.id = transfer;
    PERFORM 1 FROM commitments WHERE id IN (this.transferor_id, this.transferee_id) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM moved_by_transfer(transfer) m WHERE m.moved IS DISTINCT FROM m.due) THEN
        PERFORM refuse('transfer_moves_its_share', 'A transfer moves its share of every row that its transferor holds.');
    END IF;
    IF this.remedy_id IS NULL AND EXISTS (SELECT FROM (VALUES (this.transferor_id, true, 'transfer_out', -1), (this.transferee_id, true, 'transfer_in', 1),
                                   (this.transferor_id, false, 'transfer_out', -1), (this.transferee_id, false, 'transfer_in', 1))
                           AS side (commitment_id, changes, kind, sign)
                CROSS JOIN LATERAL (
                      SELECT coalesce(sum(e.amount), 0) AS promised
                        FROM commitment_events e
                       WHERE e.commitment_id = this.transferor_id AND e.approved_at IS NOT NULL AND e.changes_commitment = side.changes
                         AND e.id < coalesce((SELECT min(o.id) FROM commitment_events o WHERE o.transfer_id = transfer), e.id + 1)) b
                LEFT JOIN commitment_events e ON e.transfer_id = transfer AND e.kind = side.kind AND e.changes_commitment = side.changes
                WHERE coalesce(e.amount, 0)
                      <> side.sign * share_of_units(b.promised, this.numerator, this.denominator, this.decimals)
                   OR e.id IS NOT NULL AND (e.commitment_id, e.effective_on, e.approved_at)
                                           IS DISTINCT FROM (side.commitment_id, this.effective_on, this.approved_at)) THEN
        PERFORM refuse('transfer_moves_its_share_of_the_commitment', 'A transfer moves its share of the commitment, from one register to another.');
    END IF;
    IF EXISTS (SELECT FROM (SELECT x.call_line_id AS line_id, x.commitment_id, sum(x.amount) AS amount
                              FROM capital_transactions x WHERE x.transfer_id = transfer AND x.call_line_id IS NOT NULL GROUP BY 1, 2) x
                 FULL JOIN (SELECT p.line_id, p.commitment_id, p.amount, p.effective_on, p.recorded_at
                              FROM taken_parts p WHERE p.transfer_id = transfer) p USING (line_id, commitment_id)
                WHERE coalesce(x.amount, 0) <> coalesce(p.amount, 0)
                   OR p.effective_on <> this.effective_on OR p.recorded_at <> this.approved_at)
       OR EXISTS (SELECT FROM taken_parts p WHERE p.transfer_id = transfer GROUP BY p.line_id
                  HAVING sum(p.weight) <> 0 OR sum(p.amount) <> 0) THEN
        PERFORM refuse('taken_parts_are_what_moved', 'What moves of the parts of a line is what moves of the rows that paid them.');
    END IF;
    IF EXISTS (SELECT FROM left_out_of_lines(ARRAY(SELECT DISTINCT p.line_id FROM taken_parts p WHERE p.transfer_id = transfer), transfer) o
                WHERE o.commitment_id = this.transferee_id) THEN
        PERFORM refuse('excused_partners_take_nothing', 'Who is excused from an investment takes over nothing of it.');
    END IF;
    IF EXISTS (SELECT FROM (SELECT x.distribution_id, x.commitment_id, -sum(x.amount) AS gross,
                                   -coalesce(sum(x.amount) FILTER (WHERE x.recallable), 0) AS recallable
                              FROM capital_transactions x WHERE x.transfer_id = transfer AND x.distribution_id IS NOT NULL GROUP BY 1, 2) x
                 FULL JOIN (SELECT p.* FROM taken_shares p WHERE p.transfer_id = transfer) p USING (distribution_id, commitment_id)
                WHERE (coalesce(x.gross, 0), coalesce(x.recallable, 0))
                      IS DISTINCT FROM (coalesce(p.gross_amount, 0), coalesce(p.recallable_amount, 0))
                   OR p.effective_on <> this.effective_on OR p.recorded_at <> this.approved_at)
       OR EXISTS (SELECT FROM taken_shares p WHERE p.transfer_id = transfer GROUP BY p.distribution_id
                  HAVING (sum(p.gross_amount), sum(p.return_of_capital), sum(p.preferred_return), sum(p.profit_share),
                          sum(p.carried_interest), sum(p.withholding_tax)) <> (0, 0, 0, 0, 0, 0)) THEN
        PERFORM refuse('taken_shares_are_what_moved', 'What moves of the shares in a distribution is what moves of the rows that paid them.');
    END IF;
    PERFORM check_assumed_parts(transfer);
END $$;

-- A closing takes of each line from who holds it on its day: of no day before a transfer, when others held it.
CREATE FUNCTION guard_closing_before_a_transfer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM transfers t
                WHERE t.fund_id = NEW.fund_id AND t.approved_at IS NOT NULL AND t.effective_on > NEW.held_on) THEN
        PERFORM refuse('no_closing_before_a_transfer', 'An interest in this fund was transferred after the day of this closing.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_transfers BEFORE UPDATE ON closings FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status AND NEW.status IN ('pending_approval', 'settled'))
    EXECUTE FUNCTION guard_closing_before_a_transfer();

-- An excuse takes a line from the parts that were called: of no line of which a transfer moved parts.
CREATE FUNCTION guard_excuse_after_a_transfer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM taken_parts p WHERE p.line_id = NEW.line_id) THEN
        PERFORM refuse('no_excuse_after_a_transfer', 'Parts of this line were transferred: nobody is excused from it.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_transfers BEFORE INSERT ON excuses
    FOR EACH ROW EXECUTE FUNCTION guard_excuse_after_a_transfer();

REVOKE EXECUTE ON FUNCTION transfers_were_written(), transfers_are_new(bigint[]), event_follows_a_transfer(bigint), post_transfer_rows(), taken_was_written(),
    transfer_events_were_written(), share_of_a_transfer(bigint), moved_by_transfer(bigint), check_transfer_whole(bigint),
    guard_closing_before_a_transfer(), guard_excuse_after_a_transfer() FROM PUBLIC;
