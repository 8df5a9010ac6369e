-- What other tables refer to together with its fund: a row that mixes two funds cannot exist.
ALTER TABLE commitments ADD CONSTRAINT commitments_key UNIQUE (id, fund_id);
ALTER TABLE bank_details ADD CONSTRAINT bank_details_key UNIQUE (id, fund_id);
ALTER TABLE fund_terms ADD CONSTRAINT fund_terms_key UNIQUE (id, fund_id);
ALTER TABLE nav_entries ADD CONSTRAINT nav_entries_key UNIQUE (id, fund_id);

ALTER TABLE nav_entry_deals ADD CONSTRAINT nav_entry_deal_of_fund
    FOREIGN KEY (entry_id, fund_id) REFERENCES nav_entries (id, fund_id);

ALTER TABLE commitment_events ADD CONSTRAINT commitment_event_of_commitment
    FOREIGN KEY (commitment_id, fund_id) REFERENCES commitments (id, fund_id);
