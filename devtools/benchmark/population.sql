-- The money of %(funds)s funds × %(calls)s calls × %(partners)s partners, written past the rails as an administrator: one
-- line per call (every tenth a fee, without a deal), four deals per fund. No random numbers: ids and amounts follow from
-- the row numbers. Rows are laid down in the order of time, so that funds lie interleaved.

CREATE TEMP TABLE new_calls AS
SELECT (f - 1) * %(calls)s + c AS id, f AS fund_id, c AS number,
       CASE WHEN c %% 10 <> 0 THEN (f - 1) * 4 + c %% 4 + 1 END AS allocation_id,
       date '2016-01-01' + (c - 1) * 60 AS call_date
  FROM generate_series(1, %(funds)s) f, generate_series(1, %(calls)s) c;

-- A call asks 900.01 to 1,900.00 of each partner.
CREATE TEMP TABLE new_items AS
SELECT (k.id - 1) * %(partners)s + p AS id, k.id AS call_id, k.fund_id, (k.fund_id - 1) * %(partners)s + p AS commitment_id,
       k.allocation_id, k.number, k.call_date,
       round(900.01 + ((k.id * 7919 + p * 104729) %% 100000) / 100.0, 2) AS amount
  FROM new_calls k, generate_series(1, %(partners)s) p
 ORDER BY k.number, k.fund_id, p;

INSERT INTO fund_allocations (id, fund_id, deal_id, state, created_by_id)
SELECT (f - 1) * 4 + d, f, d,
       CASE WHEN EXISTS (SELECT FROM new_calls k WHERE k.allocation_id = (f - 1) * 4 + d)
            THEN %(allocation_state)s ELSE 'committed' END,
       1
  FROM generate_series(1, %(funds)s) f, generate_series(1, 4) d;

INSERT INTO allocation_amounts (fund_id, allocation_id, kind, amount, effective_on, reason, four_eyes, recorded_at,
                                recorded_by_id, approved_at, approved_by_id)
SELECT a.fund_id, a.id, 'allotment', 900000000, '2015-12-01', '', false, '2015-12-01', 1, '2015-12-01', 1
  FROM fund_allocations a;

INSERT INTO commitments (id, fund_id, investor_id, kind, closing_date, reference, standing, created_by_id)
SELECT (f - 1) * %(partners)s + p, f, p, 'lp', '2015-12-01', lpad(p::text, 4, '0'), 'good', 1
  FROM generate_series(1, %(funds)s) f, generate_series(1, %(partners)s) p;

INSERT INTO commitment_events (fund_id, commitment_id, kind, changes_commitment, amount, effective_on, reason, four_eyes,
                               recorded_at, recorded_by_id, approved_at, approved_by_id)
SELECT c.fund_id, c.id, 'admitted', true, 1000000, '2015-12-01', '', false, '2015-12-01', 1, '2015-12-01', 1
  FROM commitments c;

INSERT INTO capital_calls (id, fund_id, number, call_date, due_date, total_amount, purpose, purpose_detail, status, revision,
                           four_eyes, submitted_at, submitted_by_id, approved_at, approved_by_id, cancel_reason, created_by_id)
SELECT k.id, k.fund_id, k.number, k.call_date, k.call_date + 14, s.total, 'Call ' || k.number, '', %(call_status)s, 1,
       false, k.call_date, 1, k.call_date, 1, '', 1
  FROM new_calls k
  JOIN (SELECT call_id, sum(amount) AS total FROM new_items GROUP BY call_id) s ON s.call_id = k.id
 ORDER BY k.number, k.fund_id;

INSERT INTO capital_call_lines (id, call_id, fund_id, position, kind, allocation_id, seq_no, amount, reduces_unfunded)
SELECT k.id, k.id, k.fund_id, 1, CASE WHEN a.allocation_id IS NULL THEN 'management_fee' ELSE 'investment' END,
       a.allocation_id, CASE WHEN a.allocation_id IS NOT NULL THEN k.number END, k.total_amount, true
  FROM capital_calls k
  JOIN new_calls a USING (id)
 ORDER BY k.number, k.fund_id;

INSERT INTO capital_call_items (id, call_id, fund_id, commitment_id, amount)
SELECT id, call_id, fund_id, commitment_id, amount FROM new_items;

INSERT INTO capital_call_item_lines (id, item_id, line_id, call_id, fund_id, commitment_id, reduces_unfunded, amount,
                                     weight, basis, excuse_reason)
SELECT id, id, call_id, call_id, fund_id, commitment_id, true, amount, 1000000, 'pro_rata', '' FROM new_items;

-- Every item paid in full by a receipt of its own, with the ledger row that the payment would have posted.
INSERT INTO receipts (id, fund_id, amount, value_date, payer, method, note, recorded_by_id)
SELECT id, fund_id, amount, call_date + 10, '', 'wire', '', 1 FROM new_items WHERE %(paid)s;

INSERT INTO payments (id, receipt_id, fund_id, call_id, item_id, commitment_id, amount, value_date, method, reference,
                      recorded_by_id)
SELECT id, id, fund_id, call_id, id, commitment_id, amount, call_date + 10, 'wire', '', 1 FROM new_items WHERE %(paid)s;

INSERT INTO capital_transactions (id, fund_id, commitment_id, type, amount, value_date, description, recallable,
                                  call_id, call_line_id, call_item_id, allocation_id, payment_id, deal_id, line_kind, due_on)
SELECT i.id, i.fund_id, i.commitment_id, 'CONTRIBUTION', i.amount, i.call_date + 10,
       'Capital Call #' || i.number || ' payment', false, i.call_id, i.call_id, i.id, i.allocation_id, i.id, a.deal_id,
       CASE WHEN i.allocation_id IS NULL THEN 'management_fee' ELSE 'investment' END, i.call_date + 14
  FROM new_items i
  LEFT JOIN fund_allocations a ON a.id = i.allocation_id
 WHERE %(paid)s
 ORDER BY i.number, i.fund_id, i.commitment_id;

DROP TABLE new_calls, new_items;
