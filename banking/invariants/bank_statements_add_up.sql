-- Opening balance and everything that is booked come to the closing balance of a statement that proves it, by entries it brought and entries known before.
SELECT s.id AS statement, s.opening, s.closing, coalesce(x.booked, 0) AS booked
  FROM bank_statements s
  LEFT JOIN (SELECT l.statement_id, sum(l.amount) AS booked
               FROM (SELECT statement_id, amount::numeric FROM bank_entries WHERE status = 'booked'
                      UNION ALL
                     SELECT r.statement_id, e.amount FROM repeated_entries r JOIN bank_entries e ON e.id = r.entry_id) l
              GROUP BY l.statement_id) x ON x.statement_id = s.id
 WHERE s.balance = 'proved' AND s.opening + coalesce(x.booked, 0) <> s.closing
