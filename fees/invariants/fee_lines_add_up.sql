-- What a partner owes of a fee is gross less discount, with true-up and credit, less waiver and offset, and never below zero.
SELECT l.run_id AS run, l.commitment_id AS commitment, l.net
  FROM fee_run_lines l
 WHERE l.net <> l.gross - l.discount + l.true_up - l.credit + l.credit_carried - l.waiver - l.offset_applied OR l.net < 0
