-- What a letter shows of all partners together: every amount, percentages alone, or nothing. By what its facts hold, not
-- by what they claim.
CREATE FUNCTION shown_of_all_partners(facts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE
        WHEN jsonb_path_exists(facts, '$.call.amount ? (@ != null)')
          OR jsonb_path_exists(facts, '$.distribution.amount ? (@ != null)')
          OR jsonb_path_exists(facts, '$.lines[*].fund ? (@ != null)')
          OR jsonb_path_exists(facts, '$.fund_position[*]')
          OR jsonb_path_exists(facts, '$.tiers[*] ? (@.lp != null || @.gp != null || @.owed != null)')
        THEN 'all'
        WHEN jsonb_path_exists(facts, '$.lines[*].share ? (@ != null)')
          OR jsonb_path_exists(facts, '$.fund_shares[*]')
          OR jsonb_path_exists(facts, '$.position_shares[*] ? (@.label == "Commitment, % of the fund")')
          OR jsonb_path_exists(facts, '$.tiers[*] ? (@.lp_share != null || @.gp_share != null)')
        THEN 'percentages'
        ELSE 'none' END
$$;

-- From what shows the least to what shows the most.
CREATE FUNCTION rank_of_totals(totals text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT array_position(ARRAY['none', 'percentages', 'all'], totals)
$$;

CREATE FUNCTION guard_letter_totals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF rank_of_totals(shown_of_all_partners(NEW.facts))
       > rank_of_totals((SELECT partner_totals FROM funds WHERE id = NEW.fund_id)) THEN
        PERFORM refuse('letter_shows_what_its_fund_lets', 'A letter shows more of all partners than its fund lets it.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_letter_totals BEFORE INSERT ON notices
    FOR EACH ROW EXECUTE FUNCTION guard_letter_totals();

REVOKE EXECUTE ON FUNCTION guard_letter_totals() FROM PUBLIC;
