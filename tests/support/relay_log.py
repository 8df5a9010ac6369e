"""A mail relay's log that a worker can ask: the file named by RELAY_LOG, one Message-ID a line."""

import os
from pathlib import Path


def was_accepted(message_id: str) -> bool:
    """For MAIL_RELAY_LOOKUP."""
    return message_id in Path(os.environ["RELAY_LOG"]).read_text().split()
