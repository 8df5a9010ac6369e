-- An entry is settled once: by a receipt, by wires of the books, or by a person's word; what is not booked is settled by nothing.
SELECT e.id AS entry, e.status, p.id AS posting, m.wires, d.kind
  FROM bank_entries e
  LEFT JOIN entry_postings p ON p.entry_id = e.id
  LEFT JOIN (SELECT entry_id, count(*) AS wires FROM entry_moves GROUP BY entry_id) m ON m.entry_id = e.id
  LEFT JOIN (SELECT DISTINCT ON (entry_id) entry_id, nullif(kind, 'undone') AS kind
               FROM entry_decisions ORDER BY entry_id, version DESC) d ON d.entry_id = e.id
 WHERE num_nonnulls(p.id, m.wires, d.kind) > CASE e.status WHEN 'booked' THEN 1 ELSE 0 END
