-- What one person asks for and another may have to approve. A request (a reversal, a dated row, bank details) is a row of
-- its own, to which one decision is added; a submission (a call, a distribution) is a draft that is fixed once somebody
-- submitted it. That the second person is another one is a check constraint of each table (blackgem/lib/decisions.py).

-- What two have decided as one thing may bring in others that ask for no second person of their own: in the transaction in
-- which it takes effect, and held by its own rails to what was decided. Noted for the ids of such decisions.
CREATE FUNCTION note_decisions(ids bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT note_checks('decision_is_new', ids)
$$;

CREATE FUNCTION follows_a_decision() RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pending_checks WHERE xid = pg_current_xact_id() AND kind = 'decision_is_new')
$$;

REVOKE EXECUTE ON FUNCTION note_decisions(bigint[]) FROM PUBLIC;

-- A request takes the rule on a second person that holds for it (the first amount of a thing needs none, its correction from the
-- first call of the fund on), is decided once, and stays otherwise as it was written: whatever is not of the decision was asked for. Attach with the rail that keeps it so,
-- and where the row does not name its fund, with the table that does and the column that leads there.
CREATE FUNCTION guard_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    decision CONSTANT text[] := ARRAY['approved_at', 'approved_by_id', 'verified_at', 'verified_by_id',
                                      'rejected_at', 'rejected_by_id', 'compensation_id', 'known_at'];
    written jsonb := to_jsonb(NEW);
    of_fund bigint := written ->> 'fund_id';
    before jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := to_jsonb(OLD);
        IF num_nonnulls(before ->> 'approved_at', before ->> 'verified_at', before ->> 'rejected_at') > 0
           OR before - decision IS DISTINCT FROM written - decision THEN
            PERFORM refuse(TG_ARGV[0], 'What was asked for is decided once and then fixed.');
        END IF;
        -- Entered while the fund's set-up was free, and decided when it no longer is.
        IF written ->> 'verified_by_id' = written ->> 'created_by_id' AND request_needs_another(of_fund, TG_TABLE_NAME) THEN
            PERFORM refuse('bank_details_verifier_is_another', 'Another person verifies bank details.');
        END IF;
        RETURN NEW;
    END IF;
    IF TG_NARGS > 1 THEN
        EXECUTE format('SELECT fund_id FROM %I WHERE id = $1', TG_ARGV[1])
           INTO of_fund USING (written ->> TG_ARGV[2])::bigint;
    END IF;
    IF (written ->> 'kind' IN ('allotment', 'admitted')) IS NOT TRUE AND NOT (TG_TABLE_NAME = 'commitment_events' AND follows_a_decision())
       AND NEW.four_eyes IS DISTINCT FROM (request_needs_another(of_fund, TG_TABLE_NAME)
                                           AND (written ->> 'kind' IS DISTINCT FROM 'corrected' OR fund_has_issued(of_fund))) THEN
        PERFORM refuse('four_eyes_as_the_fund_demands', 'A request takes the fund''s own rule on a second approver.');
    END IF;
    -- Who comes in once a call was issued moves the shares of all: with nothing first, unless two decided on it.
    IF TG_TABLE_NAME = 'commitment_events' AND written ->> 'kind' = 'admitted' AND (written ->> 'amount')::numeric <> 0
       AND NOT follows_a_decision() AND request_needs_another(of_fund, TG_TABLE_NAME) AND fund_has_issued(of_fund) THEN
        PERFORM refuse('four_eyes_as_the_fund_demands', 'A second person approves what a new partner of a fund in use promises.');
    END IF;
    RETURN NEW;
END $$;

-- A dated row counts from a day that has come to the fund: where it says from when, when it is written; a write-down,
-- which names no moment but these, when it counts.
CREATE FUNCTION guard_dated_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    written jsonb := to_jsonb(NEW);
    zone text := (SELECT time_zone FROM funds WHERE id = NEW.fund_id);
