-- Nobody confirms a letter about what was cancelled. The lock lets a cancellation that comes at once go first or after.
CREATE FUNCTION guard_acknowledgement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    letter record;
    standing text;
BEGIN
    SELECT n.kind, n.subject_id INTO letter FROM notices n WHERE n.id = NEW.notice_id;
    IF letter.kind = 'capital_call' THEN
        SELECT k.status INTO standing FROM capital_calls k WHERE k.id = letter.subject_id FOR SHARE;
    ELSIF letter.kind = 'refund' THEN
        SELECT CASE c.status WHEN 'settled' THEN 'settled' ELSE 'cancelled' END INTO standing
          FROM closings c WHERE c.id = letter.subject_id FOR SHARE;
    ELSIF letter.kind = 'cash_return' THEN
        PERFORM FROM receipts r WHERE r.id = (SELECT b.receipt_id FROM receipt_returns b WHERE b.id = letter.subject_id) FOR SHARE;
        SELECT CASE WHEN EXISTS (SELECT FROM receipt_returns b WHERE b.takes_back_id = letter.subject_id)
                    THEN 'cancelled' ELSE 'returned' END INTO standing;
    ELSE
        SELECT d.status INTO standing FROM distributions d WHERE d.id = letter.subject_id FOR SHARE;
    END IF;
    IF standing = 'cancelled' THEN
        PERFORM refuse('cancelled_is_not_acknowledged', 'What was cancelled cannot be acknowledged.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_acknowledgement BEFORE INSERT ON notice_readings
    FOR EACH ROW WHEN (NEW.deed = 'acknowledged') EXECUTE FUNCTION guard_acknowledgement();

-- A letter is read by who stands for its investor, and by who is signed in.
CREATE FUNCTION guard_reader() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM notices n
                     JOIN commitments m ON m.id = n.commitment_id
                     JOIN investor_contacts c ON c.investor_id = m.investor_id AND c.user_id = NEW.by_id
                    WHERE n.id = NEW.notice_id) THEN
        PERFORM refuse('letter_is_read_by_its_contact', 'A letter is read by a contact of its investor.');
    END IF;
    -- The lock lets a right that is taken away at this moment go first or after.
    IF NEW.deed = 'acknowledged' THEN
        PERFORM FROM notices n
           JOIN portal_grants g ON g.commitment_id = n.commitment_id AND g.acknowledges
           JOIN investor_contacts c ON c.id = g.contact_id AND c.user_id = NEW.by_id
          WHERE n.id = NEW.notice_id FOR SHARE OF g;
        IF NOT FOUND THEN
            PERFORM refuse('letter_is_acknowledged_by_who_may', 'A letter is acknowledged by a contact with the right to.');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_reader BEFORE INSERT ON notice_readings FOR EACH ROW EXECUTE FUNCTION guard_reader();
CREATE TRIGGER was_done_by_who_writes BEFORE INSERT ON notice_readings
    FOR EACH ROW EXECUTE FUNCTION guard_deeds('reading_is_of_who_writes', 'by_id', 'at');

REVOKE EXECUTE ON FUNCTION guard_acknowledgement(), guard_reader() FROM PUBLIC;
