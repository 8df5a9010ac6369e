"""A drill for the notices: workers killed again and again in the middle, against a mail server that remembers.

What it must show: nobody gets two mails, nobody is lost, and what cannot be known is said.
"""

import contextlib
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from blackgem.lib.context import WriteContext
from blackgem.lib.opened import open_import
from blackgem.models import User
from capital.services import calls
from capital.services.plans import CallPlan, LinePlan
from devtools.embedded import processes, runtime
from funds.models import Commitment, Fund, Investor, InvestorContact, NoticeDelivery, NoticeDocument
from funds.services.register import admit
from funds.services.senders import admit_sender

LEASE_SECONDS = 4
RELAY_LOG = "DRILL_RELAY_LOG"
SETTLED = ("sent", "failed", "held", "unknown")
_ODD_MOMENTS = random.Random(20260301)  # noqa: S311 - when to kill, the same in every drill


def was_accepted(message_id: str) -> bool:
    """The drill's mail server, asked by a worker through its log: for MAIL_RELAY_LOOKUP."""
    return message_id in Path(os.environ[RELAY_LOG]).read_text().split()


class RememberingServer:
    """Takes every message and writes its Message-ID to a log; `then` runs before its answer goes out."""

    def __init__(self, log: Path):
        self.log = log
        self.log.touch()
        self.received: Counter[str] = Counter()
        self.then: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self.port = runtime.free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> "RememberingServer":
        self._controller.start()
        return self

    def __exit__(self, *exception) -> None:
        self._controller.stop()

    async def handle_DATA(self, server, session, envelope) -> str:
        with self._lock:
            self.received.update(envelope.rcpt_tos)
            with self.log.open("a") as file:
                file.write(f"{message_from_bytes(envelope.content)['Message-ID']}\n")
        self.then()
        return "250 Message accepted for delivery"


# ---------------------------------------------------------------- whom to write to


def write_to(partners: int, *, name: str) -> int:
    """A fund with so many partners, each with a contact, and a call to all of them; answers the call's id."""
    return _call_all(*_fund(partners, name))


@transaction.atomic
def _fund(partners: int, name: str) -> tuple[Fund, int, User]:
    open_import()
    boss, _ = User.objects.get_or_create(email="drill@demo.example", defaults={"is_superuser": True})
    fund = Fund.objects.create(
        name=name, legal_name=f"{name}, L.P.", lpa_date="2025-09-01", address="1 Main Street", created_by=boss
    )
    admit_sender(fund_id=fund.pk, ctx=WriteContext(boss, timezone.now()))
    investors = Investor.objects.bulk_create(
        Investor(name=f"Partner {number:03d}", address="1 Main Street\nGreenwich, CT", created_by=boss)
        for number in range(1, partners + 1)
    )
    InvestorContact.objects.bulk_create(
        InvestorContact(investor=investor, name=investor.name, email=f"{name.lower()}-{number}@example.com")
        for number, investor in enumerate(investors, start=1)
    )
    partnered = Commitment.objects.bulk_create(
        Commitment(
            fund=fund,
            investor=investor,
            closing_date=date(2025, 9, 1),
            reference=f"{number:04d}",
            created_by=boss,
        )
        for number, investor in enumerate(investors, start=1)
    )
    for commitment in partnered:
        admit(commitment, Decimal("100000.00"), WriteContext(boss, timezone.now()))
    return fund, partners, boss


def _call_all(fund: Fund, partners: int, boss: User) -> int:
    """Issue a call to everybody and queue its notices for mailing."""
    now, total = timezone.now(), Decimal(1000 * partners)
    plan = CallPlan(
        fund_id=fund.pk,
        total_amount=total,
        purpose="Acquisition – Drill Manufacturing",
        purpose_detail="Purchase price under the agreement of January 12, payable at closing.",
        call_date=fund.day_of(now),
        due_date=fund.day_of(now) + timedelta(days=14),
        lines=(LinePlan("investment", total),),
    )
    call = calls.draft_call(plan=plan, ctx=WriteContext(boss, now))
    calls.send_notices(call_id=call.pk, confirmed=True, ctx=WriteContext(boss, now))
    return call.pk


def states(call_id: int) -> Counter:
    return Counter(NoticeDelivery.objects.filter(notice__subject_id=call_id).values_list("state", flat=True))


def is_settled(call_id: int) -> bool:
    found = states(call_id)
    return found.total() == sum(found[state] for state in SETTLED)


class Press:
    """WeasyPrint as anybody would use it well: fonts and rules parsed once."""

    def __init__(self):
        self.fonts = FontConfiguration()
        fonts = settings.BASE_DIR / "static" / "css" / "fonts-pdf.css"
        rules = settings.BASE_DIR / "templates" / "notices" / "notices.css"
        self.styles = [CSS(filename=str(file), font_config=self.fonts) for file in (fonts, rules)]

    def print(self, html: str) -> bytes:
        return HTML(string=html).write_pdf(
            stylesheets=self.styles, font_config=self.fonts, pdf_variant="pdf/ua-1"
        )


