-- Money comes out of deals that the fund has put money aside for.
ALTER TABLE distributions
    ADD CONSTRAINT distribution_deal_of_fund FOREIGN KEY (fund_id, deal_id) REFERENCES fund_allocations (fund_id, deal_id);

ALTER TABLE write_downs
    ADD CONSTRAINT write_down_deal_of_fund FOREIGN KEY (fund_id, deal_id) REFERENCES fund_allocations (fund_id, deal_id);
