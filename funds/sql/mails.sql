-- What is mailed to whom: an investor's own word, as long as somebody gets each kind of letter.

-- Who manages the contacts of every commitment of an investor switches it, and nobody else.
CREATE FUNCTION guard_mails() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    opened opened_writes;
BEGIN
    SELECT o.* INTO opened FROM opened_writes o WHERE o.xid = pg_current_xact_id_if_assigned();
    IF opened.imports OR pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NEW;
    END IF;
    -- The lock lets a right that ends at this moment go first or after.
    PERFORM FROM portal_grants g JOIN investor_contacts c ON c.id = g.contact_id
      WHERE c.investor_id = NEW.investor_id AND c.user_id = opened.actor_id FOR SHARE OF g;
    IF EXISTS (SELECT FROM commitments m WHERE m.investor_id = NEW.investor_id AND NOT EXISTS (
                   SELECT FROM portal_grants g JOIN investor_contacts c ON c.id = g.contact_id
                    WHERE g.commitment_id = m.id AND g.manages_contacts AND c.user_id = opened.actor_id))
       OR NOT EXISTS (SELECT FROM commitments m WHERE m.investor_id = NEW.investor_id) THEN
        PERFORM refuse('mails_are_switched_by_who_manages_contacts',
                       'Who manages the contacts of every commitment of an investor says what is mailed to whom.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_mails BEFORE UPDATE ON investor_contacts
    FOR EACH ROW WHEN ((OLD.gets_calls, OLD.gets_distributions) IS DISTINCT FROM (NEW.gets_calls, NEW.gets_distributions))
    EXECUTE FUNCTION guard_mails();

-- Where somebody takes notices, somebody gets each kind. Locks the investor, so that two who switch at once take turns.
CREATE FUNCTION guard_recipients() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM investors WHERE id = OLD.investor_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM investor_contacts c WHERE c.investor_id = OLD.investor_id AND c.takes_notices)
       AND (NOT EXISTS (SELECT FROM investor_contacts c
                         WHERE c.investor_id = OLD.investor_id AND c.takes_notices AND c.gets_calls)
            OR NOT EXISTS (SELECT FROM investor_contacts c
                            WHERE c.investor_id = OLD.investor_id AND c.takes_notices AND c.gets_distributions)) THEN
        PERFORM refuse('each_letter_has_a_recipient', 'Somebody has to get each kind of letter.');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER guard_recipients_after_change AFTER UPDATE ON investor_contacts
    FOR EACH ROW WHEN ((OLD.takes_notices, OLD.gets_calls, OLD.gets_distributions)
                       IS DISTINCT FROM (NEW.takes_notices, NEW.gets_calls, NEW.gets_distributions))
    EXECUTE FUNCTION guard_recipients();
CREATE TRIGGER guard_recipients_after_removal AFTER DELETE ON investor_contacts
    FOR EACH ROW WHEN (OLD.takes_notices) EXECUTE FUNCTION guard_recipients();

REVOKE EXECUTE ON FUNCTION guard_mails(), guard_recipients() FROM PUBLIC;
