-- Every document of a letter has the bytes of which it says the SHA-256.
SELECT d.notice_id AS notice, d.sha256, encode(sha256(d.content), 'hex') AS found
  FROM notice_documents d
 WHERE d.sha256 <> encode(sha256(d.content), 'hex')