@dataclass
class Stopwatch:
    """Seconds by the clock, and of this thread's processor time, which busy neighbours do not lengthen."""

    clock: float = 0
    processor: float = 0

    @contextlib.contextmanager
    def running(self, *, counts: bool):
        clock, processor = time.perf_counter(), time.thread_time()
        yield
        if counts:
            self.clock += time.perf_counter() - clock
            self.processor += time.thread_time() - processor

    def each(self, count: int) -> str:
        return f"{self.clock / count * 1000:9.0f} ms {self.processor / count * 1000:9.0f} ms"


# ---------------------------------------------------------------- workers


@dataclass
class Workers:
    """A Celery worker with its sweep, as a process of its own that may be killed."""

    folder: Path
    broker: str
    mail: RememberingServer
    environment: dict[str, str] = field(default_factory=dict)
    kept: processes.Kept | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "blackgem", "worker", "--beat", "--loglevel=WARNING"]
        command += ["--scheduler=celery.beat:Scheduler", "--without-gossip", "--without-mingle"]
        environment = {
            **os.environ,
            "DATABASE_URL": self._database(),
            "REDIS_URL": self.broker,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "NOTICE_SWEEP_SECONDS": "1",
            "NOTICE_LEASE_SECONDS": str(LEASE_SECONDS),
            RELAY_LOG: str(self.mail.log),
            **self.environment,
        }
        log = self.folder / "worker.log"
        self.kept = processes.start("worker", command, environment=environment, options=[f"--log={log}"])

    def kill(self) -> None:
        """SIGKILL to the worker and its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.kept.pid, signal.SIGKILL)

    def stop(self) -> None:
        if self.kept:
            self.kept.stop()
            self.kept = None

    def is_running(self) -> bool:
        return self.kept is not None and self.kept.is_running()

    @staticmethod
    def _database() -> str:
        base, _, _ = settings.DATABASE_URL.rpartition("/")
        return f"{base}/{connection.settings_dict['NAME']}"


@dataclass
class Course:
    """How a drill went. `kills` of which `worst` right after the relay took a message."""

    kills: int = 0
    worst: int = 0
    seconds: float = 0


def run_killing(workers: Workers, call_id: int, *, kills: int) -> Course:
    """Let workers do all the work of a call, killed so many times: half of them right after a message was taken, before
    that could be written down, the others at odd moments of rendering and mailing."""
    course, began = Course(), time.monotonic()
    worst = set(_ODD_MOMENTS.sample(range(1, states(call_id).total() - 1), kills // 2))

    def at_the_worst_moment() -> None:
        if workers.mail.received.total() in worst:
            worst.discard(workers.mail.received.total())
            course.worst += 1
            workers.kill()

    workers.mail.then = at_the_worst_moment
    while not is_settled(call_id):
        workers.start()
        _live(workers, call_id, _ODD_MOMENTS.uniform(0.1, 5) if course.kills < kills else 600)
        if not is_settled(call_id):
            workers.kill()
            course.kills += 1
        workers.stop()
    course.seconds = time.monotonic() - began
    return course


def _live(workers: Workers, call_id: int, seconds: float) -> None:
    """Wait until the workers have begun to do something, and then so long, or until they are dead or done."""
    before = _work_done(workers)
    while workers.is_running() and _work_done(workers) == before and not is_settled(call_id):
        time.sleep(0.2)
    until = time.monotonic() + seconds
    while workers.is_running() and time.monotonic() < until and not is_settled(call_id):
        time.sleep(0.2)


def _work_done(workers: Workers) -> int:
    return NoticeDocument.objects.count() + workers.mail.received.total()


def ask_the_relay(workers: Workers, call_id: int, *, patience: float = 60) -> None:
    """Workers that may ask the relay by Message-ID settle what is unknown."""
    workers.environment["MAIL_RELAY_LOOKUP"] = "devtools.drill.was_accepted"
    workers.start()
    until = time.monotonic() + patience
    while set(states(call_id)) != {"sent"} and time.monotonic() < until:
        time.sleep(0.2)
    workers.stop()


def lost(call_id: int, received: Counter[str]) -> list[str]:
    """Partners who got no mail although nothing says so: their delivery is neither failed nor unknown."""
    deliveries = NoticeDelivery.objects.filter(notice__subject_id=call_id)
    silent = deliveries.exclude(state__in=["failed", "held", "unknown"]).values_list("recipients", flat=True)
    return [address for recipients in silent for address in recipients if not received[address]]
