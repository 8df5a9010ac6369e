-- What must still be checked before this transaction may commit: one row per object, however many rows touched it.
CREATE UNLOGGED TABLE pending_checks (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL,
    object_id bigint NOT NULL,
    PRIMARY KEY (xid, kind, object_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- The table of Django's database cache, in which attempts are counted.
CREATE TABLE cache_entries (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX cache_entries_expires ON cache_entries (expires);

-- The checksum of the SQL files that the database runs: one row, or none while they are being built again.
CREATE TABLE applied_sql (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

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
