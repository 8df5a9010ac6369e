"""What a process that serves asks before it starts: whether the database is as new as the anchor beside it says."""

from pathlib import Path

from django.conf import settings

from blackgem.lib.sql_files import REQUIRED


class OutdatedDatabase(RuntimeError):
    """The database ends before a seal that is known outside, or has another one: an older backup, or another's."""


def require_as_new_as_its_anchor(connection) -> None:
    """Raise OutdatedDatabase where the seal that the file of the settings names is not in the database."""
    path = Path(settings.EVIDENCE_ANCHOR_FILE or "/dev/null")
    text = path.read_text().strip() if path.is_file() else ""
    if not text:
        return
    number, _, found = text.partition(":")
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM chain_seals WHERE number = %s", [int(number)])
        row = cursor.fetchone()
    if row is None or row[0] != found:
        raise OutdatedDatabase(
            f"Seal {number} is known outside, and this database does not have it: it is older than what was sealed."
            " Restore a newer backup; or, where what came after it is lost for good, remove the file of the anchor."
        )


REQUIRED.append(require_as_new_as_its_anchor)
