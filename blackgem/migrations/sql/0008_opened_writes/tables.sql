-- The keys under which the application signs what it opens, as the two blocks of HMAC-SHA-256. `migrate` writes them.
CREATE TABLE write_keys (
    inner_block bytea PRIMARY KEY CHECK (length(inner_block) = 64),
    outer_block bytea NOT NULL CHECK (length(outer_block) = 64)
);

-- Who writes in a transaction, and at which moment. Rows stay for some minutes, so that no signature opens twice.
CREATE UNLOGGED TABLE opened_writes (
    xid xid8 PRIMARY KEY DEFAULT pg_current_xact_id(),
    actor_id bigint,
    at timestamptz,
    imports boolean NOT NULL,
    signature bytea NOT NULL UNIQUE,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX opened_writes_age ON opened_writes (opened_at);
