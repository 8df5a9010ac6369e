-- A letter about a refund says what the refund says, and of all partners together nothing: who else is one, or how many.
CREATE FUNCTION guard_refund_letter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM refunds r
          JOIN funds f ON f.id = r.fund_id
         WHERE (r.id, r.closing_id, r.commitment_id, r.fund_id)
             = (NEW.item_id, NEW.subject_id, NEW.commitment_id, NEW.fund_id)
           AND (r.id, r.commitment_id) = ((NEW.facts ->> 'item_id')::bigint, (NEW.facts ->> 'commitment_id')::bigint)
           AND ((NEW.facts ->> 'amount')::numeric, (NEW.facts ->> 'capital')::numeric, (NEW.facts ->> 'interest')::numeric)
             = (r.amount, r.capital, r.interest)
           AND (NEW.facts ->> 'currency') = f.currency
    ) THEN
        PERFORM refuse('letter_says_what_its_item_says', 'A letter says what its item says: partner, amount, reference.');
    END IF;
    IF shown_of_all_partners(NEW.facts) <> 'none' THEN
        PERFORM refuse('letter_shows_what_its_fund_lets', 'A letter about a refund shows nothing of other partners.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_refund_letter BEFORE INSERT ON notices
    FOR EACH ROW WHEN (NEW.kind = 'refund') EXECUTE FUNCTION guard_refund_letter();

REVOKE EXECUTE ON FUNCTION guard_refund_letter() FROM PUBLIC;
