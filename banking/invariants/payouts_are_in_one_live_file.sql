-- Nothing is paid by two payment files that may be carried out; and a payment of a file that is not to be carried out has ended.
SELECT min(l.id) AS line, l.kind, l.row_id, count(*) AS lines
  FROM payment_file_lines l
 WHERE l.ending = ''
 GROUP BY l.kind, l.row_id
HAVING count(*) > 1
UNION ALL
SELECT l.id, l.kind, l.row_id, 0
  FROM payment_file_lines l JOIN payment_files f ON f.id = l.file_id
 WHERE l.ending = '' AND (f.rejected_at IS NOT NULL OR f.withdrawn_at IS NOT NULL OR f.answer = 'refused')
