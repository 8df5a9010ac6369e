-- What a partner reads of its fee is what its line says, for everybody who pays one, and is withdrawn with the call.
SELECT o.run, o.commitment, o.says, o.net
  FROM fee_statements_of_other_lines() o
