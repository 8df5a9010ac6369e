-- A database whose funds were built step by step has not got this yet: that was up to the second step of this app.
DO $$
BEGIN
    IF to_regclass('fund_terms_key') IS NULL THEN
        ALTER TABLE fund_terms ADD CONSTRAINT fund_terms_key UNIQUE (id, fund_id);
    END IF;
END $$;
