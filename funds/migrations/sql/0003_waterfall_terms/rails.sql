-- What the waterfall was told stays told.
CREATE TRIGGER fund_terms_tiers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fund_terms_tiers
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('fund_terms_are_append_only');
CREATE TRIGGER side_letters_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON side_letters
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('side_letters_are_append_only');
CREATE TRIGGER nav_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON nav_entries
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('nav_entries_are_append_only');
