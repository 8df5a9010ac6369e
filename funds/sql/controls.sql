-- What weakens a control of a fund in use, or changes what it issued, takes effect only with a change that one person asked for
-- and another approved, in the transaction of that approval. Until a fund issued something its set-up is free, so that one person can start.

-- Whether a fund ever issued anything, cancelled since or not. Each app above says it of what it issues, by a function whose
-- name begins with fund_issued_.
CREATE FUNCTION fund_has_issued(of_fund bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    one regproc;
    issued boolean;
BEGIN
    FOR one IN SELECT oid::regproc FROM pg_proc
                WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'fund\_issued\_%' ORDER BY proname LOOP
        EXECUTE format('SELECT %s($1)', one) INTO issued USING of_fund;
        IF issued THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

-- Whether another person has to decide a kind of change in a fund: some always, the others where the fund says so. That letters may
-- leave without bank details takes two before the fund is in use too.
CREATE FUNCTION control_needs_another(of_fund bigint, of_kind text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT of_kind = 'no_account'
           OR (of_kind IN ('four_eyes', 'sender', 'role', 'contact')
               OR coalesce((SELECT f.four_eyes FROM funds f WHERE f.id = of_fund), true))
              AND fund_has_issued(of_fund)
$$;

-- What a request says of a second person: a change of a control always has one; bank details do once the fund is in use, those of
-- a partner from the fund's second manager on.
CREATE FUNCTION request_needs_another(of_fund bigint, relation text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT CASE relation WHEN 'control_changes' THEN true
                         WHEN 'period_closes' THEN true
                         WHEN 'bank_details' THEN f.four_eyes OR fund_has_issued(f.id)
                         WHEN 'payee_details' THEN f.four_eyes OR fund_has_issued(f.id)
                              OR (SELECT count(*) > 1 FROM fund_memberships m JOIN users u ON u.id = m.user_id
                                   WHERE m.fund_id = f.id AND m.role = 'manager' AND u.is_active)
                         ELSE f.four_eyes END
      FROM funds f WHERE f.id = of_fund
$$;

-- An approval is good for one change, in its own transaction.
CREATE FUNCTION note_approved_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.approved_at IS NOT NULL THEN
        PERFORM note_checks('control_change_is_new', ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER note_approved_change AFTER INSERT OR UPDATE ON control_changes
    FOR EACH ROW EXECUTE FUNCTION note_approved_change();

-- Let a row be written where no fund concerned demands another person for it, or where a change approved in this transaction, in each
-- of them, says exactly this: the row has what the change says, and the change says every column in `weakened`. What is of no one
-- table has no `relation` and is compared as it is written.
CREATE FUNCTION require_approved_change(of_kind text, of_funds bigint[], of_subject bigint, relation text, written jsonb,
                                        weakened text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    demanding bigint[] := ARRAY(SELECT one FROM unnest(of_funds) one WHERE control_needs_another(one, of_kind));
    change record;
    same boolean;
BEGIN
    IF cardinality(demanding) = 0 THEN
        RETURN;
    END IF;
    FOR change IN
        SELECT c.* FROM control_changes c
          JOIN pending_checks p ON p.xid = pg_current_xact_id() AND p.kind = 'control_change_is_new' AND p.object_id = c.id
         WHERE c.kind = of_kind AND c.fund_id = ANY (of_funds) AND c.subject_id IS NOT DISTINCT FROM of_subject
           AND c.approved_at IS NOT NULL AND c.becomes ?& weakened
         ORDER BY c.id
    LOOP
        IF relation IS NULL THEN
            same := written @> change.becomes;
        ELSE
            EXECUTE format('SELECT to_jsonb(jsonb_populate_record(jsonb_populate_record(NULL::%1$I, $1), $2))
                                 = to_jsonb(jsonb_populate_record(NULL::%1$I, $1))', relation)
               INTO same USING written, change.becomes;
        END IF;
        IF same AND NOT EXISTS (
            SELECT FROM unnest(demanding) one
             WHERE NOT EXISTS (SELECT FROM control_changes s
                                WHERE s.batch = change.batch AND s.fund_id = one AND s.kind = of_kind
                                  AND s.subject_id IS NOT DISTINCT FROM of_subject AND s.becomes = change.becomes
                                  AND s.approved_at IS NOT NULL)) THEN
            DELETE FROM pending_checks
             WHERE xid = pg_current_xact_id() AND kind = 'control_change_is_new' AND object_id = change.id;
            RETURN;
        END IF;
    END LOOP;
    PERFORM refuse('control_changes_need_another_person',
                   'What weakens a control of a fund in use is asked for by one person and approved by another.');
END $$;

-- Which of these columns differ.
CREATE FUNCTION changed_columns(was jsonb, becomes jsonb, VARIADIC columns text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(SELECT one FROM unnest(columns) one WHERE was -> one IS DISTINCT FROM becomes -> one)
$$;

-- ---------------------------------------------------------------- the fund's own settings

CREATE FUNCTION guard_fund_controls() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    written jsonb := to_jsonb(NEW);
    open CONSTANT text[] := ARRAY['none', 'percentages', 'all'];
    -- Whom a letter is from, and how it says that he is reached: one change says all of it.
    sender CONSTANT text[] := changed_columns(
        to_jsonb(OLD), written, 'contact_email', 'contact_name', 'contact_phone', 'signatory_name', 'signatory_title');
    -- As whom it writes to its partners.
    named CONSTANT text[] := changed_columns(to_jsonb(OLD), written, 'legal_name', 'address');
    -- What may be settled rises, notice is shorter, less is looked at before letters, or what investors earn is counted from another day.
    limits CONSTANT text[] := changed_columns(to_jsonb(OLD), written, 'lpa_date')
        || CASE WHEN NEW.residual_limit > OLD.residual_limit THEN '{residual_limit}'::text[] END
        || CASE WHEN NEW.notice_days < OLD.notice_days THEN '{notice_days}'::text[] END
        || CASE WHEN OLD.warnings_acknowledged AND NOT NEW.warnings_acknowledged THEN '{warnings_acknowledged}'::text[] END
        || CASE WHEN OLD.looked_at_above > 0 AND (NEW.looked_at_above = 0 OR NEW.looked_at_above > OLD.looked_at_above)
                THEN '{looked_at_above}'::text[] END;
BEGIN
    IF OLD.four_eyes AND NOT NEW.four_eyes THEN
        PERFORM require_approved_change('four_eyes', ARRAY[NEW.id], NULL, 'funds', written, '{four_eyes}');
    END IF;
    IF cardinality(named) > 0 THEN
        PERFORM require_approved_change('name', ARRAY[NEW.id], NULL, 'funds', written, named);
    END IF;
    IF cardinality(sender) > 0 THEN
        PERFORM require_approved_change('sender', ARRAY[NEW.id], NULL, 'funds', written, sender);
    END IF;
    IF cardinality(limits) > 0 THEN
        PERFORM require_approved_change('limit', ARRAY[NEW.id], NULL, 'funds', written, limits);
    END IF;
    IF array_position(open, NEW.partner_totals::text) > array_position(open, OLD.partner_totals::text) THEN
        PERFORM require_approved_change('totals', ARRAY[NEW.id], NULL, 'funds', written, '{partner_totals}');
    END IF;
    IF NEW.letters_without_account AND NOT OLD.letters_without_account THEN
        PERFORM require_approved_change('no_account', ARRAY[NEW.id], NULL, 'funds', written, '{letters_without_account}');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_fund_controls BEFORE UPDATE ON funds
    FOR EACH ROW EXECUTE FUNCTION guard_fund_controls();

-- Whether letters may leave without bank details is for administrators to ask for and to end; no fund begins with it.
CREATE FUNCTION guard_letters_without_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT (pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
            OR EXISTS (SELECT FROM opened_writes o LEFT JOIN users u ON u.id = o.actor_id
                        WHERE o.xid = pg_current_xact_id_if_assigned()
                          AND (o.imports OR (TG_ARGV[0] = 'asked' AND u.is_superuser AND u.is_active)))) THEN
        PERFORM refuse('letters_without_account_are_for_administrators',
                       'An administrator says whether letters may leave without bank details.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_letters_without_account_at_first BEFORE INSERT ON funds
    FOR EACH ROW WHEN (NEW.letters_without_account) EXECUTE FUNCTION guard_letters_without_account('never');
CREATE TRIGGER guard_letters_without_account BEFORE UPDATE ON funds
    FOR EACH ROW WHEN (OLD.letters_without_account AND NOT NEW.letters_without_account)
    EXECUTE FUNCTION guard_letters_without_account('asked');
CREATE TRIGGER guard_letters_without_account BEFORE INSERT ON control_changes
    FOR EACH ROW WHEN (NEW.kind = 'no_account') EXECUTE FUNCTION guard_letters_without_account('asked');

-- ---------------------------------------------------------------- terms and side letters

CREATE FUNCTION guard_terms_of_use() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'fund_terms' THEN
        PERFORM require_approved_change('terms', ARRAY[NEW.fund_id], NULL, 'fund_terms', to_jsonb(NEW),
                                        '{effective_on,hurdle_rate,carry_rate}');
    ELSE
        PERFORM require_approved_change('side_letter', ARRAY(SELECT fund_id FROM commitments WHERE id = NEW.commitment_id),
                                        NEW.commitment_id, 'side_letters', to_jsonb(NEW),
                                        '{effective_on,hurdle_rate,carry_rate}');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_terms_of_use BEFORE INSERT ON fund_terms FOR EACH ROW EXECUTE FUNCTION guard_terms_of_use();
CREATE TRIGGER guard_terms_of_use BEFORE INSERT ON side_letters FOR EACH ROW EXECUTE FUNCTION guard_terms_of_use();

-- ---------------------------------------------------------------- roles

CREATE FUNCTION role_rank(role text) RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_position(ARRAY['auditor', 'analyst', 'manager'], role), 0)
$$;

-- A role begins or rises with an approved change, or with an invitation that is taken up in this transaction: which of a fund
-- in use rests on an approved change itself, and stays as it was offered.
CREATE FUNCTION guard_membership() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    taken bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.fund_id = OLD.fund_id AND NEW.user_id = OLD.user_id
       AND role_rank(NEW.role) <= role_rank(OLD.role) THEN
        RETURN NEW;
    END IF;
    SELECT i.id INTO taken FROM invitations i
      JOIN pending_checks p ON p.xid = pg_current_xact_id() AND p.kind = 'taken_invitation_is_new' AND p.object_id = i.id
     WHERE i.fund_id = NEW.fund_id AND i.role = NEW.role AND i.accepted_by_id = NEW.user_id LIMIT 1;
    IF taken IS NOT NULL THEN
        DELETE FROM pending_checks
         WHERE xid = pg_current_xact_id() AND kind = 'taken_invitation_is_new' AND object_id = taken;
        RETURN NEW;
    END IF;
    PERFORM require_approved_change('role', ARRAY[NEW.fund_id], NEW.user_id, 'fund_memberships', to_jsonb(NEW), '{role}');
    RETURN NEW;
END $$;

CREATE TRIGGER guard_membership BEFORE INSERT OR UPDATE ON fund_memberships
    FOR EACH ROW EXECUTE FUNCTION guard_membership();

CREATE FUNCTION guard_invitation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.fund_id IS NOT NULL THEN
            PERFORM require_approved_change('role', ARRAY[NEW.fund_id], NULL, 'invitations', to_jsonb(NEW), '{email,role}');
        END IF;
    ELSIF (NEW.fund_id, NEW.contact_id, NEW.role, NEW.email, NEW.token_sha256, NEW.created_by_id)
          IS DISTINCT FROM (OLD.fund_id, OLD.contact_id, OLD.role, OLD.email, OLD.token_sha256, OLD.created_by_id)
       OR NEW.expires_at > OLD.expires_at
       OR num_nonnulls(OLD.accepted_at, OLD.withdrawn_at) > 0 THEN
        PERFORM refuse('invitations_stay_as_offered', 'An invitation is taken up or withdrawn once, and stays as it was.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_invitation BEFORE INSERT OR UPDATE ON invitations
    FOR EACH ROW EXECUTE FUNCTION guard_invitation();

CREATE FUNCTION note_taken_invitation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.fund_id IS NOT NULL AND NEW.accepted_at IS NOT NULL THEN
        PERFORM note_checks('taken_invitation_is_new', ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER note_taken_invitation AFTER UPDATE ON invitations
    FOR EACH ROW EXECUTE FUNCTION note_taken_invitation();

-- ---------------------------------------------------------------- the changes themselves

CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON control_changes
    FOR EACH ROW EXECUTE FUNCTION guard_request('control_changes_are_fixed');

CALL keep_rows('control_changes_are_fixed', 'DELETE OR TRUNCATE', 'control_changes');

REVOKE EXECUTE ON FUNCTION note_approved_change(), guard_fund_controls(), guard_terms_of_use(), guard_membership(),
    guard_invitation(), note_taken_invitation(), guard_letters_without_account(),
    require_approved_change(text, bigint[], bigint, text, jsonb, text[]) FROM PUBLIC;
