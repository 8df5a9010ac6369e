-- A database whose funds were built step by step has not got these yet: that was up to the second step of this app.
DO $$
BEGIN
    IF to_regclass('commitments_key') IS NULL THEN
        ALTER TABLE commitments ADD CONSTRAINT commitments_key UNIQUE (id, fund_id);
        ALTER TABLE bank_details ADD CONSTRAINT bank_details_key UNIQUE (id, fund_id);
    END IF;
END $$;
