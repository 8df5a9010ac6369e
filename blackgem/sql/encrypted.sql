-- Where JSON holds an account number or a tax reference, it holds it encrypted (blackgem/lib/encryption.py).

CREATE FUNCTION holds_plain_secrets(document jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM jsonb_path_query(document, '$.** ? (@.type() == "object").keyvalue()
                   ? (@.key == "account_number" || @.key == "iban" || @.key == "tax_reference").value.**
                   ? (@.type() == "string" || @.type() == "number")') AS found (value)
         WHERE found.value #>> '{}' !~ '^(enc1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{38,}(\.[A-Za-z0-9_-]{22})?)?$')
$$;

-- Attach with the name of the rail and of the column.
CREATE FUNCTION guard_secrets() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF holds_plain_secrets(to_jsonb(NEW) -> TG_ARGV[1]) THEN
        PERFORM refuse(TG_ARGV[0], 'Account numbers and tax references are encrypted.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_secrets BEFORE INSERT OR UPDATE ON audit_events
    FOR EACH ROW WHEN (NEW.changes <> '{}') EXECUTE FUNCTION guard_secrets('event_keeps_secrets_encrypted', 'changes');
