-- Terms that contradict themselves cannot be saved, whoever writes them: hurdles rise from tier to tier, carried interest
-- does not fall, and both still hold with what a side letter replaces, on every day on which the two are in force.

-- The tiers of a version of the terms, numbered from 1, with what a side letter replaces (none where it is null).
CREATE FUNCTION tiers_in_force(version_of_terms bigint, letter bigint)
RETURNS TABLE (place bigint, hurdle numeric, catch_up numeric, carry numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH agreed AS (
        SELECT -1 AS position, t.hurdle_rate, t.catch_up_rate, t.carry_rate FROM fund_terms t WHERE t.id = version_of_terms
        UNION ALL
        SELECT x.position, x.hurdle_rate, x.catch_up_rate, x.carry_rate
          FROM fund_terms_tiers x WHERE x.terms_id = version_of_terms)
    SELECT row_number() OVER (ORDER BY a.position),
           CASE WHEN a.position = -1 THEN coalesce(l.hurdle_rate, a.hurdle_rate) ELSE a.hurdle_rate END,
           coalesce(l.catch_up_rate, a.catch_up_rate),
           coalesce(l.carry_rate, a.carry_rate)
      FROM agreed a
      LEFT JOIN side_letters l ON l.id = letter
     ORDER BY a.position
$$;

-- Whether a lower tier's hurdle or carry reaches above that of the next.
CREATE FUNCTION tiers_are_in_order(version_of_terms bigint, letter bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (
        SELECT FROM tiers_in_force(version_of_terms, letter) below
          JOIN tiers_in_force(version_of_terms, letter) above ON above.place = below.place + 1
         WHERE above.hurdle <= below.hurdle OR above.carry < below.carry)
$$;

-- Terms and side letters of a fund that are in force on one and the same day: the newest in effect holds.
CREATE FUNCTION side_letters_in_force(of_fund bigint)
RETURNS TABLE (terms_id bigint, letter_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT t.id, l.id
      FROM (SELECT effective_on AS day FROM fund_terms WHERE fund_id = of_fund
            UNION
            SELECT s.effective_on FROM side_letters s JOIN commitments c ON c.id = s.commitment_id
             WHERE c.fund_id = of_fund) d
     CROSS JOIN commitments c
     CROSS JOIN LATERAL (SELECT x.id FROM fund_terms x WHERE x.fund_id = of_fund AND x.effective_on <= d.day
                          ORDER BY x.effective_on DESC, x.version DESC LIMIT 1) t
     CROSS JOIN LATERAL (SELECT x.id FROM side_letters x WHERE x.commitment_id = c.id AND x.effective_on <= d.day
                          ORDER BY x.effective_on DESC, x.version DESC LIMIT 1) l
     WHERE c.fund_id = of_fund
$$;

CREATE FUNCTION check_fund_terms(of_fund bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM funds WHERE id = of_fund FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM fund_terms t WHERE t.fund_id = of_fund AND NOT tiers_are_in_order(t.id, NULL)) THEN
        PERFORM refuse('terms_tiers_in_order', 'Hurdles rise from tier to tier, and carried interest does not fall.');
    END IF;
    IF EXISTS (SELECT FROM side_letters_in_force(of_fund) f
                WHERE NOT tiers_are_in_order(f.terms_id, f.letter_id)
                   OR EXISTS (SELECT FROM tiers_in_force(f.terms_id, f.letter_id) x
                               WHERE x.catch_up > 0 AND x.catch_up < x.carry)) THEN
        PERFORM refuse('terms_agree_with_side_letters', 'A side letter contradicts the terms that it changes.');
    END IF;
    IF EXISTS (SELECT FROM side_letters_in_force(of_fund) f
                 JOIN fund_terms t ON t.id = f.terms_id AND t.scope = 'aggregate'
                 JOIN side_letters l ON l.id = f.letter_id
                WHERE num_nonnulls(l.hurdle_rate, l.catch_up_rate, l.carry_rate) > 0) THEN
        PERFORM refuse('side_letters_need_an_account_each', 'One account for all partners knows no side letter.');
    END IF;
END $$;

CREATE FUNCTION note_fund_terms() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('fund_terms', CASE TG_TABLE_NAME
        WHEN 'fund_terms' THEN ARRAY[(to_jsonb(NEW) ->> 'fund_id')::bigint]
        WHEN 'fund_terms_tiers' THEN
            ARRAY(SELECT t.fund_id FROM fund_terms t WHERE t.id = (to_jsonb(NEW) ->> 'terms_id')::bigint)
        ELSE ARRAY(SELECT c.fund_id FROM commitments c WHERE c.id = (to_jsonb(NEW) ->> 'commitment_id')::bigint)
    END);
    RETURN NULL;
END $$;

-- A version is whole when its transaction ends: its parts come with it or never. Attach with the name of the note that it is
-- new; to its parts with the rail, the column that leads to the version and that name.
CREATE FUNCTION version_is_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks(TG_ARGV[0], ARRAY[NEW.id]);
    RETURN NULL;
END $$;

CREATE FUNCTION guard_part_of_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pending_checks p
                    WHERE p.xid = pg_current_xact_id() AND p.kind = TG_ARGV[2]
                      AND p.object_id = (to_jsonb(NEW) ->> TG_ARGV[1])::bigint) THEN
        PERFORM refuse(TG_ARGV[0], 'What belongs to a version comes with it, and with no older one.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER version_is_new AFTER INSERT ON fund_terms FOR EACH ROW EXECUTE FUNCTION version_is_new('terms_is_new');
CREATE TRIGGER version_is_new AFTER INSERT ON nav_entries FOR EACH ROW EXECUTE FUNCTION version_is_new('nav_entry_is_new');
CREATE TRIGGER guard_part_of_version BEFORE INSERT ON fund_terms_tiers
    FOR EACH ROW EXECUTE FUNCTION guard_part_of_version('tiers_come_with_their_terms', 'terms_id', 'terms_is_new');
CREATE TRIGGER guard_part_of_version BEFORE INSERT ON nav_entry_deals
    FOR EACH ROW EXECUTE FUNCTION guard_part_of_version('values_of_deals_come_with_their_entry', 'entry_id', 'nav_entry_is_new');

REVOKE EXECUTE ON FUNCTION version_is_new(), guard_part_of_version() FROM PUBLIC;

CREATE TRIGGER terms_in_order AFTER INSERT ON fund_terms FOR EACH ROW EXECUTE FUNCTION note_fund_terms();
CREATE TRIGGER terms_in_order AFTER INSERT ON fund_terms_tiers FOR EACH ROW EXECUTE FUNCTION note_fund_terms();
CREATE TRIGGER terms_in_order AFTER INSERT ON side_letters FOR EACH ROW EXECUTE FUNCTION note_fund_terms();

REVOKE EXECUTE ON FUNCTION tiers_in_force(bigint, bigint), tiers_are_in_order(bigint, bigint),
    side_letters_in_force(bigint), check_fund_terms(bigint), note_fund_terms() FROM PUBLIC;
