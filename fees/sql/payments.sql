-- A fee that is paid from cash on hand leaves the fund's account whole, and once, after it was approved. What is taken back is
-- taken back whole, where the fund demands two by another person than the one who recorded it.
CREATE FUNCTION guard_fee_payment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
    taken fee_payments;
BEGIN
    SELECT r.approved_at, r.paid_from, r.net + r.tax AS due, f.time_zone, f.four_eyes INTO this
      FROM fee_runs r JOIN funds f ON f.id = r.fund_id WHERE r.id = NEW.run_id FOR NO KEY UPDATE OF r;
    IF NEW.reverses_id IS NOT NULL THEN
        SELECT * INTO taken FROM fee_payments p WHERE p.id = NEW.reverses_id;
        IF taken.reverses_id IS NOT NULL
           OR (taken.run_id, -taken.amount, taken.value_date) IS DISTINCT FROM (NEW.run_id, NEW.amount, NEW.value_date) THEN
            PERFORM refuse('fee_payment_is_taken_back_whole', 'A payment is taken back whole, with its day.');
        END IF;
        IF this.four_eyes AND taken.recorded_by_id = NEW.recorded_by_id THEN
            PERFORM refuse('fee_payment_is_taken_back_by_another', 'Another person takes a payment back than the one who recorded it.');
        END IF;
        RETURN NEW;
    END IF;
    IF this.approved_at IS NULL OR this.paid_from <> 'cash' OR this.due <> NEW.amount OR NOT fee_run_counts(NEW.run_id) THEN
        PERFORM refuse('fee_payment_pays_its_run', 'A payment pays the whole fee of a run that is paid from cash on hand.');
    END IF;
    IF NEW.value_date < local_day(this.approved_at, this.time_zone) THEN
        PERFORM refuse('fee_payment_after_its_approval', 'A fee is paid once it was approved.');
    END IF;
    IF EXISTS (SELECT FROM fee_payments p WHERE p.run_id = NEW.run_id HAVING sum(p.amount) > 0) THEN
        PERFORM refuse('fee_is_paid_once', 'A fee is paid once.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_fee_payment BEFORE INSERT ON fee_payments FOR EACH ROW EXECUTE FUNCTION guard_fee_payment();

REVOKE EXECUTE ON FUNCTION guard_fee_payment() FROM PUBLIC;
