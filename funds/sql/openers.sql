-- Who opens a fund, and for whose name letters are written: an administrator, or whom one lets open funds.

CREATE FUNCTION may_open_funds(person bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM users u WHERE u.id = person AND u.is_active AND (u.is_superuser OR u.opens_funds))
$$;

CREATE FUNCTION guard_new_fund() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT may_open_funds(NEW.created_by_id) THEN
        PERFORM refuse('fund_is_opened_by_who_may', 'Funds are opened by administrators and by whom one lets.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_new_fund BEFORE INSERT ON funds FOR EACH ROW EXECUTE FUNCTION guard_new_fund();

-- Another name is nobody's until somebody stands for it anew. Who does so, and when, is signed as deeds are.
CREATE FUNCTION guard_fund_sender() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.name, NEW.legal_name) IS DISTINCT FROM (OLD.name, OLD.legal_name)
       AND (NEW.sender_admitted_at, NEW.sender_admitted_by_id)
           IS NOT DISTINCT FROM (OLD.sender_admitted_at, OLD.sender_admitted_by_id) THEN
        NEW.sender_admitted_at := NULL;
        NEW.sender_admitted_by_id := NULL;
    END IF;
    IF NEW.sender_admitted_by_id IS NOT NULL
       AND (TG_OP = 'INSERT' OR (NEW.sender_admitted_at, NEW.sender_admitted_by_id)
                                IS DISTINCT FROM (OLD.sender_admitted_at, OLD.sender_admitted_by_id))
       AND NOT may_open_funds(NEW.sender_admitted_by_id) THEN
        PERFORM refuse('fund_sender_is_admitted_by_who_may', 'Who may open funds stands for the name of a sender.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_fund_sender_when_entered BEFORE INSERT ON funds
    FOR EACH ROW EXECUTE FUNCTION guard_fund_sender();
CREATE TRIGGER guard_fund_sender_when_changed BEFORE UPDATE OF name, legal_name, sender_admitted_at, sender_admitted_by_id ON funds
    FOR EACH ROW EXECUTE FUNCTION guard_fund_sender();

CREATE FUNCTION guard_leaving_letter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM notices n JOIN funds f ON f.id = n.fund_id
                WHERE n.id = NEW.notice_id AND f.sender_admitted_at IS NULL) THEN
        PERFORM refuse('letters_leave_from_admitted_senders', 'Nobody admitted the sender of this letter.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_leaving_letter BEFORE INSERT OR UPDATE OF state ON notice_deliveries
    FOR EACH ROW WHEN (NEW.state = 'sending') EXECUTE FUNCTION guard_leaving_letter();

REVOKE EXECUTE ON FUNCTION guard_new_fund(), guard_fund_sender(), guard_leaving_letter() FROM PUBLIC;
