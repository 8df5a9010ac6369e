"""The mail relay, and what it says to each message: taken, refused, or nothing, which leaves its fate in doubt."""

import contextlib
import re
import smtplib
from dataclasses import dataclass, field

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

#: How long a relay may think after the last byte of a message. Longer than for other answers: giving up here is doubt.
FINAL_ANSWER_SECONDS = 120
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class RelayUnavailable(Exception):
    """No connection: nothing was handed over."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The relay took the message. `refused`: recipients it would not deliver to, and why."""

    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """The relay said no, for now or for good. Nobody gets the message."""

    reason: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The connection ended after the message began to flow and before the relay's word."""

    reason: str


Outcome = Taken | Refused | InDoubt


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message ready for the wire: `content` is all of it, its end mark included."""

    message: EmailMessage
    sender: str
    recipients: list[str]
    content: bytes


def seal(message: EmailMessage) -> Envelope:
    """Make a message ready. Raises ValueError for an address that is none or a header that holds a line end."""
    encoding = message.encoding or "utf-8"
    content = _LEADING_DOT.sub(b"..", message.message().as_bytes(linesep="\r\n"))
    return Envelope(
        message,
        sender=_bare(sanitize_address(message.from_email, encoding)),
        recipients=[_bare(sanitize_address(address, encoding)) for address in message.recipients()],
        content=content.rstrip(b"\r\n") + b"\r\n.\r\n",
    )


class Relay:
    """A connection to the mail relay of the settings, kept open between messages; use it as a context manager."""

    def __init__(self) -> None:
        self._backend = get_connection()

    def __enter__(self) -> "Relay":
        return self

    def __exit__(self, *exception) -> None:
        self.close()

    def open(self) -> None:
        """Be connected, greeted and signed in. Raises RelayUnavailable."""
        if self._is_alive():
            return
        self.close()
        try:
            self._backend.open()
            if self._speaks_smtp():
                self._backend.connection.ehlo_or_helo_if_needed()
        except OSError as error:  # smtplib's own errors are among them
            self.close()
            raise RelayUnavailable(f"The mail relay cannot be reached: {_said(error)}") from error

    def close(self) -> None:
        """Hang up, whatever state the connection is in."""
        with contextlib.suppress(OSError):
            self._backend.close()

    def send(self, envelope: Envelope) -> Outcome:
        """Hand over one message, over a connection that `open` made. Never raises for what the relay does."""
        if not self._speaks_smtp():
            return self._send_whole(envelope.message)
        try:
            outcome = self._offer(envelope)
            if isinstance(outcome, Refused):
                return self._forget(outcome)
        except OSError as error:
            self.close()
            return Refused(_said(error), permanent=False)
        return self._hand_over(envelope.content, outcome)

    def _offer(self, envelope: Envelope) -> Taken | Refused:
        """MAIL, RCPT and DATA: until here nothing of the message has left."""
        smtp = self._backend.connection
        code, text = smtp.mail(envelope.sender, ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else [])
        if code != 250:
            return _refusal(code, text)
        refused = {}
        for recipient in envelope.recipients:
            code, text = smtp.rcpt(recipient)
            if code not in (250, 251):
                refused[recipient] = _refusal(code, text)
        if len(refused) == len(envelope.recipients):
            return _all_refused(refused)
        code, text = smtp.docmd("DATA")
        if code != 354:
            return _refusal(code, text)
        return Taken({recipient: refusal.reason for recipient, refusal in refused.items()})

    def _hand_over(self, content: bytes, taken: Taken) -> Outcome:
        """The message itself. From its first byte on, only an answer tells what became of it."""
        smtp = self._backend.connection
        try:
            smtp.send(content)
            smtp.sock.settimeout(FINAL_ANSWER_SECONDS)
            code, text = smtp.getreply()
            smtp.sock.settimeout(smtp.timeout)
        except OSError as error:
            self.close()
            return InDoubt(f"The mail relay did not answer: {_said(error)}")
        if code == 250:
            return taken
        return self._forget(_refusal(code, text))

    def _forget(self, refusal: Refused) -> Refused:
        """Ready for the next message."""
        try:
            self._backend.connection.rset()
        except OSError:
            self.close()
        return refusal

    def _send_whole(self, message: EmailMessage) -> Outcome:
        """Through a backend that says yes or raises, and cannot tell where it stopped."""
        try:
            sent = self._backend.send_messages([message])
        except Exception as error:
            return InDoubt(_said(error))
        return Taken() if sent else Refused("The mail was not sent.", permanent=False)

    def _speaks_smtp(self) -> bool:
        return isinstance(self._backend, EmailBackend)

    def _is_alive(self) -> bool:
        connection = getattr(self._backend, "connection", None)
        if connection is None:
            return False
        try:
            return connection.noop()[0] == 250
        except OSError:
            return False


def _bare(address: str) -> str:
    """The address without the name before it."""
    return smtplib.quoteaddr(address).strip("<>")


def _all_refused(refused: dict[str, Refused]) -> Refused:
    """One refusal for all: for good only where every one of them is."""
    reason = "; ".join(f"{recipient}: {refusal.reason}" for recipient, refusal in refused.items())
    return Refused(reason, permanent=all(refusal.permanent for refusal in refused.values()))


def _refusal(code: int, text: bytes) -> Refused:
    return Refused(f"{code} {text.decode('utf-8', 'replace')}".strip()[:300], permanent=500 <= code < 600)


def _said(error: Exception) -> str:
    """An error in one line, without the bytes that smtplib keeps."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        text = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        return f"{error.smtp_code} {text}"[:300]
    return (str(error) or type(error).__name__)[:300]
