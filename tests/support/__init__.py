"""What tests share. `database`: raw connections and flushing; `services`: broker, worker, mail; `browser`."""

from tests.support.database import app_connection, flush, owner_connection, superuser_connection

__all__ = ["app_connection", "flush", "owner_connection", "superuser_connection"]
