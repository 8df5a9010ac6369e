-- What is of two tables and was decided by two people is exactly what they decided: a value with what each deal is worth, terms with
-- their further tiers. The first row is held to an approval when it is written (require_approved_change); here, before commit, the whole is.

CREATE FUNCTION guard_value() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_approved_change('nav', ARRAY[NEW.fund_id], NULL, 'nav_entries', to_jsonb(NEW),
                                    '{as_of,amount,receivables_included,payables_deducted,deals}');
    RETURN NEW;
END $$;

CREATE TRIGGER guard_value BEFORE INSERT ON nav_entries FOR EACH ROW EXECUTE FUNCTION guard_value();

-- Whether two have to decide is asked as a row is written. Attach to both tables, with the kind of change, the first of the two
-- and the column that leads to its row.
CREATE FUNCTION note_whole_of_two() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    whole bigint := (to_jsonb(NEW) ->> TG_ARGV[2])::bigint;
    demanded boolean;
BEGIN
    EXECUTE format('SELECT control_needs_another(w.fund_id, $1) FROM %I w WHERE w.id = $2', TG_ARGV[1])
       INTO demanded USING TG_ARGV[0], whole;
    IF demanded THEN
        PERFORM note_checks(TG_ARGV[0] || '_by_two', ARRAY[whole]);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER note_whole_of_two AFTER INSERT ON nav_entries
    FOR EACH ROW EXECUTE FUNCTION note_whole_of_two('nav', 'nav_entries', 'id');
CREATE TRIGGER note_whole_of_two AFTER INSERT ON nav_entry_deals
    FOR EACH ROW EXECUTE FUNCTION note_whole_of_two('nav', 'nav_entries', 'entry_id');
CREATE TRIGGER note_whole_of_two AFTER INSERT ON fund_terms
    FOR EACH ROW EXECUTE FUNCTION note_whole_of_two('terms', 'fund_terms', 'id');
CREATE TRIGGER note_whole_of_two AFTER INSERT ON fund_terms_tiers
    FOR EACH ROW EXECUTE FUNCTION note_whole_of_two('terms', 'fund_terms', 'terms_id');

-- Refuse what no change of this kind that two people decided says: this row, and in its field `part` these parts.
CREATE FUNCTION refuse_other_parts(of_kind text, of_fund bigint, relation text, written jsonb, part text, parts jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    decided boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM control_changes c
                     WHERE c.kind = $1 AND c.fund_id = $2 AND c.approved_at IS NOT NULL
                       AND to_jsonb(jsonb_populate_record(jsonb_populate_record(NULL::%1$I, $3), c.becomes))
                         = to_jsonb(jsonb_populate_record(NULL::%1$I, $3))
                       AND parts_as_numbers(c.becomes -> $4) = parts_as_numbers($5))', relation)
       INTO decided USING of_kind, of_fund, written, part, parts;
    IF NOT decided THEN
        PERFORM refuse('control_changes_need_another_person',
                       'What weakens a control of a fund in use is asked for by one person and approved by another.');
    END IF;
END $$;

-- The same parts however their numbers are written: {"7": "5.00"} as 7 and 5, [{"carry_rate": "0.20"}] in its order.
CREATE FUNCTION parts_as_numbers(parts jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE jsonb_typeof(parts)
           WHEN 'array' THEN (SELECT coalesce(jsonb_agg(parts_as_numbers(one) ORDER BY n), '[]')
                                FROM jsonb_array_elements(parts) WITH ORDINALITY x(one, n))
           WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(key, value::numeric), '{}') FROM jsonb_each_text(parts))
           ELSE '[]' END
$$;

CREATE FUNCTION check_nav_by_two(entry bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    one record;
BEGIN
    SELECT e.* INTO one FROM nav_entries e WHERE e.id = entry;
    PERFORM refuse_other_parts('nav', one.fund_id, 'nav_entries', to_jsonb(one), 'deals',
        (SELECT coalesce(jsonb_object_agg(d.deal_id, d.amount), '{}') FROM nav_entry_deals d WHERE d.entry_id = entry));
END $$;

CREATE FUNCTION check_terms_by_two(terms bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    one record;
BEGIN
    SELECT t.* INTO one FROM fund_terms t WHERE t.id = terms;
    PERFORM refuse_other_parts('terms', one.fund_id, 'fund_terms', to_jsonb(one), 'tiers',
        (SELECT coalesce(jsonb_agg(jsonb_build_object('hurdle_rate', x.hurdle_rate, 'catch_up_rate', x.catch_up_rate,
                                                      'carry_rate', x.carry_rate) ORDER BY x.position), '[]')
           FROM fund_terms_tiers x WHERE x.terms_id = terms));
END $$;

REVOKE EXECUTE ON FUNCTION guard_value(), note_whole_of_two(), check_nav_by_two(bigint), check_terms_by_two(bigint),
    refuse_other_parts(text, bigint, text, jsonb, text, jsonb) FROM PUBLIC;