BEGIN
    IF (TG_OP = 'INSERT'
        AND (written ->> 'effective_on')::date > local_day((written ->> 'recorded_at')::timestamptz, zone))
       OR ((NOT NEW.four_eyes OR NEW.approved_at IS NOT NULL)
           AND (written ->> 'date')::date
               > local_day(greatest((written ->> 'created_at')::timestamptz, NEW.approved_at), zone)) THEN
        PERFORM refuse('dated_row_not_ahead', 'A dated row counts from a day that has come.');
    END IF;
    RETURN NEW;
END $$;

-- A draft changes and may be deleted. Submitted, it is what the other person is asked about, under the fund's own rule;
-- sent back it is a draft again and keeps nothing of the submission; cancelled it stays as it was. Attach with the rail that
-- keeps it so, and the columns that change later for reasons of their own.
CREATE FUNCTION guard_submission() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    later CONSTANT text[] := ARRAY['status', 'four_eyes', 'submitted_at', 'submitted_by_id', 'approved_at', 'approved_by_id',
                                   'sent_at', 'sent_by_id', 'cancelled_at', 'cancelled_by_id', 'cancel_reason'] || TG_ARGV[1:];
    fixed text[] := ARRAY['id', 'fund_id', 'number', 'created_at', 'created_by_id'];
    was jsonb;
    written jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            PERFORM refuse('only_drafts_are_deleted', 'Only a draft can be deleted; what was issued is cancelled.');
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        -- What the database works out of a row is not yet there where it is written.
        was := to_jsonb(OLD) - 'folded';
        written := to_jsonb(NEW) - 'folded';
        IF OLD.status <> 'draft' AND NEW.status <> 'draft' THEN
            fixed := fixed || ARRAY['four_eyes', 'submitted_at', 'submitted_by_id'];
        END IF;
        IF OLD.approved_at IS NOT NULL AND NEW.status <> 'draft' THEN
            fixed := fixed || ARRAY['approved_at', 'approved_by_id'];
        END IF;
        IF was ->> 'sent_at' IS NOT NULL THEN
            fixed := fixed || ARRAY['sent_at', 'sent_by_id'];
        END IF;
        IF EXISTS (SELECT FROM unnest(fixed) one WHERE was -> one IS DISTINCT FROM written -> one)
           OR (OLD.status <> 'draft' AND was - later IS DISTINCT FROM written - later)
           OR (OLD.status IN ('pending_approval', 'approved') AND NEW.status = 'draft'
               AND (NEW.four_eyes OR NEW.submitted_at IS NOT NULL OR NEW.approved_at IS NOT NULL))
           OR (OLD.status = 'cancelled' AND was IS DISTINCT FROM written) THEN
            PERFORM refuse(TG_ARGV[0], 'What was submitted for approval or issued cannot be changed.');
        END IF;
    END IF;
    IF NEW.status NOT IN ('draft', 'cancelled') AND (TG_OP = 'INSERT' OR OLD.status = 'draft')
       AND NEW.four_eyes IS DISTINCT FROM (SELECT four_eyes FROM funds WHERE id = NEW.fund_id)
       AND NOT (TG_ARGV[0] = 'submitted_call_is_fixed' AND follows_a_decision()) THEN
        PERFORM refuse('four_eyes_as_the_fund_demands', 'A submission takes the fund''s own rule on a second approver.');
    END IF;
    RETURN NEW;
END $$;

-- Its parts change with a draft only, and stay with it. It is locked before its status is read, so that nobody issues it
-- meanwhile. Attach by guard_parts, as the next.
CREATE FUNCTION guard_submission_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stored text;
BEGIN
    EXECUTE format('SELECT status FROM %I WHERE id = $1 FOR NO KEY UPDATE', TG_ARGV[1])
       INTO stored USING (to_jsonb(OLD) ->> TG_ARGV[2])::bigint;
    IF stored <> 'draft'
       OR TG_OP = 'UPDATE' AND to_jsonb(OLD) -> TG_ARGV[2] IS DISTINCT FROM to_jsonb(NEW) -> TG_ARGV[2] THEN
        PERFORM refuse(TG_ARGV[0], 'What belongs to a submission stays with it, and is fixed with it.');
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- They join a draft, or a submission that this very transaction brought in whole; before commit they add up to it.
CREATE FUNCTION submission_parts_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    touched bigint[];
    is_fixed boolean;
