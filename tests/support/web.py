"""The web server as processes of its own, which may be killed, and a client that may hang up."""

import http.client
import json
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from devtools.embedded import processes, runtime

SECONDS = 60


@dataclass
class WebProcess:
    """Gunicorn with one worker, which it starts anew when it dies, as in production; loaded before, to be quick."""

    log: Path
    application: str = "blackgem.wsgi"
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=runtime.free_port)
    kept: processes.Kept | None = None

    def start(self) -> "WebProcess":
        command = [sys.executable, "-m", "gunicorn", self.application, f"--bind=127.0.0.1:{self.port}"]
        # By their own names: as a part of tests.support it would choose services of its own.
        command += [f"--pythonpath={Path(__file__).parent}", "--log-level=warning"]
        command += ["--worker-class=gthread", "--workers=1", "--threads=8", "--preload"]
        command += ["--logger-class=blackgem.logs.ServerLogger"]
        options = [f"--log={self.log}", "--leader-only", "--grace=10"]
        environment = {**os.environ, **self.environment}
        self.kept = processes.start("web", command, environment=environment, options=options)
        processes.wait_until(self.answers, self.kept, seconds=SECONDS, log=self.log)
        return self

    def stop(self) -> None:
        if self.kept is not None:
            self.kept.stop()

    def answers(self) -> bool:
        return self.ask("GET", "/api/openapi.json", token="") is not None

    def ask(self, verb, path, body=None, *, token, **headers) -> "Heard | None":
        """What was answered; None where the connection broke before the answer was there."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request(verb, path, *_message(body, token, headers))
            answer = connection.getresponse()
            return Heard(answer.status, dict(answer.getheaders()), answer.read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def ask_and_hang_up(self, verb, path, body, *, token, **headers) -> None:
        """Send the whole request and close the connection at once."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        connection.request(verb, path, *_message(body, token, headers))
        connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()


def _message(body, token, headers) -> tuple:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    content = json.dumps(body).encode() if body is not None else None
    if content:
        given["Content-Type"] = "application/json"
    return content, {**given, "Authorization": f"Bearer {token}"} if token else given


@dataclass(frozen=True)
class Heard:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self):
        return json.loads(self.content)
