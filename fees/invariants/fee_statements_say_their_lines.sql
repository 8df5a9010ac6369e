-- What a partner reads of its fee is what its line says, or what it is charged as a late closer, for everybody who pays one, and is withdrawn with the call.
SELECT o.run, NULL::bigint AS call, o.commitment, o.says, o.net
  FROM fee_statements_of_other_lines() o
UNION ALL
SELECT NULL, o.call, o.commitment, o.says, o.net
  FROM fee_statements_of_other_catch_ups() o
