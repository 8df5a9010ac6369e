"""A mail relay of its own, which may be killed: it writes down each message that it takes before it says so.

    python -m devtools.chaos.relay PORT LOG

Standard library and aiosmtpd only: it starts at once.
"""

import asyncio
import json
import os
import random
import sys
from email import message_from_bytes

from aiosmtpd.controller import Controller

#: Seconds at most between taking a message and saying so: the moment in which a death leaves it unknown.
LONGEST_ANSWER = 0.3


class Relay:
    def __init__(self, log):
        self.log = log

    async def handle_DATA(self, server, session, envelope) -> str:
        taken = {"id": message_from_bytes(envelope.content)["Message-ID"], "to": envelope.rcpt_tos}
        self.log.write(json.dumps(taken) + "\n")
        self.log.flush()
        os.fsync(self.log.fileno())
        await asyncio.sleep(random.uniform(0, LONGEST_ANSWER))  # noqa: S311 - no secret
        return "250 Message accepted for delivery"


def main(port: str, path: str) -> None:
    with open(path, "a") as log:
        Controller(Relay(log), hostname="127.0.0.1", port=int(port)).start()
        asyncio.run(asyncio.Event().wait())


if __name__ == "__main__":
    main(*sys.argv[1:])
