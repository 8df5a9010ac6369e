-- What rows of the ledger did, for those that are there already.
ALTER TABLE capital_transactions DISABLE TRIGGER USER;

UPDATE capital_transactions t
   SET within_commitment = l.reduces_unfunded,
       counts_as_paid_in = l.kind <> 'subsequent_close_interest',
       earns_preferred_return = l.kind <> 'subsequent_close_interest'
  FROM capital_call_lines l
 WHERE l.id = t.call_line_id;

UPDATE capital_transactions t
   SET counts_as_distributed = d.type <> 'RETURN_OF_EXCESS_CAPITAL',
       counts_as_paid_in = d.type = 'RETURN_OF_EXCESS_CAPITAL',
       earns_preferred_return = d.type = 'RETURN_OF_EXCESS_CAPITAL'
  FROM distributions d
 WHERE d.id = t.distribution_id;

ALTER TABLE capital_transactions ENABLE TRIGGER USER;
