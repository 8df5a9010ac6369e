-- Payment files stay as they were written, with every line; what is decided of one, and what the bank answered, is said once.
CALL keep_rows('payment_files_are_kept', 'DELETE OR TRUNCATE', 'payment_files', 'payment_file_lines');
CALL keep_rows('payment_files_are_kept', 'UPDATE OR DELETE OR TRUNCATE', 'payment_layouts');
CALL keep_columns('payment_file_stays_as_written', 'payment_files',
                  'id', 'fund_id', 'account_id', 'number', 'format', 'pay_on', 'count', 'total', 'message_id', 'content', 'sha256',
                  'new_since', 'four_eyes', 'created_at', 'created_by_id');
CALL keep_columns('payment_file_stays_as_written', 'payment_file_lines',
                  'id', 'fund_id', 'file_id', 'n', 'kind', 'row_id', 'commitment_id', 'payee_details_id', 'amount', 'what',
                  'end_to_end_id', 'uetr');

-- Two look at a payment file wherever a fund asks for two, and wherever it has two managers.
CREATE FUNCTION payment_file_needs_another(of_fund bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT f.four_eyes OR (SELECT count(*) > 1 FROM fund_memberships m JOIN users u ON u.id = m.user_id
                            WHERE m.fund_id = f.id AND m.role = 'manager' AND u.is_active)
      FROM funds f WHERE f.id = of_fund
$$;

-- Why a file may not be let go as things stand, or nothing: a payment of it ended or was made in another way, or its partner's
-- account is another one, or is held. What one person released is not held: the file itself takes two.
CREATE FUNCTION payment_file_is_stale(of_file bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN bool_or(l.ending <> '' OR l.kind = 'payout' AND NOT EXISTS (
                          SELECT FROM distribution_items i JOIN distributions d ON d.id = i.distribution_id
                           WHERE i.id = l.row_id AND d.status = 'sent' AND i.net_amount = l.amount
                             AND coalesce((SELECT sum(p.amount) FROM payouts p WHERE p.item_id = i.id), 0) = 0)) THEN 'paid'
                WHEN bool_or(l.payee_details_id IS DISTINCT FROM payee_details_in_force(l.commitment_id)) THEN 'account'
                WHEN bool_or(CASE l.kind WHEN 'payout' THEN payout_hold(l.row_id, 0) IS NOT NULL
                             ELSE EXISTS (SELECT FROM payee_details d
                                           WHERE d.commitment_id = l.commitment_id AND d.verified_at IS NULL AND d.rejected_at IS NULL)
                             END) THEN 'held' END
      FROM payment_file_lines l WHERE l.file_id = of_file
$$;

CREATE FUNCTION guard_payment_file() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    facts CONSTANT text[] := ARRAY['approved_at', 'approved_by_id', 'rejected_at', 'rejected_by_id', 'withdrawn_at', 'withdrawn_by_id',
                                   'handed_over_at', 'handed_over_by_id', 'answered_at', 'answered_by_id', 'answer', 'note'];
    written jsonb := to_jsonb(NEW) - 'content';
    before jsonb;
    lets_go bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF num_nonnulls(NEW.approved_at, NEW.rejected_at, NEW.withdrawn_at, NEW.handed_over_at, NEW.answered_at) > 0 THEN
            PERFORM refuse('payment_file_facts_are_kept', 'A payment file is decided after it was written.');
        END IF;
        IF NEW.four_eyes IS DISTINCT FROM payment_file_needs_another(NEW.fund_id) THEN
            PERFORM refuse('four_eyes_as_the_fund_demands', 'A payment file takes the fund''s own rule on a second approver.');
        END IF;
        RETURN NEW;
    END IF;
    before := to_jsonb(OLD) - 'content';
    IF EXISTS (SELECT FROM unnest(facts) one
                WHERE coalesce(before ->> one, '') <> '' AND before ->> one IS DISTINCT FROM written ->> one)
       OR num_nonnulls(OLD.rejected_at, OLD.withdrawn_at, OLD.answered_at) > 0 THEN
        PERFORM refuse('payment_file_facts_are_kept', 'What was said of a payment file stays said.');
    END IF;
    IF NEW.approved_at IS NOT NULL AND OLD.approved_at IS NULL THEN
        lets_go := NEW.approved_by_id;
        IF lets_go = NEW.created_by_id AND (NEW.four_eyes OR payment_file_needs_another(NEW.fund_id)) THEN
            PERFORM refuse('payment_file_approver_is_another', 'Another person than who wrote it approves a payment file.');
        END IF;
        IF (NEW.four_eyes OR payment_file_needs_another(NEW.fund_id)) AND EXISTS (
                SELECT FROM payment_file_lines l JOIN payee_details d ON d.id = l.payee_details_id
                 WHERE l.file_id = NEW.id AND d.created_by_id = lets_go AND d.verified_at > NEW.new_since) THEN
            PERFORM refuse('payment_file_approver_entered_no_account', 'Who entered a new account of it does not approve a payment file.');
        END IF;
    ELSIF NEW.handed_over_at IS NOT NULL AND OLD.handed_over_at IS NULL THEN
        lets_go := NEW.handed_over_by_id;
    END IF;
    IF lets_go IS NOT NULL THEN
        -- A new account, and a payout that is recorded, wait for whoever lets a file go, and the other way round.
        PERFORM FROM commitments c WHERE c.id IN (SELECT l.commitment_id FROM payment_file_lines l WHERE l.file_id = NEW.id)
          ORDER BY c.id FOR NO KEY UPDATE;
        IF payment_file_is_stale(NEW.id) IS NOT NULL THEN
            PERFORM refuse('payment_file_is_as_things_stand', 'Something of this payment file changed since it was written.');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_payment_file BEFORE INSERT OR UPDATE ON payment_files FOR EACH ROW EXECUTE FUNCTION guard_payment_file();

-- A file that will not be carried out frees what it would have paid.
CREATE FUNCTION payment_file_ended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE payment_file_lines
       SET ending = CASE WHEN NEW.answer = 'refused' THEN 'refused' ELSE 'withdrawn' END,
           ended_at = coalesce(NEW.answered_at, NEW.withdrawn_at, NEW.rejected_at)
     WHERE file_id = NEW.id AND ending = '';
    RETURN NULL;
END $$;

CREATE TRIGGER payment_file_ended AFTER UPDATE ON payment_files FOR EACH ROW
    WHEN (NEW.rejected_at IS DISTINCT FROM OLD.rejected_at OR NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at
          OR NEW.answer = 'refused' AND OLD.answer <> 'refused')
    EXECUTE FUNCTION payment_file_ended();

CREATE FUNCTION payment_files_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('payment_file_is_new', ARRAY(SELECT id FROM new_rows));
    PERFORM note_checks('payment_file', ARRAY(SELECT id FROM new_rows));
    RETURN NULL;
END $$;

CALL watch_statements('payment_files_were_written()', '{INSERT}', 'payment_files');

-- A line is written with its file, to the account in force of its partner, of what the partner is owed.
CREATE FUNCTION guard_payment_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n
                WHERE n.ending <> ''
                   OR NOT EXISTS (SELECT FROM pending_checks p
                                   WHERE p.xid = pg_current_xact_id() AND p.kind = 'payment_file_is_new' AND p.object_id = n.file_id)) THEN
        PERFORM refuse('payment_file_is_written_whole', 'The payments of a file are written with it.');
    END IF;
    PERFORM FROM commitments c WHERE c.id IN (SELECT n.commitment_id FROM new_rows n) ORDER BY c.id FOR NO KEY UPDATE;
    PERFORM FROM distributions d
      WHERE d.id IN (SELECT i.distribution_id FROM new_rows n JOIN distribution_items i ON n.kind = 'payout' AND i.id = n.row_id)
      ORDER BY d.id FOR SHARE;
    IF EXISTS (SELECT FROM new_rows n
                WHERE n.payee_details_id IS DISTINCT FROM payee_details_in_force(n.commitment_id)) THEN
        PERFORM refuse('payment_goes_to_the_account_in_force', 'A payment goes to the verified account of its partner.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n
                WHERE n.kind = 'payout' AND NOT EXISTS (
                      SELECT FROM distribution_items i JOIN distributions d ON d.id = i.distribution_id
                       WHERE i.id = n.row_id AND i.commitment_id = n.commitment_id AND i.net_amount = n.amount AND d.status = 'sent'
                         AND coalesce((SELECT sum(p.amount) FROM payouts p WHERE p.item_id = i.id), 0) = 0)) THEN
        PERFORM refuse('payment_is_of_what_is_owed', 'A payment is of what a partner is to be paid, whole.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('guard_payment_lines()', '{INSERT}', 'payment_file_lines');

CREATE FUNCTION check_payment_file(file bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
    lines record;
BEGIN
    SELECT f.count, f.total, f.fund_id INTO this FROM payment_files f WHERE f.id = file FOR NO KEY UPDATE;
    SELECT count(*) AS counted, sum(l.amount) AS total, min(l.n) AS first, max(l.n) AS last
      INTO lines FROM payment_file_lines l WHERE l.file_id = file;
    IF lines.counted <> this.count OR lines.total IS DISTINCT FROM this.total::numeric OR lines.first <> 1 OR lines.last <> this.count THEN
        PERFORM refuse('payment_file_adds_up', 'A payment file is the sum and the number of its payments.');
    END IF;
END $$;

-- A single payment ends by its file, or because the bank gave it back: then it does not stand in the books either. What else than
-- a payout is owed part by part, so that a payment of it that was made is over.
CREATE FUNCTION guard_payment_ending() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    file record;
BEGIN
    SELECT f.* INTO file FROM payment_files f WHERE f.id = NEW.file_id;
    IF OLD.ending <> '' OR NOT (CASE NEW.ending
            WHEN 'withdrawn' THEN file.rejected_at IS NOT NULL OR file.withdrawn_at IS NOT NULL
            WHEN 'refused' THEN file.answer = 'refused'
            WHEN 'paid' THEN NEW.kind <> 'payout' AND file.handed_over_at IS NOT NULL AND file.answer <> 'refused'
            WHEN 'returned' THEN file.handed_over_at IS NOT NULL AND file.answer <> 'refused'
                 AND (NEW.kind <> 'payout' OR coalesce((SELECT sum(p.amount) FROM payouts p WHERE p.item_id = NEW.row_id), 0) = 0)
            ELSE false END) THEN
        PERFORM refuse('payment_ends_once', 'A payment of a file ends once: with its file, or when the bank gave it back.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_payment_ending BEFORE UPDATE ON payment_file_lines FOR EACH ROW EXECUTE FUNCTION guard_payment_ending();

-- A payout whose wire bounced may be paid by another file; one that was only recorded wrongly still stands in its file.
CREATE FUNCTION payment_bounced() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE payment_file_lines l SET ending = 'returned', ended_at = NEW.approved_at
      FROM payouts p, payment_files f
     WHERE p.id = NEW.payout_id AND f.id = l.file_id AND f.handed_over_at IS NOT NULL
       AND l.kind = 'payout' AND l.row_id = p.item_id AND l.ending = '';
    RETURN NULL;
END $$;

CREATE TRIGGER payment_bounced_on_insert AFTER INSERT ON payout_reversals FOR EACH ROW
    WHEN (NEW.approved_at IS NOT NULL AND NEW.cash_on IS NOT NULL) EXECUTE FUNCTION payment_bounced();
CREATE TRIGGER payment_bounced_on_update AFTER UPDATE ON payout_reversals FOR EACH ROW
    WHEN (NEW.approved_at IS NOT NULL AND OLD.approved_at IS NULL AND NEW.cash_on IS NOT NULL) EXECUTE FUNCTION payment_bounced();

-- While a file is to pay a partner's part whole, nothing is set off from it, and its distribution is not called off.
CREATE FUNCTION guard_payouts_in_files() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n JOIN payment_file_lines l ON l.kind = 'payout' AND l.row_id = n.item_id AND l.ending = ''
                WHERE n.set_off > 0) THEN
        PERFORM refuse('payout_stands_in_a_file', 'A payment file pays this: withdraw the file first.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('guard_payouts_in_files()', '{INSERT}', 'payouts');

CREATE FUNCTION guard_cancelled_with_files() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM payment_file_lines l JOIN distribution_items i ON i.id = l.row_id
                WHERE l.kind = 'payout' AND l.ending = '' AND i.distribution_id = NEW.id) THEN
        PERFORM refuse('payout_stands_in_a_file', 'A payment file pays this: withdraw the file first.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_cancelled_with_files BEFORE UPDATE ON distributions FOR EACH ROW
    WHEN (NEW.status = 'cancelled' AND OLD.status <> 'cancelled') EXECUTE FUNCTION guard_cancelled_with_files();

REVOKE EXECUTE ON FUNCTION guard_payment_file(), payment_file_ended(), payment_files_were_written(),
    guard_payment_lines(), check_payment_file(bigint), guard_payment_ending(), payment_bounced(), guard_payouts_in_files(),
    guard_cancelled_with_files() FROM PUBLIC;
