"""Services that run beside the application when no others are named: PostgreSQL, Valkey and a mail catcher.

Nothing here imports Django: the settings read what this package writes into the run-time folder.
"""


class EmbeddedError(Exception):
    """An embedded service could not be started; the message is meant for the person at the keyboard."""
