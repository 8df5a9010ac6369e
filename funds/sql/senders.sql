-- Whom investors answer to. A fund's address is of a domain that an administrator admitted; whoever admits is one.

CREATE FUNCTION mail_domain_of(email text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT lower(split_part(email, '@', -1))
$$;

CREATE FUNCTION guard_fund_contact() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.contact_email <> '' AND NOT EXISTS (
        SELECT FROM mail_domains WHERE name = mail_domain_of(NEW.contact_email) AND withdrawn_at IS NULL
    ) THEN
        PERFORM refuse('fund_contact_is_of_an_admitted_domain', 'No administrator admitted the domain of this address.');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER guard_fund_contact_when_entered AFTER INSERT ON funds
    FOR EACH ROW WHEN (NEW.contact_email <> '') EXECUTE FUNCTION guard_fund_contact();
CREATE TRIGGER guard_fund_contact_when_changed AFTER UPDATE OF contact_email ON funds
    FOR EACH ROW WHEN (NEW.contact_email IS DISTINCT FROM OLD.contact_email) EXECUTE FUNCTION guard_fund_contact();

CREATE FUNCTION guard_mail_domain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.withdrawn_at IS NOT NULL OR (OLD.id, OLD.name, OLD.admitted_at, OLD.admitted_by_id)
                             IS DISTINCT FROM (NEW.id, NEW.name, NEW.admitted_at, NEW.admitted_by_id)) THEN
        PERFORM refuse('mail_domains_are_append_only', 'A domain that was admitted is withdrawn once, and otherwise fixed.');
    END IF;
    -- Only the owner of the schema enters the site's own domain, which nobody admits.
    IF NOT EXISTS (SELECT FROM users WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.admitted_by_id ELSE NEW.withdrawn_by_id END
                   AND is_superuser AND is_active)
       AND NOT (TG_OP = 'INSERT' AND NEW.admitted_by_id IS NULL AND session_user = current_user) THEN
        PERFORM refuse('mail_domain_is_an_administrators', 'Domains are admitted and withdrawn by administrators.');
    END IF;
    RETURN NEW;
END $$;

REVOKE EXECUTE ON FUNCTION guard_fund_contact(), guard_mail_domain() FROM PUBLIC;

CREATE TRIGGER guard_mail_domain BEFORE INSERT OR UPDATE ON mail_domains
    FOR EACH ROW EXECUTE FUNCTION guard_mail_domain();
CALL keep_rows('mail_domains_are_append_only', 'DELETE OR TRUNCATE', 'mail_domains');
