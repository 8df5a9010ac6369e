-- What was decided about an excuse stays; its parts are posted in the transaction that approves it.
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON excuses
    FOR EACH ROW EXECUTE FUNCTION guard_request('dated_rows_are_append_only');
CREATE TRIGGER guard_dated_row BEFORE INSERT OR UPDATE ON excuses
    FOR EACH ROW EXECUTE FUNCTION guard_dated_row();
CALL keep_rows('dated_rows_are_append_only', 'DELETE OR TRUNCATE', 'excuses');

-- Approved excuses of a statement: from an investment of an issued call, on which nothing was waived for the partner.
CREATE FUNCTION excuses_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    approved bigint[] := ARRAY(SELECT id FROM new_rows WHERE approved_at IS NOT NULL);
BEGIN
    PERFORM 1 FROM capital_calls WHERE id IN (SELECT call_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM new_rows n
                 JOIN capital_calls k ON k.id = n.call_id
                 JOIN capital_call_lines l ON l.id = n.line_id
                WHERE NOT call_is_issued(k.status) OR l.kind <> 'investment' OR n.effective_on < k.call_date) THEN
        PERFORM refuse('excuse_from_an_investment',
            'A partner is excused from an investment of an issued call, from the day of the call on.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n
                 JOIN line_changes g ON g.item_id = n.item_id AND g.line_id = n.line_id
                WHERE n.id = ANY (approved) AND NOT g.changes_held) THEN
        PERFORM refuse('excuse_of_what_is_owed', 'What was waived is no longer owed: a partner is not excused from it.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n JOIN capital_call_lines l ON l.id = n.line_id
                WHERE n.id = ANY (approved)
                  AND (l.equalises_id IS NOT NULL
                       OR EXISTS (SELECT FROM line_changes g WHERE g.line_id = n.line_id AND g.closing_id IS NOT NULL))) THEN
        PERFORM refuse('excuse_before_closings', 'A later closing moved parts of this line: nobody is excused from it any more.');
    END IF;
    PERFORM note_checks('excuse_is_new', approved);
    PERFORM note_checks('excuse_parts', approved);
    PERFORM note_checks('call_status', ARRAY(SELECT DISTINCT call_id FROM new_rows WHERE id = ANY (approved)));
    PERFORM note_checks('allocation_state', ARRAY(
        SELECT DISTINCT l.allocation_id FROM new_rows n JOIN capital_call_lines l ON l.id = n.line_id
         WHERE n.id = ANY (approved)));
    RETURN NULL;
END $$;

CALL watch_statements('excuses_were_written()', '{INSERT,UPDATE}', 'excuses');

-- An excuse is whole at commit: its partner's part falls by it, nobody else is asked for more than the limit, nothing is
-- asked for out of nothing, and what was paid beyond what is held by then is cash again, that and no more.
CREATE FUNCTION check_excuse_parts(excuse bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e record;
BEGIN
    SELECT x.*, currency_decimals(f.currency) AS places INTO e
      FROM excuses x JOIN funds f ON f.id = x.fund_id WHERE x.id = excuse;
    PERFORM 1 FROM capital_calls WHERE id = e.call_id FOR NO KEY UPDATE;
    IF -e.amount IS DISTINCT FROM (SELECT g.amount FROM line_changes g WHERE g.excuse_id = e.id AND g.item_id = e.item_id)
       OR (SELECT sum(g.amount) FROM line_changes g WHERE g.excuse_id = e.id) > 0
       OR EXISTS (SELECT FROM held_parts h WHERE h.line_id = e.line_id AND h.held < 0) THEN
        PERFORM refuse('excuse_moves_what_it_says', 'An excuse takes its amount off its partner''s part, and asks nobody for more than that.');
    END IF;
    IF EXISTS (SELECT FROM line_changes g JOIN held_parts h ON h.line_id = g.line_id AND h.commitment_id = g.commitment_id
                WHERE g.excuse_id = e.id AND g.amount > 0 AND h.held > round(h.called * (1 + e."limit"), e.places)) THEN
        PERFORM refuse('excuse_within_its_limit', 'Nobody is asked for more than the limit beyond its first part.');
    END IF;
    IF EXISTS (SELECT FROM held_parts h
                CROSS JOIN LATERAL (
                      SELECT coalesce(sum(t.amount), 0) AS applied
                        FROM capital_transactions t JOIN capital_call_item_lines x ON x.id = h.part_id
                       WHERE t.call_item_id = x.item_id AND t.call_line_id = h.line_id) p
                WHERE h.line_id = e.line_id
                  AND (p.applied < 0 OR p.applied > h.held
                       OR p.applied < h.held AND EXISTS (SELECT FROM payments y
                                                          WHERE y.excuse_id = e.id AND y.commitment_id = h.commitment_id))) THEN
        PERFORM refuse('excuse_frees_what_was_paid', 'What was paid beyond what is held is cash again, that and no more.');
    END IF;
END $$;

-- Changes come with the decision that they follow: of a waiver, and of what is assumed by a transfer, in its own statement, of an
-- excuse in its transaction.
CREATE FUNCTION line_changes_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n WHERE (n.settlement_id IS NOT NULL OR n.transfer_id IS NOT NULL) AND pg_trigger_depth() < 2)
       OR EXISTS (SELECT FROM new_rows n
                   WHERE n.excuse_id IS NOT NULL
                     AND NOT EXISTS (SELECT FROM pending_checks p
                                      WHERE p.xid = pg_current_xact_id() AND p.kind = 'excuse_is_new' AND p.object_id = n.excuse_id)) THEN
        PERFORM refuse('line_changes_are_posted_by_decisions', 'What changes a line is posted with the decision to change it.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n
                 JOIN excuses e ON e.id = n.excuse_id
                 JOIN capital_call_lines l ON l.id = n.line_id
                WHERE (n.effective_on, n.recorded_at, n.allocation_id) IS DISTINCT FROM (e.effective_on, e.approved_at, l.allocation_id)) THEN
        PERFORM refuse('line_change_is_its_excuse', 'A change has the day, the time and the deal of its excuse.');
    END IF;
    PERFORM guard_commitments(ARRAY(SELECT DISTINCT commitment_id FROM new_rows WHERE excuse_id IS NOT NULL));
    RETURN NULL;
END $$;

CALL keep_rows('dated_rows_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'line_changes');
CALL watch_statements('line_changes_were_written()', '{INSERT}', 'line_changes');

REVOKE EXECUTE ON FUNCTION excuses_were_written(), check_excuse_parts(bigint), line_changes_were_written() FROM PUBLIC;
