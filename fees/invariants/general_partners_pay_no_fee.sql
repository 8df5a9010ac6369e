-- Of a fee a general partner owes nothing, and is charged nothing: its lines have offsets alone.
SELECT l.run_id AS run, l.commitment_id AS commitment, l.gross, l.net, l.tax
  FROM fee_run_lines l
  JOIN commitments c ON c.id = l.commitment_id AND c.kind = 'gp'
 WHERE l.gross <> 0 OR l.net <> 0 OR l.tax <> 0 OR l.charged <> 0 OR l.parts <> '[]'
