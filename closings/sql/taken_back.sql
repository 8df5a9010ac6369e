-- A wire that bounced is a fact of the bank, also where an interest was transferred since: what moved of its rows is taken back with
-- them, transfer by transfer, on the day of each and known since. What is open again is owed by who holds it, as if it had
-- been open on the day of the transfer and assumed: the part of the one falls, that of the other rises, on the same lines. What was
-- moved back by another transfer stays as it is. A payout that came back is payable again to whom it was declared; what moved of
-- it is taken back, and moves again as soon as it is paid out again. A payout of a refund posts a row of its own as it comes back, which turns
-- none: what moved stays (`post_refund_payouts`). Where no cash moves, nothing bounces: what was charged to expenses, deemed paid or
-- set off is moved back before it is taken back, and so is a payout of which a later closing moved a part.
CREATE FUNCTION moved_rows_are_taken_back() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    moved bigint[];
    calls bigint[];
    partners bigint[];
BEGIN
    -- Nearly every row: it takes nothing back, and no payout.
    IF NOT EXISTS (SELECT FROM new_rows WHERE reverses_id IS NOT NULL OR payout_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    moved := ARRAY(SELECT DISTINCT x.moves_id
                     FROM (SELECT m.moves_id FROM new_rows n JOIN capital_transactions m ON m.moves_id = n.reverses_id
                            GROUP BY m.moves_id, m.commitment_id HAVING sum(m.amount) <> 0
                           UNION ALL
                           SELECT w.row_id FROM new_rows n JOIN transfer_rows w ON w.row_id = turned_row(n.id) AND w.amount <> 0
                            WHERE n.payout_id IS NOT NULL AND n.reverses_id IS NULL) x);
    IF moved = '{}' THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM new_rows n LEFT JOIN payments p ON p.id = n.payment_id
                WHERE n.reverses_id = ANY (moved) AND n.payout_id IS NULL AND p.receipt_id IS NULL)
       OR EXISTS (SELECT FROM capital_transactions m WHERE m.moves_id = ANY (moved) AND m.transfer_id IS NULL) THEN
        PERFORM refuse('moved_rows_are_not_taken_back', 'Another partner holds a part of this since a transfer or a later closing: that is moved back first.');
    END IF;
    calls := ARRAY(SELECT DISTINCT n.call_id FROM new_rows n WHERE n.reverses_id = ANY (moved) AND n.payment_id IS NOT NULL);
    partners := ARRAY(SELECT DISTINCT m.commitment_id FROM capital_transactions m WHERE m.moves_id = ANY (moved) AND m.amount <> 0);
    PERFORM 1 FROM commitments WHERE id = ANY (partners) ORDER BY id FOR NO KEY UPDATE;
    PERFORM give_empty_items(calls, partners);
    PERFORM 1 FROM capital_call_items WHERE call_id = ANY (calls) AND commitment_id = ANY (partners) ORDER BY id FOR NO KEY UPDATE;

    INSERT INTO transfer_rows (transfer_id, fund_id, row_id, amount)
    SELECT w.transfer_id, n.fund_id, n.id, -w.amount
      FROM new_rows n
      JOIN transfer_rows w ON w.row_id = turned_row(n.id)
     WHERE w.row_id = ANY (moved) AND w.amount <> 0 AND (n.reverses_id IS NOT NULL OR n.payout_id IS NOT NULL)
     ORDER BY w.transfer_id, n.id;

    INSERT INTO taken_parts (transfer_id, fund_id, line_id, commitment_id, came_back_id, amount, weight, basis, effective_on, recorded_at)
    SELECT m.transfer_id, m.fund_id, m.call_line_id, m.commitment_id, n.payment_id, sum(m.amount), 0, p.basis, m.value_date, m.recorded_at
      FROM new_rows n
      JOIN capital_transactions m ON m.moves_id = n.id
      JOIN taken_parts p ON (p.transfer_id, p.line_id, p.commitment_id) = (m.transfer_id, m.call_line_id, m.commitment_id)
                        AND p.came_back_id IS NULL
     GROUP BY m.transfer_id, m.fund_id, m.call_line_id, m.commitment_id, n.payment_id, p.basis, m.value_date, m.recorded_at
     ORDER BY m.transfer_id, m.call_line_id, m.commitment_id;

    INSERT INTO line_changes (transfer_id, came_back_id, fund_id, call_id, item_id, line_id, commitment_id, allocation_id,
                              reduces_unfunded, counts_as_called, amount, changes_held, changes_owed, weight, basis, effective_on, recorded_at)
    SELECT p.transfer_id, p.came_back_id, p.fund_id, x.call_id, x.item_id, p.line_id, p.commitment_id, l.allocation_id,
           l.reduces_unfunded, l.counts_as_called, -p.amount, true, true, coalesce(w.weight, x.weight), coalesce(w.basis, x.basis),
           p.effective_on, p.recorded_at
      FROM taken_parts p
      JOIN capital_call_lines l ON l.id = p.line_id
      JOIN capital_call_item_lines x ON x.line_id = p.line_id AND x.commitment_id = p.commitment_id
      LEFT JOIN LATERAL (
           SELECT c.weight, c.basis FROM line_changes c
            WHERE c.item_id = x.item_id AND c.line_id = x.line_id AND c.changes_held ORDER BY c.id DESC LIMIT 1) w ON true
     WHERE p.came_back_id IN (SELECT payment_id FROM new_rows) AND p.amount <> 0
     ORDER BY p.id;
    RETURN NULL;
END $$;

CALL watch_statements('moved_rows_are_taken_back()', '{INSERT}', 'capital_transactions');

REVOKE EXECUTE ON FUNCTION moved_rows_are_taken_back() FROM PUBLIC;
