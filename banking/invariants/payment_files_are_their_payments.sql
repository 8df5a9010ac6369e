-- A payment file is the number and the sum of its payments.
SELECT f.id AS file, f.count, f.total, l.counted, l.total AS lines
  FROM payment_files f
  LEFT JOIN (SELECT file_id, count(*) AS counted, sum(amount) AS total FROM payment_file_lines GROUP BY file_id) l ON l.file_id = f.id
 WHERE l.counted IS DISTINCT FROM f.count OR l.total IS DISTINCT FROM f.total::numeric
