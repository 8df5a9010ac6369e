CREATE FUNCTION guard_allocation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.id, OLD.fund_id, OLD.deal_id, OLD.committed_amount)
       IS DISTINCT FROM (NEW.id, NEW.fund_id, NEW.deal_id, NEW.committed_amount) THEN
        PERFORM refuse('allocation_amount_is_fixed', 'What is allocated to a deal is fixed once it is allocated.');
    END IF;
    PERFORM note_checks('allocation_state', ARRAY[NEW.id]);
    RETURN NULL;
END $$;

CREATE TRIGGER guard_allocation AFTER INSERT OR UPDATE ON fund_allocations
    FOR EACH ROW EXECUTE FUNCTION guard_allocation();
CREATE TRIGGER allocations_keep_their_history BEFORE TRUNCATE ON fund_allocations
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('allocations_keep_their_history');

-- Issued calls, their letters and every statement since rest on the amount: it would change what was said of past days.
CREATE FUNCTION guard_commitment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (OLD.id, OLD.fund_id, OLD.investor_id) IS DISTINCT FROM (NEW.id, NEW.fund_id, NEW.investor_id) THEN
        PERFORM refuse('commitment_belongs_to_its_partner', 'A commitment stays with its fund and investor.');
    END IF;
    IF NEW.amount <> OLD.amount THEN
        PERFORM require_read_committed();
        IF EXISTS (SELECT FROM capital_call_items i JOIN capital_calls c ON c.id = i.call_id
                    WHERE i.commitment_id = NEW.id AND c.approved_at IS NOT NULL) THEN
            PERFORM refuse('commitment_amount_is_fixed_once_called',
                'What was called and told rests on this amount: it cannot change.');
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER guard_commitment AFTER UPDATE ON commitments
    FOR EACH ROW EXECUTE FUNCTION guard_commitment();

REVOKE EXECUTE ON FUNCTION guard_allocation(), guard_commitment() FROM PUBLIC;
