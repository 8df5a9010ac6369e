-- The day on which a moment falls in a time zone: who asks for "today" says whose. `blackgem/lib/days.py` says the same.
CREATE FUNCTION local_day(at timestamptz, zone text) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN (at AT TIME ZONE zone)::date;

-- Whether it is a zone as IANA names it: an area and a place in it, or UTC.
CREATE FUNCTION is_time_zone(zone text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM timestamptz '2000-01-01 00:00+00' AT TIME ZONE zone;
    RETURN zone ~ '^(UTC|(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)(/[A-Za-z0-9_+-]+){1,2})$';
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN false;
END $$;
