-- Where a payment file says four eyes, who approved it did not write it, nor enter a new account in it; and what left was approved.
SELECT f.id AS file, f.created_by_id AS written_by, f.approved_by_id AS approved_by
  FROM payment_files f
 WHERE (f.handed_over_at IS NOT NULL AND f.approved_at IS NULL)
    OR (f.four_eyes AND (f.approved_by_id = f.created_by_id OR EXISTS (
            SELECT FROM payment_file_lines l JOIN payee_details d ON d.id = l.payee_details_id
             WHERE l.file_id = f.id AND d.created_by_id = f.approved_by_id AND d.verified_at > f.new_since)))
