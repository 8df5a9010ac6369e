-- What is returned to a partner is of whom the cash of its receipt is held, and stays so while the return stands: the letter about it and the
-- statements say the same. The lock has who returns and who says whose it is take turns.
CREATE FUNCTION guard_holder_of_return() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM receipts WHERE id = NEW.receipt_id FOR NO KEY UPDATE;
    IF TG_TABLE_NAME = 'receipt_returns' AND EXISTS (
           SELECT FROM (SELECT h.commitment_id FROM receipt_holders h
                         WHERE h.receipt_id = NEW.receipt_id ORDER BY h.version DESC LIMIT 1) newest
            WHERE newest.commitment_id <> NEW.commitment_id)
       OR TG_TABLE_NAME = 'receipt_holders' AND EXISTS (
           SELECT FROM receipt_returns r
            WHERE r.receipt_id = NEW.receipt_id AND r.commitment_id <> NEW.commitment_id AND r.takes_back_id IS NULL
              AND NOT EXISTS (SELECT FROM receipt_returns b WHERE b.takes_back_id = r.id)) THEN
        PERFORM refuse('return_is_of_its_holder', 'What is returned to a partner is of whom it is held.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_holder_of_return BEFORE INSERT ON receipt_returns
    FOR EACH ROW WHEN (NEW.commitment_id IS NOT NULL AND NEW.takes_back_id IS NULL) EXECUTE FUNCTION guard_holder_of_return();
CREATE TRIGGER guard_holder_of_return BEFORE INSERT ON receipt_holders
    FOR EACH ROW EXECUTE FUNCTION guard_holder_of_return();

REVOKE EXECUTE ON FUNCTION guard_holder_of_return() FROM PUBLIC;
