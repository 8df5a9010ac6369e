-- Children repeat their ancestors' keys: a row that mixes two funds, distributions or partners cannot exist.

ALTER TABLE distributions ADD CONSTRAINT distributions_key UNIQUE (id, fund_id);
ALTER TABLE distribution_items ADD CONSTRAINT distribution_items_key UNIQUE (id, distribution_id, fund_id, commitment_id);
ALTER TABLE payouts ADD CONSTRAINT payouts_key UNIQUE (id, item_id, distribution_id, fund_id, commitment_id);
ALTER TABLE capital_call_lines ADD CONSTRAINT capital_call_lines_fund_key UNIQUE (id, fund_id);

ALTER TABLE distributions
    ADD CONSTRAINT distribution_terms_of_fund FOREIGN KEY (terms_id, fund_id) REFERENCES fund_terms (id, fund_id);

ALTER TABLE distribution_tiers
    ADD CONSTRAINT distribution_tier_belongs_to_distribution FOREIGN KEY (distribution_id, fund_id)
        REFERENCES distributions (id, fund_id);

ALTER TABLE distribution_items
    ADD CONSTRAINT distribution_item_belongs_to_distribution FOREIGN KEY (distribution_id, fund_id)
        REFERENCES distributions (id, fund_id),
    ADD CONSTRAINT distribution_item_commitment_of_fund FOREIGN KEY (commitment_id, fund_id)
        REFERENCES commitments (id, fund_id);

ALTER TABLE payouts
    ADD CONSTRAINT payout_belongs_to_item FOREIGN KEY (item_id, distribution_id, fund_id, commitment_id)
        REFERENCES distribution_items (id, distribution_id, fund_id, commitment_id) ON DELETE RESTRICT;

ALTER TABLE capital_transactions
    ADD CONSTRAINT ledger_row_belongs_to_payout
        FOREIGN KEY (payout_id, distribution_item_id, distribution_id, fund_id, commitment_id)
        REFERENCES payouts (id, item_id, distribution_id, fund_id, commitment_id) ON DELETE RESTRICT,
    ADD CONSTRAINT ledger_row_has_one_origin CHECK (num_nonnulls(payment_id, payout_id) <= 1);

-- Money comes out of deals that the fund has put money aside for.
ALTER TABLE distributions
    ADD CONSTRAINT distribution_deal_of_fund FOREIGN KEY (fund_id, deal_id) REFERENCES fund_allocations (fund_id, deal_id);

ALTER TABLE write_downs
    ADD CONSTRAINT write_down_deal_of_fund FOREIGN KEY (fund_id, deal_id) REFERENCES fund_allocations (fund_id, deal_id);

ALTER TABLE distribution_given_back
    ADD CONSTRAINT given_back_belongs_to_item FOREIGN KEY (item_id, distribution_id, fund_id, commitment_id)
        REFERENCES distribution_items (id, distribution_id, fund_id, commitment_id),
    ADD CONSTRAINT given_back_line_of_fund FOREIGN KEY (call_line_id, fund_id)
        REFERENCES capital_call_lines (id, fund_id);
