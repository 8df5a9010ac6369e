-- What would let one person come to act as two takes two people: an address, rights, an account that is opened again, second
-- factors that are taken away. Nobody sets another's password, nor makes tokens or factors of another.

-- Whether this transaction is of the owner of the tables, or brings in what others did.
CREATE FUNCTION brings_in(relation oid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = relation), 'MEMBER')
           OR EXISTS (SELECT FROM opened_writes WHERE xid = pg_current_xact_id_if_assigned() AND imports)
$$;

CREATE FUNCTION administers(person bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM users WHERE id = person AND is_superuser AND is_active)
$$;

-- Asked for by an administrator, or by nobody who signed in. Another one has to agree where there is one: who asks on the command
-- line is nobody's colleague, so two have to be there before it is waited for.
CREATE FUNCTION guard_account_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    decision CONSTANT text[] := ARRAY['approved_at', 'approved_by_id', 'rejected_at', 'rejected_by_id'];
    others integer;
BEGIN
    IF brings_in(TG_RELID) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT count(*) INTO others FROM users
         WHERE is_superuser AND is_active AND id IS DISTINCT FROM NEW.requested_by_id;
        IF NEW.requested_by_id IS NOT NULL AND NOT administers(NEW.requested_by_id)
           OR NEW.four_eyes IS DISTINCT FROM (others >= CASE WHEN NEW.requested_by_id IS NULL THEN 2 ELSE 1 END)
           OR num_nonnulls(NEW.approved_at, NEW.approved_by_id, NEW.rejected_at, NEW.rejected_by_id) > 0 THEN
            PERFORM refuse('accounts_are_changed_by_two', 'An administrator asks for it, and another one decides.');
        END IF;
        RETURN NEW;
    END IF;
    IF num_nonnulls(OLD.approved_at, OLD.rejected_at) > 0 OR to_jsonb(OLD) - decision IS DISTINCT FROM to_jsonb(NEW) - decision THEN
        PERFORM refuse('account_changes_are_fixed', 'What was asked for is decided once and then fixed.');
    END IF;
    IF NEW.approved_at IS NOT NULL
       AND NOT ((NEW.requested_by_id IS NULL OR administers(NEW.requested_by_id))
                AND (NEW.approved_by_id IS NULL AND NEW.requested_by_id IS NULL OR administers(NEW.approved_by_id))
                AND (NEW.approved_by_id IS DISTINCT FROM NEW.requested_by_id
                     OR NOT NEW.four_eyes AND NEW.approved_at >= NEW.effective_from)) THEN
        PERFORM refuse('accounts_are_changed_by_two', 'Another administrator approves it, or it has rested.');
    END IF;
    IF NEW.approved_at IS NOT NULL THEN
        PERFORM note_checks('account_change_is_new', ARRAY[NEW.id]);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_account_change BEFORE INSERT OR UPDATE ON account_changes
    FOR EACH ROW EXECUTE FUNCTION guard_account_change();
CALL keep_rows('account_changes_are_fixed', 'DELETE OR TRUNCATE', 'account_changes');

-- Whether a change approved in this transaction gives an account this value of this name; one of many, where it has many.
CREATE FUNCTION was_agreed(of_account bigint, named text, given jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM account_changes c
                     JOIN pending_checks p ON p.xid = pg_current_xact_id() AND p.kind = 'account_change_is_new' AND p.object_id = c.id
                    WHERE c.account_id = of_account AND c.becomes ? named AND (c.becomes -> named) @> given)
$$;

CREATE FUNCTION guard_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    was jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) ELSE '{"is_active": true}' END;
    becomes jsonb := to_jsonb(NEW);
    raised text[] := ARRAY(SELECT one FROM unnest('{is_active,opens_funds,is_staff,is_superuser}'::text[]) one
                            WHERE (becomes ->> one)::boolean AND NOT coalesce((was ->> one)::boolean, false));
    opened opened_writes;
BEGIN
    IF brings_in(TG_RELID) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.email <> OLD.email THEN
        raised := raised || 'email'::text;
    END IF;
    IF EXISTS (SELECT FROM unnest(raised) one WHERE NOT was_agreed(NEW.id, one, becomes -> one)) THEN
        PERFORM refuse('accounts_are_changed_by_two', 'What would let one person act as two is agreed to by another.');
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.password <> OLD.password THEN
        PERFORM require_own(NEW.id);
    END IF;
    RETURN NEW;
END $$;

-- What is a person's own is written by that person, or by nobody's name: when one signs in, or follows a link from one's mailbox.
CREATE FUNCTION require_own(person bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM opened_writes WHERE xid = pg_current_xact_id_if_assigned() AND actor_id <> person) THEN
        PERFORM refuse('accounts_are_changed_by_two', 'Nobody sets the password, a factor or a token of another person.');
    END IF;
END $$;

CREATE TRIGGER guard_account_when_entered BEFORE INSERT ON users
    FOR EACH ROW WHEN (NEW.is_superuser OR NEW.is_staff OR NEW.opens_funds) EXECUTE FUNCTION guard_account();
CREATE TRIGGER guard_account_when_changed BEFORE UPDATE OF email, password, is_active, is_superuser, is_staff, opens_funds ON users
    FOR EACH ROW EXECUTE FUNCTION guard_account();

CREATE FUNCTION guard_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT brings_in(TG_RELID) AND NOT was_agreed(NEW.user_id, TG_ARGV[0], to_jsonb(NEW) -> TG_ARGV[1]) THEN
        PERFORM refuse('accounts_are_changed_by_two', 'What would let one person act as two is agreed to by another.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_held BEFORE INSERT OR UPDATE ON users_groups
    FOR EACH ROW EXECUTE FUNCTION guard_held('groups', 'group_id');
CREATE TRIGGER guard_held BEFORE INSERT OR UPDATE ON users_user_permissions
    FOR EACH ROW EXECUTE FUNCTION guard_held('user_permissions', 'permission_id');

CREATE FUNCTION guard_own() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.user_id ELSE NEW.user_id END;
BEGIN
    IF NOT brings_in(TG_RELID) AND NOT (TG_OP = 'DELETE' AND was_agreed(person, 'second_factors', '[]')) THEN
        PERFORM require_own(person);
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER guard_own BEFORE INSERT OR UPDATE OR DELETE ON mfa_authenticator FOR EACH ROW EXECUTE FUNCTION guard_own();
CREATE TRIGGER guard_own BEFORE INSERT ON api_tokens FOR EACH ROW EXECUTE FUNCTION guard_own();

REVOKE EXECUTE ON FUNCTION brings_in(oid), administers(bigint), guard_account_change(), was_agreed(bigint, text, jsonb), guard_account(),
    require_own(bigint), guard_held(), guard_own() FROM PUBLIC;
