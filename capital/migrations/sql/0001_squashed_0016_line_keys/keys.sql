-- Children repeat their ancestors' keys: a row that mixes two funds, two calls or two partners cannot exist.

ALTER TABLE fund_allocations ADD CONSTRAINT fund_allocations_key UNIQUE (id, fund_id);
ALTER TABLE capital_calls ADD CONSTRAINT capital_calls_key UNIQUE (id, fund_id);
ALTER TABLE capital_call_lines ADD CONSTRAINT capital_call_lines_key UNIQUE (id, call_id, reduces_unfunded);
ALTER TABLE capital_call_items ADD CONSTRAINT capital_call_items_key UNIQUE (id, call_id, fund_id, commitment_id);
ALTER TABLE residual_settlements
    ADD CONSTRAINT residual_settlements_key UNIQUE (id, item_id, call_id, fund_id, commitment_id);
ALTER TABLE receipts ADD CONSTRAINT receipts_key UNIQUE (id, fund_id);
ALTER TABLE payments ADD CONSTRAINT payments_key UNIQUE (id, item_id, call_id, fund_id, commitment_id);

ALTER TABLE capital_calls
    ADD CONSTRAINT call_bank_details_of_fund FOREIGN KEY (bank_details_id, fund_id) REFERENCES bank_details (id, fund_id);

ALTER TABLE capital_call_lines
    ADD CONSTRAINT call_line_belongs_to_call FOREIGN KEY (call_id, fund_id) REFERENCES capital_calls (id, fund_id),
    ADD CONSTRAINT call_line_allocation_of_fund FOREIGN KEY (allocation_id, fund_id) REFERENCES fund_allocations (id, fund_id);

ALTER TABLE capital_call_items
    ADD CONSTRAINT call_item_belongs_to_call FOREIGN KEY (call_id, fund_id) REFERENCES capital_calls (id, fund_id),
    ADD CONSTRAINT call_item_commitment_of_fund FOREIGN KEY (commitment_id, fund_id) REFERENCES commitments (id, fund_id);

ALTER TABLE capital_call_item_lines
    ADD CONSTRAINT call_item_line_belongs_to_item FOREIGN KEY (item_id, call_id, fund_id, commitment_id)
        REFERENCES capital_call_items (id, call_id, fund_id, commitment_id),
    ADD CONSTRAINT call_item_line_belongs_to_line FOREIGN KEY (line_id, call_id, reduces_unfunded)
        REFERENCES capital_call_lines (id, call_id, reduces_unfunded);

ALTER TABLE receipt_returns
    ADD CONSTRAINT receipt_return_of_fund FOREIGN KEY (receipt_id, fund_id) REFERENCES receipts (id, fund_id);

ALTER TABLE payments
    ADD CONSTRAINT payment_belongs_to_item FOREIGN KEY (item_id, call_id, fund_id, commitment_id)
        REFERENCES capital_call_items (id, call_id, fund_id, commitment_id) ON DELETE RESTRICT,
    ADD CONSTRAINT payment_receipt_of_fund FOREIGN KEY (receipt_id, fund_id)
        REFERENCES receipts (id, fund_id) ON DELETE RESTRICT,
    ADD CONSTRAINT payment_belongs_to_settlement FOREIGN KEY (settlement_id, item_id, call_id, fund_id, commitment_id)
        REFERENCES residual_settlements (id, item_id, call_id, fund_id, commitment_id);

ALTER TABLE allocation_amounts ADD CONSTRAINT allocation_amount_of_allocation
    FOREIGN KEY (allocation_id, fund_id) REFERENCES fund_allocations (id, fund_id);

ALTER TABLE residual_settlements
    ADD CONSTRAINT residual_belongs_to_item FOREIGN KEY (item_id, call_id, fund_id, commitment_id)
        REFERENCES capital_call_items (id, call_id, fund_id, commitment_id) ON DELETE RESTRICT;

ALTER TABLE waived_parts
    ADD CONSTRAINT waived_part_belongs_to_settlement FOREIGN KEY (settlement_id, item_id, call_id, fund_id, commitment_id)
        REFERENCES residual_settlements (id, item_id, call_id, fund_id, commitment_id),
    ADD CONSTRAINT waived_part_belongs_to_line FOREIGN KEY (line_id, call_id, reduces_unfunded)
        REFERENCES capital_call_lines (id, call_id, reduces_unfunded);

ALTER TABLE capital_transactions
    ADD CONSTRAINT ledger_commitment_of_fund FOREIGN KEY (commitment_id, fund_id) REFERENCES commitments (id, fund_id),
    ADD CONSTRAINT ledger_row_belongs_to_payment FOREIGN KEY (payment_id, call_item_id, call_id, fund_id, commitment_id)
        REFERENCES payments (id, item_id, call_id, fund_id, commitment_id) ON DELETE RESTRICT;
