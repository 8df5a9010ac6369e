-- Who is made inactive is out for good: tokens are revoked and sessions are over, also when the account is opened again.
CREATE FUNCTION end_access_of_inactive_person() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.session_generation := greatest(OLD.session_generation, NEW.session_generation);
    IF OLD.is_active AND NOT NEW.is_active THEN
        NEW.session_generation := OLD.session_generation + 1;
        -- A stamp of when it was recorded, as the defaults of columns are.
        UPDATE api_tokens SET revoked_at = transaction_timestamp() WHERE user_id = NEW.id AND revoked_at IS NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER end_access_of_inactive_person BEFORE UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION end_access_of_inactive_person();

CREATE FUNCTION guard_api_token() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
        PERFORM refuse('revoked_tokens_stay_revoked', 'A token that was revoked opens nothing again.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_api_token BEFORE UPDATE ON api_tokens
    FOR EACH ROW EXECUTE FUNCTION guard_api_token();

-- What a group may read is an administrator's to give: of who opened the transaction, which no column says.
CREATE FUNCTION guard_rights() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT (pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
            OR EXISTS (SELECT FROM opened_writes o LEFT JOIN users u ON u.id = o.actor_id
                        WHERE o.xid = pg_current_xact_id_if_assigned() AND (o.imports OR (u.is_superuser AND u.is_active)))) THEN
        PERFORM refuse('rights_are_given_by_administrators', 'An administrator gives rights.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_rights BEFORE INSERT OR UPDATE ON auth_group_permissions FOR EACH ROW EXECUTE FUNCTION guard_rights();

REVOKE EXECUTE ON FUNCTION guard_rights() FROM PUBLIC;
