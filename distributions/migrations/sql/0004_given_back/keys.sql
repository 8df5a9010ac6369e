ALTER TABLE capital_call_lines ADD CONSTRAINT capital_call_lines_fund_key UNIQUE (id, fund_id);

ALTER TABLE distribution_given_back
    ADD CONSTRAINT given_back_belongs_to_item FOREIGN KEY (item_id, distribution_id, fund_id, commitment_id)
        REFERENCES distribution_items (id, distribution_id, fund_id, commitment_id),
    ADD CONSTRAINT given_back_line_of_fund FOREIGN KEY (call_line_id, fund_id)
        REFERENCES capital_call_lines (id, fund_id);
