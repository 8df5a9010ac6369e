"""Opens what a test writes past the services, as the application does before it writes."""

from blackgem.lib.opened import open_import, signed

DEEDS = {
    *(
        "submitted_by_id",
        "approved_by_id",
        "verified_by_id",
        "rejected_by_id",
        "sent_by_id",
        "cancelled_by_id",
        "admitted_by_id",
        "accepted_by_id",
        "withdrawn_by_id",
    ),
    *("submitted_at", "approved_at", "verified_at", "rejected_at", "sent_at", "cancelled_at"),
    *("admitted_at", "accepted_at", "withdrawn_at"),
    *("actor_id", "happened_at", "by_id"),
    *("sender_admitted_by_id", "sender_admitted_at", "opens_funds"),
}


def open_raw(raw, person="import", moment="") -> None:
    """Open the transaction of a psycopg connection: for a person and a moment, or for whatever is brought in."""
    raw.execute(
        "SELECT open_write(%s, %s, %s, %s)",
        signed(raw.info.dbname, raw.info.backend_pid, str(person), moment),
    )


def open_for(row, raw) -> None:
    """The same, where the row that comes says who did something, or when."""
    if DEEDS & set(row):
        open_raw(raw)


__all__ = ["open_for", "open_import", "open_raw"]
