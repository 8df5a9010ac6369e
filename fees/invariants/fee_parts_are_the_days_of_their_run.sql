-- The parts of a partner's fee are the days of its run, each exactly once, and come to what its line says.
SELECT o.run, o.commitment, o.gross, o.by_parts
  FROM fee_lines_with_other_parts() o
