"""Payments while what they write is sealed, beside payments alone; and a million events checked against their seals,
beside hashing the same bytes.

Of payments, turns with and without sealing take turns, each on a fund of its own. While one is sealed, the rows of the
turn before it are: as many as it writes itself, as where it goes on like this all day.
"""

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from hashlib import sha256
from io import StringIO
from pathlib import Path
from statistics import median
from time import perf_counter

from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from blackgem.models import AuditEvent
from blackgem.schedule import schedule
from capital.models import CapitalCallItem
from evidence import checker
from evidence.models import ChainSeal
from evidence.services.sealing import seal_all
from evidence.tasks import seal_rows

from .figures import Figure, at_least, at_most
from .population import Shape, switch_rails
from .posting import at_once, pay_one, payer_of_all
from .scratch import Scratch, use

HEADINGS = ("seals", "measured", "beside", "ratio", "goal", "")
#: Turns of payments: the first two warm up. Each has a fund of its own.
TURNS, QUICK_TURNS = 10, 6
SHAPE, QUICK_SHAPE = Shape(TURNS, 3, 500), Shape(QUICK_TURNS, 1, 100)
EVENTS, QUICK_EVENTS = 1_000_000, 5_000
WRITING, CHECKING = 0.95, 3
EVERY = schedule(sweep_seconds=60)["seal-rows"]["schedule"]


def measure(scratch: Scratch, *, quick: bool) -> Iterator[Figure]:
    shape = QUICK_SHAPE if quick else SHAPE
    database = scratch.populated("seals", shape, paid=False)
    use(database)
    for payers in (1, os.cpu_count() or 1):
        if payers > 1:
            scratch.drop(database)
            database = scratch.populated("seals", shape, paid=False)
            use(database)
        alone, sealed, rows = _payments(shape, payers)
        what = f"payments a second, {payers} at once, while rows are sealed; beside it alone"
        yield Figure(what, f"{sealed:,.0f}", f"{alone:,.0f}", **at_least(WRITING, sealed / alone))
        yield Figure("  … rows that were sealed in the middle turn", f"{rows:,}")
    yield from _checked(scratch, database, QUICK_EVENTS if quick else EVENTS)
    use(scratch.template)
    scratch.drop(database)


# ---------------------------------------------------------------- writing


def _payments(shape: Shape, payers: int) -> tuple[float, float, int]:
    """Payments a second without sealing and with it, and how many rows were sealed in a turn: medians of the turns."""
    seal_all(at=timezone.now())
    taken: dict[bool, list[float]] = {False: [], True: []}
    sealed = []
    for fund in range(1, shape.funds + 1):
        items = list(CapitalCallItem.objects.filter(fund_id=fund).order_by("pk").values_list("pk", "amount"))
        shares = [items[payer::payers] for payer in range(payers)]
        beside = fund % 2 == 0
        before = _sealed_rows()
        with _Sealing(beside):
            taken[beside].append(at_once(shares, lambda: payer_of_all, pay_one))
        if beside:
            sealed.append(_sealed_rows() - before)
            seal_all(at=timezone.now())
    return median(taken[False][1:]), median(taken[True][1:]), int(median(sealed[1:]))


def _sealed_rows() -> int:
    return sum(ChainSeal.objects.values_list("leaves", flat=True))


class _Sealing:
    """A process that seals as a worker does, as often as the scheduler asks it to."""

    def __init__(self, wanted: bool):
        context = multiprocessing.get_context("fork")
        self.ended = context.Event()
        self.process = context.Process(target=self._seal) if wanted else None

    def __enter__(self):
        connections.close_all()
        if self.process:
            self.process.start()

    def __exit__(self, *_):
        self.ended.set()
        if self.process:
            self.process.join()
            if self.process.exitcode:
                raise RuntimeError("The sealing failed.")

    def _seal(self):
        while not self.ended.is_set():
            seal_rows()
            self.ended.wait(EVERY)
        connections.close_all()
        os._exit(0)


# ---------------------------------------------------------------- checking


def _checked(scratch: Scratch, database: str, count: int) -> Iterator[Figure]:
    """So many events, like those that the payments wrote."""
    _multiply(scratch, database, count)
    began = perf_counter()
    seal_all(at=timezone.now())
    yield Figure(f"rows sealed a second, of {count:,} events", f"{count / (perf_counter() - began):,.0f}")
    with tempfile.TemporaryDirectory() as folder:
        began = perf_counter()
        call_command("export_audit", folder, by="benchmark", stdout=StringIO())
        file = Path(folder) / "audit.jsonl"
        yield Figure(
            "  … exported", f"{perf_counter() - began:.1f} s", f"{file.stat().st_size / 1e6:,.0f} MB"
        )
        seal = ChainSeal.objects.order_by("-number").first()
        anchor = f"{seal.number}:{seal.hash}"
        tasks = {
            "hashed": lambda: _hashed(file),
            "offline": lambda: _offline(file, anchor),
            "here": lambda: call_command("verify_audit", anchor=[anchor], stdout=StringIO()),
        }
        taken = _in_turns(tasks)
    for what, name in (("check.py, offline", "offline"), ("verify_audit, in the database", "here")):
        ratio = at_most(CHECKING, taken[name] / taken["hashed"])
        yield Figure(
            f"{what}; beside it SHA-256 of each line",
            f"{taken[name]:.2f} s",
            f"{taken['hashed']:.2f} s",
            **ratio,
        )


def _in_turns(tasks: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median of three turns of each: they are long enough to need no warming up."""
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(3):
        for name, task in tasks.items():
            began = perf_counter()
            task()
            taken[name].append(perf_counter() - began)
    return {name: median(seconds) for name, seconds in taken.items()}


def _multiply(scratch: Scratch, database: str, count: int) -> None:
    """Events past the rails, as an administrator; no day passes between them."""
    have = AuditEvent.objects.count()
    with scratch.connect(database) as administrator:
        switch_rails(administrator, on=False)
        administrator.execute(
            """INSERT INTO audit_events (recorded_at, happened_at, actor_id, verb, object_label, subjects, fund_id,
                                         changes, reason, request_id, address)
               SELECT e.recorded_at, e.happened_at, e.actor_id, e.verb, e.object_label, e.subjects, e.fund_id,
                      e.changes, e.reason, e.request_id, e.address
                 FROM generate_series(0, %(count)s / %(have)s) n,
                      (SELECT * FROM audit_events ORDER BY id LIMIT %(have)s) e
                ORDER BY n, e.id LIMIT greatest(%(count)s - %(have)s, 0)""",
            {"count": count, "have": have},
        )
        switch_rails(administrator, on=True)
        administrator.execute("VACUUM (ANALYZE)")


def _hashed(file: Path) -> None:
    with file.open("rb") as lines:
        for line in lines:
            sha256(line).digest()


def _offline(file: Path, anchor: str) -> None:
    with redirect_stdout(StringIO()):
        broken = checker.main([str(file), "--anchor", anchor])
    if broken:
        raise RuntimeError("The checker found a change where there is none.")
