-- Unapplied cash that is returned, what takes that back, and the letter about it.

CREATE FUNCTION guard_cash_return() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- The lock has those who return of one receipt take turns.
    PERFORM FROM receipts WHERE id = NEW.receipt_id FOR NO KEY UPDATE;
    IF NOT EXISTS (
        SELECT FROM receipt_returns r
         WHERE (r.id, r.receipt_id, r.fund_id, r.amount)
             = (NEW.takes_back_id, NEW.receipt_id, NEW.fund_id, -NEW.amount)
           AND r.commitment_id IS NOT DISTINCT FROM NEW.commitment_id
           AND r.takes_back_id IS NULL AND r.value_date <= NEW.value_date
    ) THEN
        PERFORM refuse('return_is_taken_back_whole', 'A return is taken back as it was, whole and not before its day.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_cash_return BEFORE INSERT ON receipt_returns
    FOR EACH ROW WHEN (NEW.takes_back_id IS NOT NULL)
    EXECUTE FUNCTION guard_cash_return();

-- A letter about returned money says what was returned, and of all partners together nothing.
CREATE FUNCTION guard_cash_return_letter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM receipt_returns r
          JOIN funds f ON f.id = r.fund_id
         WHERE (r.id, r.id, r.commitment_id, r.fund_id)
             = (NEW.item_id, NEW.subject_id, NEW.commitment_id, NEW.fund_id)
           AND r.takes_back_id IS NULL
           AND (r.id, r.commitment_id) = ((NEW.facts ->> 'item_id')::bigint, (NEW.facts ->> 'commitment_id')::bigint)
           AND (NEW.facts ->> 'amount')::numeric = r.amount
           AND (NEW.facts -> 'returned' ->> 'on')::date = r.value_date
           AND (NEW.facts ->> 'currency') = f.currency
    ) THEN
        PERFORM refuse('letter_says_what_its_item_says', 'A letter says what its item says: partner, amount, reference.');
    END IF;
    IF shown_of_all_partners(NEW.facts) <> 'none' THEN
        PERFORM refuse('letter_shows_what_its_fund_lets', 'A letter about returned money shows nothing of other partners.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_cash_return_letter BEFORE INSERT ON notices
    FOR EACH ROW WHEN (NEW.kind = 'cash_return') EXECUTE FUNCTION guard_cash_return_letter();

REVOKE EXECUTE ON FUNCTION guard_cash_return(), guard_cash_return_letter() FROM PUBLIC;
