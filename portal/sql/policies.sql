-- What the role of the portal's readers sees: the rows of the commitments that a request named, and nothing else.
--
-- Everybody but that role is let through by a policy that is always true, which costs nothing; the second one narrows
-- it for `blackgem_portal` alone. Nothing is forced: the owner, and with it every guard, sees all rows.
-- With nothing named there are no rows, and no error. A letter may be read from when a person decided to send it.

CREATE FUNCTION named_ids(setting text) RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN string_to_array(nullif(current_setting(setting, true), ''), ',')::bigint[];

DO $$
DECLARE
    line record;
BEGIN
    FOR line IN SELECT * FROM (VALUES
        ('investors', 'id = ANY ((SELECT named_ids(''blackgem.investors''))::bigint[])'),
        ('investor_contacts', 'investor_id = ANY ((SELECT named_ids(''blackgem.investors''))::bigint[])'),
        ('commitments', 'id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('commitment_events', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('capital_call_items', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('capital_call_item_lines', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('payments', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('residual_settlements', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('line_changes', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('taken_shares', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('capital_transactions', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('distribution_items', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('payouts', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('refunds', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('refund_payouts', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('payee_details', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('fee_statements', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('receipt_returns', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('notices', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('part_messages', 'commitment_id = ANY ((SELECT named_ids(''blackgem.commitments''))::bigint[])'),
        ('notice_documents', 'EXISTS (SELECT FROM notice_deliveries d WHERE d.notice_id = notice_documents.notice_id)'),
        ('notice_deliveries', 'EXISTS (SELECT FROM notices n WHERE n.id = notice_id)'),
        ('notice_readings', 'EXISTS (SELECT FROM notices n WHERE n.id = notice_id)'),
        ('anchors_told', 'true'),
        ('funds', 'EXISTS (SELECT FROM commitments c WHERE c.fund_id = funds.id)'),
        ('letter_wordings', 'EXISTS (SELECT FROM commitments c WHERE c.fund_id = letter_wordings.fund_id)'),
        ('letter_images', 'EXISTS (SELECT FROM commitments c WHERE c.fund_id = letter_images.fund_id)'),
        ('capital_calls', 'approved_at IS NOT NULL'
            ' AND EXISTS (SELECT FROM capital_call_items i WHERE i.call_id = capital_calls.id)'),
        ('closings', 'EXISTS (SELECT FROM refunds r WHERE r.closing_id = closings.id)'),
        ('distributions', 'sent_at IS NOT NULL'
            ' AND EXISTS (SELECT FROM distribution_items i WHERE i.distribution_id = distributions.id)')
        ) AS known (relation, own)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', line.relation);
        EXECUTE format('CREATE POLICY everybody ON %I USING (true) WITH CHECK (true)', line.relation);
        EXECUTE format('CREATE POLICY own_rows ON %I AS RESTRICTIVE TO blackgem_portal USING (%s)',
                       line.relation, line.own);
    END LOOP;
END $$;
