-- Seals stay, and each follows the one before it.
CALL keep_rows('seals_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'chain_seals', 'leaf_salts', 'frozen_inputs', 'anchors_told');
CALL keep_rows('reconciliations_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'reconciliations');

CREATE FUNCTION keys_covered(said jsonb) RETURNS int8multirange
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp RETURN coalesce(
    (SELECT range_agg(int8range((r ->> 0)::bigint, (r ->> 1)::bigint, '[]')) FROM jsonb_array_elements(said -> 'keys') r), '{}');

CREATE FUNCTION seals_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n LEFT JOIN chain_seals b ON b.number = n.number - 1
                WHERE n.number < 1
                   OR n.previous IS DISTINCT FROM CASE WHEN n.number = 1 THEN repeat('0', 64) ELSE b.hash END
                   OR n.sealed_at < b.sealed_at) THEN
        PERFORM refuse('seals_follow_each_other', 'A seal is chained to the one before it.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n
                 JOIN chain_seals b ON b.number = n.number - 1
                CROSS JOIN jsonb_each(b.covered) t
                WHERE NOT keys_covered(n.covered -> t.key) @> keys_covered(t.value)) THEN
        PERFORM refuse('seals_cover_what_was_covered', 'A seal covers what the one before it covers, and more.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('seals_were_written()', '{INSERT}', 'chain_seals');

-- Inputs that a decision freezes are noted as they are frozen, whoever writes them.
CREATE FUNCTION inputs_were_frozen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO frozen_inputs (subject_table, subject_id, fund_id, sha256)
    VALUES (TG_TABLE_NAME, NEW.id, NEW.fund_id, NEW.inputs_sha256);
    RETURN NULL;
END $$;

CREATE TRIGGER inputs_were_frozen_on_insert AFTER INSERT ON fee_runs
    FOR EACH ROW EXECUTE FUNCTION inputs_were_frozen();
-- Of a distribution they are frozen with its approval, of a closing as it is submitted.
CREATE TRIGGER inputs_were_frozen_on_insert AFTER INSERT ON distributions
    FOR EACH ROW WHEN (NEW.approved_at IS NOT NULL) EXECUTE FUNCTION inputs_were_frozen();
CREATE TRIGGER inputs_were_frozen_on_update AFTER UPDATE ON distributions
    FOR EACH ROW WHEN (OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL) EXECUTE FUNCTION inputs_were_frozen();
CREATE TRIGGER inputs_were_frozen_on_insert AFTER INSERT ON closings
    FOR EACH ROW WHEN (NEW.inputs_sha256 <> '') EXECUTE FUNCTION inputs_were_frozen();
CREATE TRIGGER inputs_were_frozen_on_update AFTER UPDATE ON closings
    FOR EACH ROW WHEN (OLD.inputs_sha256 IS DISTINCT FROM NEW.inputs_sha256) EXECUTE FUNCTION inputs_were_frozen();

REVOKE EXECUTE ON FUNCTION keys_covered(jsonb), seals_were_written(), inputs_were_frozen() FROM PUBLIC;
