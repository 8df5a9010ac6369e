-- What of an investor steers money or letters belongs to every fund that it promised to: in funds in use, it changes when
-- another person agreed in each of them.

CREATE FUNCTION funds_of_investor(of_investor bigint) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(c.fund_id ORDER BY c.fund_id), '{}') FROM commitments c WHERE c.investor_id = of_investor
$$;

CREATE FUNCTION guard_notice_contact() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.takes_notices THEN
            PERFORM require_approved_change('contact', funds_of_investor(OLD.investor_id), OLD.investor_id,
                                            'investor_contacts', to_jsonb(OLD), '{id,removed}');
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.takes_notices THEN
            PERFORM require_approved_change('contact', funds_of_investor(NEW.investor_id), NEW.investor_id,
                                            'investor_contacts', to_jsonb(NEW), '{email,takes_notices}');
        END IF;
    ELSIF (OLD.takes_notices OR NEW.takes_notices)
          AND (NEW.email, NEW.takes_notices, NEW.investor_id) IS DISTINCT FROM
              (OLD.email, OLD.takes_notices, OLD.investor_id) THEN
        PERFORM require_approved_change('contact',
                                        funds_of_investor(NEW.investor_id) || funds_of_investor(OLD.investor_id),
                                        OLD.investor_id, 'investor_contacts', to_jsonb(NEW), '{id,email,takes_notices}');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_notice_contact BEFORE INSERT OR UPDATE OR DELETE ON investor_contacts
    FOR EACH ROW EXECUTE FUNCTION guard_notice_contact();

-- As whom an investor is written to, and what is withheld, is the same in every fund: each that is in use and demands a second
-- person has one agree.
CREATE FUNCTION guard_investor_by_two() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.withholding_rate IS DISTINCT FROM OLD.withholding_rate THEN
        PERFORM require_approved_change('withholding', funds_of_investor(NEW.id), NEW.id, 'investors', to_jsonb(NEW),
                                        '{withholding_rate}');
    END IF;
    IF NEW.name <> OLD.name THEN
        PERFORM require_approved_change('partner', funds_of_investor(NEW.id), NEW.id, 'investors', to_jsonb(NEW), '{name}');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_investor_by_two BEFORE UPDATE OF withholding_rate, name ON investors
    FOR EACH ROW EXECUTE FUNCTION guard_investor_by_two();

REVOKE EXECUTE ON FUNCTION guard_notice_contact(), guard_investor_by_two() FROM PUBLIC;
