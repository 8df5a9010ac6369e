-- The statements of a file name its hash.
SELECT f.id AS file, f.sha256, s.id AS statement
  FROM statement_files f JOIN bank_statements s ON s.file_id = f.id AND s.file_sha256 <> f.sha256
