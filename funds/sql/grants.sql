-- Who may see a commitment in the portal is said by those who manage its fund, for contacts of its investor.
CREATE FUNCTION guard_portal_grant() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    let_in record;
    raised text[] := '{}';
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.commitment_id, NEW.contact_id) IS DISTINCT FROM (OLD.commitment_id, OLD.contact_id)
       OR NOT EXISTS (SELECT FROM commitments c JOIN investor_contacts k ON k.investor_id = c.investor_id
                       WHERE c.id = NEW.commitment_id AND k.id = NEW.contact_id) THEN
        PERFORM refuse('portal_grant_is_to_a_contact_of_the_investor',
                       'A commitment is shown to contacts of its own investor.');
    END IF;
    IF NOT EXISTS (SELECT FROM users u
                     LEFT JOIN commitments c ON c.id = NEW.commitment_id
                     LEFT JOIN fund_memberships m ON m.fund_id = c.fund_id AND m.user_id = u.id AND m.role = 'manager'
                    WHERE u.id = NEW.granted_by_id AND u.is_active AND (u.is_superuser OR m.id IS NOT NULL)) THEN
        PERFORM refuse('portal_grant_is_by_a_manager_of_the_fund', 'Managers of its fund say who sees a commitment.');
    END IF;
    -- Agreed to is who is let in, the account that is at the contact, or else who has its mailbox, and what it may do beside.
    IF NEW.manages_contacts AND (TG_OP = 'INSERT' OR NOT OLD.manages_contacts) THEN
        raised := '{manages_contacts}';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.acknowledges AND NOT OLD.acknowledges THEN
        raised := raised || 'acknowledges'::text;
    END IF;
    IF TG_OP = 'INSERT' OR cardinality(raised) > 0 THEN
        SELECT c.fund_id, c.investor_id,
               jsonb_build_object('contact_id', k.id, 'email', coalesce(u.email, k.email), 'acknowledges', NEW.acknowledges,
                                  'manages_contacts', NEW.manages_contacts) AS who
          INTO let_in
          FROM commitments c, investor_contacts k LEFT JOIN users u ON u.id = k.user_id
         WHERE c.id = NEW.commitment_id AND k.id = NEW.contact_id;
        PERFORM require_approved_change('portal', ARRAY[let_in.fund_id], let_in.investor_id, NULL, let_in.who,
                                        '{contact_id,email}'::text[] || raised);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_portal_grant BEFORE INSERT OR UPDATE ON portal_grants
    FOR EACH ROW EXECUTE FUNCTION guard_portal_grant();

-- Another mailbox, another investor or another person who signs in, also where nobody did yet, is another contact: what was
-- shown to the one of before is not shown to it.
CREATE FUNCTION end_grants_of_another_contact() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF lower(NEW.email) <> lower(OLD.email) OR NEW.investor_id <> OLD.investor_id
       OR (NEW.user_id IS DISTINCT FROM OLD.user_id
           AND (OLD.user_id IS NOT NULL
                OR NOT EXISTS (SELECT FROM users WHERE id = NEW.user_id AND lower(email) = lower(NEW.email)))) THEN
        DELETE FROM portal_grants WHERE contact_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER end_grants_of_another_contact AFTER UPDATE ON investor_contacts
    FOR EACH ROW EXECUTE FUNCTION end_grants_of_another_contact();

-- With the right to manage a fund end what somebody sees of it in the portal itself, by whosever word, and what it granted
-- and nobody took up yet.
CREATE FUNCTION end_grants_of_who_left() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.role = 'manager' AND (TG_OP = 'DELETE' OR (NEW.role, NEW.user_id, NEW.fund_id)
                                                     IS DISTINCT FROM (OLD.role, OLD.user_id, OLD.fund_id)) THEN
        DELETE FROM portal_grants g USING commitments c, investor_contacts k
         WHERE c.id = g.commitment_id AND c.fund_id = OLD.fund_id AND k.id = g.contact_id
           AND (k.user_id = OLD.user_id OR (k.user_id IS NULL AND g.granted_by_id = OLD.user_id));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER end_grants_of_who_left AFTER UPDATE OR DELETE ON fund_memberships
    FOR EACH ROW EXECUTE FUNCTION end_grants_of_who_left();

REVOKE EXECUTE ON FUNCTION guard_portal_grant(), end_grants_of_another_contact(), end_grants_of_who_left() FROM PUBLIC;
