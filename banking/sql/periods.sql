-- A receipt that says that the bank brought it is one of an entry, with its amount and value date: what a person types is none.
CREATE FUNCTION guard_banked_receipt() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM bank_entries e
                    WHERE e.id = NEW.bank_entry_id AND e.fund_id = NEW.fund_id AND e.status = 'booked'
                      AND e.amount = NEW.amount AND e.value_date = NEW.value_date) THEN
        PERFORM refuse('receipt_by_bank_is_of_an_entry', 'What the bank brought is an entry of a statement.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_banked_receipt BEFORE INSERT ON receipts
    FOR EACH ROW WHEN (NEW.bank_entry_id IS NOT NULL) EXECUTE FUNCTION guard_banked_receipt();

REVOKE EXECUTE ON FUNCTION guard_banked_receipt() FROM PUBLIC;
