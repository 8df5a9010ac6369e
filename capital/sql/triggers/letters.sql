-- A letter about a call says what its item says, and names no account but one of the fund's that a call back verified:
-- whoever writes one past the services writes the truth, or is refused.

CREATE FUNCTION names_verified_account(bank jsonb, of_fund bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM bank_details d
         WHERE d.fund_id = of_fund AND d.verified_at IS NOT NULL AND d.version = (bank ->> 'version')::integer
           AND (d.bank_name, d.account_name, d.routing_number, d.swift)
             = (bank ->> 'bank_name', bank ->> 'account_name', bank ->> 'routing_number', bank ->> 'swift')
           -- Both are encrypted: what comes fourth is the same where the plain text is, and is bound to what is printed.
           AND (split_part(d.account_number, '.', 4), split_part(d.iban, '.', 4))
             = (split_part(bank ->> 'account_number', '.', 4), split_part(bank ->> 'iban', '.', 4))
           AND d.bank_address = coalesce(bank ->> 'bank_address', ''))
$$;

CREATE FUNCTION guard_call_letter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM capital_call_items i
          JOIN capital_calls c ON c.id = i.call_id
          JOIN commitments m ON m.id = i.commitment_id
          JOIN funds f ON f.id = i.fund_id
         WHERE (i.id, i.call_id, i.commitment_id, i.fund_id)
             = (NEW.item_id, NEW.subject_id, NEW.commitment_id, NEW.fund_id)
           AND (i.id, i.commitment_id) = ((NEW.facts ->> 'item_id')::bigint, (NEW.facts ->> 'commitment_id')::bigint)
           AND (NEW.facts ->> 'amount')::numeric = i.amount
           AND (NEW.facts ->> 'currency') = f.currency
           AND (NEW.facts ->> 'payment_reference') = 'CC' || c.number || '-' || m.reference
    ) THEN
        PERFORM refuse('letter_says_what_its_item_says', 'A letter says what its item says: partner, amount, reference.');
    END IF;
    IF jsonb_typeof(NEW.facts -> 'bank') = 'object' AND NOT names_verified_account(NEW.facts -> 'bank', NEW.fund_id) THEN
        PERFORM refuse('letter_names_a_verified_account', 'A letter names an account of the fund that was verified.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_call_letter BEFORE INSERT ON notices
    FOR EACH ROW WHEN (NEW.kind = 'capital_call') EXECUTE FUNCTION guard_call_letter();

REVOKE EXECUTE ON FUNCTION guard_call_letter() FROM PUBLIC;

-- The first letter about a part of a call leaves with payment instructions, unless two decided for its fund that it may do without:
-- what follows it, such as a cancellation, does as it did.
CREATE FUNCTION guard_call_delivery() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM notices n JOIN funds f ON f.id = n.fund_id
         WHERE n.id = NEW.notice_id AND n.kind = 'capital_call' AND NOT f.letters_without_account
           AND jsonb_typeof(n.facts -> 'bank') IS DISTINCT FROM 'object'
           AND NOT EXISTS (SELECT FROM notices o JOIN notice_deliveries d ON d.notice_id = o.id
                            WHERE o.kind = 'capital_call' AND o.item_id = n.item_id))
       AND NOT EXISTS (SELECT FROM opened_writes o WHERE o.xid = pg_current_xact_id_if_assigned() AND o.imports)
       AND NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        PERFORM refuse('letters_give_payment_instructions', 'A notice leaves once bank details of its fund are verified.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_call_delivery BEFORE INSERT ON notice_deliveries
    FOR EACH ROW EXECUTE FUNCTION guard_call_delivery();

REVOKE EXECUTE ON FUNCTION guard_call_delivery() FROM PUBLIC;
