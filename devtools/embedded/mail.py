"""A mail server for the demo: keeps every message as a file and shows them on a local page."""

import email
import email.policy
import html
import re
import threading
from datetime import UTC, datetime
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from aiosmtpd.controller import Controller

from devtools.embedded import runtime

NAME = re.compile(r"[0-9T]+-[0-9]+\.eml")
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1c2430}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #d8dde4}
pre{white-space:pre-wrap;background:#f5f6f8;padding:1rem}
iframe{width:100%;height:32rem;border:1px solid #d8dde4}
a{color:#1d4f91}.none{color:#5b6673}
"""
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


class MailStore:
    """Messages as .eml files in one folder, newest last by name."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        return sorted((path.name for path in self.folder.glob("*.eml")), reverse=True)

    def read(self, name: str) -> EmailMessage | None:
        """The message of that name, or None; a name that is none of ours is never looked up."""
        path = self.folder / name
        if not NAME.fullmatch(name) or not path.exists():
            return None
        return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)

    def add(self, sender: str, recipients: list[str], content: bytes) -> None:
        envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n".encode()
        with self._lock:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            path = self.folder / f"{stamp}-{len(recipients)}.eml"
            path.with_suffix(".part").write_bytes(envelope + content)
            path.with_suffix(".part").replace(path)

    async def handle_DATA(self, server, session, envelope) -> str:
        self.add(envelope.mail_from or "", envelope.rcpt_tos, envelope.content)
        return "250 Message accepted for delivery"


class MailPages(BaseHTTPRequestHandler):
    """`/` lists, `/NAME` shows one; `/NAME/html` is its HTML, `/NAME/source` all of it, `/NAME/N` an attachment."""

    store: MailStore
    server_version = "BlackGemMail"

    def do_GET(self) -> None:
        name, _, part = self.path.split("?")[0].strip("/").partition("/")
        if self.headers.get("Host", "").rsplit(":", 1)[0] not in ("127.0.0.1", "localhost"):
            return self.answer(b"Not here", status=421)
        if not name:
            return self.page("Mail", listing(self.store))
        message = self.store.read(name)
        if message is None:
            return self.page("Not found", "<p>There is no such message.</p>", status=404)
        if not part:
            return self.page(str(message["Subject"] or "(no subject)"), one_message(name, message))
        return self.part_answer(message, part)

    def part_answer(self, message: EmailMessage, part: str) -> None:
        body = message.get_body(("html",))
        attachments = list(message.iter_attachments())
        if part == "html" and body is not None:
            return self.answer(body.get_content().encode(), policy=f"sandbox; {POLICY}")
        if part == "source":
            return self.answer(message.as_bytes(), kind="text/plain; charset=utf-8")
        if part.isdecimal() and int(part) < len(attachments):
            return self.attachment(attachments[int(part)])
        return self.page("Not found", "<p>There is no such part.</p>", status=404)

    def attachment(self, part: EmailMessage) -> None:
        """PDFs open in the browser, anything else is downloaded."""
        name = part.get_filename() or "attachment"
        is_pdf = part.get_content_type() == "application/pdf"
        content = part.get_payload(decode=True)
        self.answer(
            content if isinstance(content, bytes) else b"",
            kind="application/pdf" if is_pdf else "application/octet-stream",
            disposition=f"{'inline' if is_pdf else 'attachment'}; filename*=UTF-8''{quote(name)}",
        )

    def page(self, title: str, body: str, status: int = 200) -> None:
        title = html.escape(title)
        head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{title}</title>"
        text = f"<!doctype html><html lang=en>{head}<style>{STYLE}</style><h1>{title}</h1>{body}</html>"
        self.answer(text.encode(), status=status)

    def answer(
        self, content, *, kind="text/html; charset=utf-8", status=200, policy=POLICY, disposition=None
    ):
        self.send_response(status)
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            "X-Content-Type-Options": "nosniff",
        }
        headers |= {"Content-Security-Policy": policy} if kind.startswith("text/html") else {}
        headers |= {"Content-Disposition": disposition} if disposition else {}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *args):
        """Silent: the demo's terminal is for the person using it."""


def listing(store: MailStore) -> str:
    """The table of all messages, newest first."""
    rows = []
    for name in store.names():
        message = store.read(name)
        if message is None:
            continue
        cells = (sent_at(name), message["X-Envelope-To"], message["Subject"] or "(no subject)")
        when, to, subject = (html.escape(str(cell)) for cell in cells)
        rows.append(f"<tr><td>{when}<td>{to}<td><a href='/{name}'>{subject}</a>")
    if not rows:
        return "<p class=none>No mail yet. Everything the demo sends is kept here and goes nowhere else.</p>"
    return f"<table><tr><th>Received (UTC)<th>To<th>Subject{''.join(rows)}</table>"


def sent_at(name: str) -> str:
    """`20260301T120000…` as a date and time."""
    received = datetime.strptime(name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return f"{received:%Y-%m-%d %H:%M:%S}"


def one_message(name: str, message: EmailMessage) -> str:
    """Headers, attachments and text of one message; its HTML in a sandboxed frame."""
    shown = ("From", "To", "Reply-To", "Date", "Message-ID", "X-Envelope-To")
    rows = "".join(f"<tr><th>{key}<td>{html.escape(str(message[key]))}" for key in shown if message[key])
    attachments = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    links = ", ".join(
        f"<a href='/{name}/{n}'>{html.escape(label)}</a>" for n, label in enumerate(attachments)
    )
    rows += f"<tr><th>Attachments<td>{links}" if links else ""
    text, rich = message.get_body(("plain",)), message.get_body(("html",))
    body = f"<pre>{html.escape(text.get_content())}</pre>" if text else ""
    body += (
        f"<h2>HTML</h2><iframe sandbox src='/{name}/html' title='The message as HTML'></iframe>"
        if rich
        else ""
    )
    source = f"<a href='/{name}/source'>Source</a>"
    return f"<p><a href='/'>All mail</a> · {source}</p><table>{rows}</table>{body}"


class MailCatcher:
    """The SMTP server and its page, both on 127.0.0.1, in threads of the calling process."""

    def __init__(self, var: Path):
        self.store = MailStore(var / "mail")
        self.smtp = Controller(self.store, hostname="127.0.0.1", port=runtime.kept_port("mail", var))
        handler = type("Pages", (MailPages,), {"store": self.store})
        self.web = ThreadingHTTPServer(("127.0.0.1", runtime.kept_port("mail_page", var)), handler)

    @property
    def smtp_url(self) -> str:
        return f"smtp://127.0.0.1:{self.smtp.port}"

    @property
    def page_url(self) -> str:
        return f"http://127.0.0.1:{self.web.server_port}/"

    def start(self) -> None:
        self.smtp.start()
        threading.Thread(target=self.web.serve_forever, daemon=True, name="mail page").start()

    def stop(self) -> None:
        self.web.shutdown()
        self.web.server_close()
        self.smtp.stop()
