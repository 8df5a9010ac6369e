-- An event moves what may be called: the limits hold on every day. What was admitted is corrected on its own day, and until a
-- call was issued: letters and statements since rest on it.
CREATE FUNCTION commitment_events_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    changed bigint[] := ARRAY(SELECT DISTINCT commitment_id FROM new_rows WHERE approved_at IS NOT NULL);
BEGIN
    PERFORM guard_commitments(changed);
    IF EXISTS (SELECT FROM new_rows n JOIN commitment_events o ON o.commitment_id = n.commitment_id
                WHERE o.kind = 'admitted'
                  AND (n.effective_on < o.effective_on OR n.kind = 'corrected' AND n.effective_on <> o.effective_on)) THEN
        PERFORM refuse('commitment_event_after_admission',
            'A commitment changes from the day on which its partner was admitted, or later.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n
                 JOIN capital_call_items i ON i.commitment_id = n.commitment_id
                 JOIN capital_calls c ON c.id = i.call_id
                WHERE n.kind = 'corrected' AND c.approved_at IS NOT NULL) THEN
        PERFORM refuse('commitment_amount_is_fixed_once_called',
            'What was called and told rests on this amount: it is no longer corrected.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('commitment_events_were_written()', '{INSERT,UPDATE}', 'commitment_events');

REVOKE EXECUTE ON FUNCTION commitment_events_were_written() FROM PUBLIC;
