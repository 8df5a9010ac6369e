-- What must still be checked before this transaction may commit: one row per object, however many rows touched it.
CREATE UNLOGGED TABLE pending_checks (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL,
    object_id bigint NOT NULL,
    PRIMARY KEY (xid, kind, object_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
