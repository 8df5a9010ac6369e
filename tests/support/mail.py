"""An SMTP server that stores what it accepts, and can be slow, refuse, or lose its answer."""

import email
import email.policy
import threading
import time
from collections.abc import Callable
from email.message import EmailMessage

from aiosmtpd.controller import Controller

ACCEPTED = "250 Message accepted for delivery"


class RecordingMailServer:
    """`messages` are those it said yes to, in order of arrival.

    `delay` seconds pass before each answer. `answer(message) -> str | None` may return an SMTP answer, such
    as "451 try later" or "550 no such mailbox", and the message is refused. `after_accepting(message)` runs
    once it is stored, before the answer goes out: the moment a killed worker leaves in doubt.
    """

    def __init__(self, port: int = 0):
        self.messages: list[EmailMessage] = []
        self.delay = 0.0
        self.answer: Callable[[EmailMessage], str | None] = lambda message: None
        self.after_accepting: Callable[[EmailMessage], None] = lambda message: None
        self._lock = threading.Lock()
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    @property
    def port(self) -> int:
        return self._controller.port

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def refuse_next(self, count: int, answer: str = "451 try again later") -> None:
        """The next `count` messages are refused with `answer`, later ones accepted."""
        left = [answer] * count
        self.answer = lambda message: left.pop() if left else None

    def to(self, address: str) -> list[EmailMessage]:
        """What arrived for one recipient."""
        return [message for message in self.messages if address in message["X-Envelope-To"].split(", ")]

    def has(self, message_id: str) -> bool:
        """Whether a message with this Message-ID was accepted: what a relay's log would tell."""
        return any(message["Message-ID"] == message_id for message in self.messages)

    async def handle_DATA(self, server, session, envelope) -> str:
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(None, self._receive, envelope)

    def _receive(self, envelope) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        message["X-Envelope-From"] = envelope.mail_from or ""
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        time.sleep(self.delay)
        refusal = self.answer(message)
        if refusal:
            return refusal
        with self._lock:
            self.messages.append(message)
        self.after_accepting(message)
        return ACCEPTED