BEGIN
    EXECUTE format('SELECT array_agg(DISTINCT %I) FROM new_rows', TG_ARGV[2]) INTO touched;
    PERFORM note_checks(TG_ARGV[3] || '_sums', touched);
    IF TG_OP = 'DELETE' THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT FROM %I WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE', TG_ARGV[1]) USING touched;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I w
                                    WHERE w.id = ANY ($1) AND w.status <> ''draft'' AND NOT EXISTS (
                                          SELECT FROM pending_checks p
                                           WHERE p.xid = pg_current_xact_id() AND p.kind = $2 AND p.object_id = w.id))',
                   TG_ARGV[1])
       INTO is_fixed USING touched, TG_ARGV[3] || '_is_new';
    IF is_fixed THEN
        PERFORM refuse(TG_ARGV[0], 'The parts of a submission are fixed once it was submitted.');
    END IF;
    RETURN NULL;
END $$;

-- Guard the parts of a submission: `fixed` and `kept` are its rails, `whole` its table, `key` the column that leads there,
-- `kind` what the names of its checks begin with.
CREATE PROCEDURE guard_parts(fixed text, kept text, whole regclass, key text, kind text, VARIADIC parts regclass[])
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    arguments text := format('(%L, %L, %L, %L)', fixed, whole, key, kind);
    part regclass;
BEGIN
    FOREACH part IN ARRAY parts LOOP
        EXECUTE format('CREATE TRIGGER guard_submission_part BEFORE UPDATE OR DELETE ON %s
                            FOR EACH ROW EXECUTE FUNCTION guard_submission_part%s', part, arguments);
    END LOOP;
    CALL keep_rows(kept, 'TRUNCATE', VARIADIC parts || whole);
    CALL watch_statements('submission_parts_were_written' || arguments, '{INSERT,UPDATE,DELETE}', VARIADIC parts);
END $$;

-- What a reversal says of cash fits what it takes back, and what it posted takes that back. Attach with the table of what
-- was posted, the column that leads there, and both rails.
CREATE FUNCTION guard_reversal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    paid_on date;
    asked_on date;
    mirrored boolean;
BEGIN
    EXECUTE format('SELECT p.value_date, local_day($3, f.time_zone),
                           EXISTS (SELECT FROM %1$I c WHERE c.id = $2 AND c.reverses_id = p.id)
                      FROM %1$I p JOIN funds f ON f.id = p.fund_id WHERE p.id = $1', TG_ARGV[0])
       INTO paid_on, asked_on, mirrored
      USING (to_jsonb(NEW) ->> TG_ARGV[1])::bigint, NEW.compensation_id, NEW.requested_at;
    IF NEW.cash_on NOT BETWEEN paid_on AND asked_on THEN
        PERFORM refuse(TG_ARGV[2], 'A wire bounces on the day on which it was paid, or later, and not in the future.');
    END IF;
    IF NEW.compensation_id IS NOT NULL AND mirrored IS NOT TRUE THEN
        PERFORM refuse(TG_ARGV[3], 'A reversal takes back one whole row, once, on the day on which it counted.');
    END IF;
    RETURN NEW;
END $$;

-- A row that takes another back exists only as the outcome of an approved reversal. Attach, deferred, with the rail, the
-- table of the reversals and the column that leads back.
CREATE FUNCTION require_approved_reversal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    approved boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I r
                                    WHERE r.compensation_id = $1 AND r.%I = $2 AND r.approved_at IS NOT NULL)',
                   TG_ARGV[1], TG_ARGV[2])
       INTO approved USING NEW.id, NEW.reverses_id;
    IF NOT approved THEN
        PERFORM refuse(TG_ARGV[0], 'What was posted is taken back by an approved reversal only.');
    END IF;
    RETURN NULL;
END $$;

REVOKE EXECUTE ON FUNCTION guard_request(), guard_dated_row(), guard_submission(), guard_submission_part(),
    submission_parts_were_written(), guard_reversal(), require_approved_reversal() FROM PUBLIC;
REVOKE EXECUTE ON PROCEDURE guard_parts(text, text, regclass, text, text, regclass[]) FROM PUBLIC;
