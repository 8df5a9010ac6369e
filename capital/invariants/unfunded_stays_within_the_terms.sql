-- No more of a commitment is unfunded, and no more of it was called in all, than the newest terms of its fund allow.
SELECT c.commitment_id AS commitment, c.unfunded, t.most_unfunded, c.called_within, t.most_called
  FROM commitment_capital c JOIN commitment_limits t USING (commitment_id)
 WHERE c.unfunded > t.most_unfunded OR c.called_within > t.most_called
