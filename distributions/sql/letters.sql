-- A letter about a distribution says what its item says.
CREATE FUNCTION guard_distribution_letter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM distribution_items i
          JOIN funds f ON f.id = i.fund_id
         WHERE (i.id, i.distribution_id, i.commitment_id, i.fund_id)
             = (NEW.item_id, NEW.subject_id, NEW.commitment_id, NEW.fund_id)
           AND (i.id, i.commitment_id) = ((NEW.facts ->> 'item_id')::bigint, (NEW.facts ->> 'commitment_id')::bigint)
           AND ((NEW.facts ->> 'amount')::numeric, (NEW.facts ->> 'gross')::numeric, (NEW.facts ->> 'withheld')::numeric)
             = (i.net_amount, i.gross_amount, i.withholding_tax)
           AND (NEW.facts ->> 'currency') = f.currency
    ) THEN
        PERFORM refuse('letter_says_what_its_item_says', 'A letter says what its item says: partner, amount, reference.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_distribution_letter BEFORE INSERT ON notices
    FOR EACH ROW WHEN (NEW.kind = 'distribution') EXECUTE FUNCTION guard_distribution_letter();

REVOKE EXECUTE ON FUNCTION guard_distribution_letter() FROM PUBLIC;
