-- A file of statements is the one that was uploaded, and its statements name its hash.
SELECT f.id AS file, f.sha256, s.id AS statement
  FROM statement_files f
  LEFT JOIN bank_statements s ON s.file_id = f.id AND s.file_sha256 <> f.sha256
 WHERE f.sha256 <> encode(sha256(f.content), 'hex') OR s.id IS NOT NULL
