"""What must hold while everything dies, and in the end: said by the clients' own books, the relay's log and SQL."""

import json
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from devtools.embedded import demo
from devtools.embedded.postgres import DATABASE, connect

from .clients import Line, Refused, Told, compare, read
from .parts import House

#: Seconds after which health must have noticed a death, and a return: a heartbeat lasts 15 s, a worker starts in 10.
NOTICED = {"database": (1.0, 6.0), "worker": (17.0, 25.0), "broker": (1.0, 25.0)}
SHOWN_AS = {"database": "database", "worker": "worker", "broker": "worker"}


class Health(threading.Thread):
    """Asks /healthz/ again and again, and compares with what was alive."""

    def __init__(self, house: House, done: threading.Event):
        super().__init__(name="health", daemon=True)
        self.house, self.done = house, done
        self.seen: Counter[str] = Counter()
        self.faults: list[str] = []

    def run(self) -> None:
        while not self.done.wait(0.5):
            asked = time.monotonic()
            told = demo.health(self.house.url)
            self._judge(told, asked, time.monotonic())

    def _judge(self, told: dict, asked: float, answered: float) -> None:
        parts = self.house.parts
        self.seen[json.dumps(told) if told else "no answer"] += 1
        if not told:
            if parts["web"].was_up(asked - 25, answered) and parts["database"].was_up(asked - 25, answered):
                self.faults.append(
                    f"No answer of {answered - asked:.1f} s although web and database were up."
                )
            return
        for name, (dead_after, _) in NOTICED.items():
            if told[SHOWN_AS[name]] and parts[name].was_down(asked - dead_after, answered):
                self.faults.append(f"The {name} was dead, and health said {told}.")
        if all(parts[name].was_up(asked - back, answered) for name, (_, back) in NOTICED.items()):
            unwell = [name for name in ("database", "worker") if not told[name]]
            if unwell:
                self.faults.append(f"{', '.join(unwell)}: unwell by {told}, although everything was up.")


@dataclass
class Verdict:
    figures: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def wait_until_mailed(house: House, patience: float) -> None:
    """Until no letter is due or under way, or none has left for `patience` seconds; those postponed say when they are
    tried again."""
    fewest, until = None, time.monotonic() + patience
    query = """SELECT count(*) FROM notice_deliveries d LEFT JOIN notice_documents p ON p.notice_id = d.notice_id
                WHERE d.state = 'sending' OR (d.state = 'queued' AND (p.notice_id IS NULL OR d.due_at <= now()))"""
    while time.monotonic() < until:
        with connect(house.cluster, DATABASE) as database:
            waiting = database.execute(query).fetchone()[0]
        if not waiting:
            return
        if fewest is None or waiting < fewest:
            fewest, until = waiting, time.monotonic() + patience
        time.sleep(1)


def judge(house: House, line: Line, told: list[Told]) -> Verdict:
    """All that is compared in the end."""
    verdict = Verdict()
    for one in told:
        _same_figures(line, one, verdict)
        _same_rows(house, one, verdict)
        _same_answers(line, one, verdict)
    _mail(house, verdict)
    done = subprocess.run(
        [*demo.MANAGE, "reconcile"],
        env=house.environment,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    if done.returncode:
        verdict.faults.append(f"reconcile: {done.stdout[-2000:]}{done.stderr[-500:]}")
    return verdict


def _same_figures(line: Line, one: Told, verdict: Verdict) -> None:
    try:
        compare(one, read(line.ask("GET", f"/api/funds/{one.fund_id}/capital")[1]))
    except Refused as error:
        verdict.faults.append(str(error))


def _same_rows(house: House, one: Told, verdict: Verdict) -> None:
    """Each call and payment that was answered is there once, none that was not, and each has its event."""
    payments = "SELECT id FROM payments WHERE fund_id = %s AND reverses_id IS NULL"
    reversed_ = "SELECT reverses_id FROM payments WHERE fund_id = %s AND reverses_id IS NOT NULL"
    calls = "SELECT id FROM capital_calls WHERE fund_id = %s"
    with connect(house.cluster, DATABASE) as database:
        for name, query, expected in (
            ("payments", payments, one.payments),
            ("reversals", reversed_, one.reversed),
            ("calls", calls, one.calls),
        ):
            there = {row[0] for row in database.execute(query, [one.fund_id])}
            verdict.figures[name] = verdict.figures.get(name, 0) + len(there)
            if there != expected:
                verdict.faults.append(
                    f"Fund {one.fund_id}: {name} doubled {sorted(there - expected)}, lost {sorted(expected - there)}."
                )
        events = database.execute(
            "SELECT count(*) FROM audit_events WHERE fund_id = %s AND verb = 'record_payment'", [one.fund_id]
        ).fetchone()[0]
        if events != len(one.payments):
            verdict.faults.append(f"Fund {one.fund_id}: {events} events of {len(one.payments)} payments.")


def _same_answers(line: Line, one: Told, verdict: Verdict) -> None:
    """The last answers of each fund, asked for again by their keys, byte for byte."""
    for key, (path, body, status, content) in list(one.answers.items())[-5:]:
        if line.ask("POST", path, body, key) != (status, content):
            verdict.faults.append(f"{key} is answered otherwise than before.")
    verdict.figures["writes"] = verdict.figures.get("writes", 0) + len(one.answers)


def _mail(house: House, verdict: Verdict) -> None:
    """Who is said to have a letter has one mail, nobody two; what is unknown has one or none."""
    lines = [json.loads(one) for one in house.relay_log.read_text().splitlines()]
    taken = Counter(one["id"] for one in lines)
    with connect(house.cluster, DATABASE) as database:
        rows = database.execute(
            "SELECT d.message_id, d.state, n.number FROM notice_deliveries d JOIN notices n ON n.id = d.notice_id"
            " WHERE EXISTS (SELECT FROM unnest(d.recipients) r WHERE r LIKE 'chaos-%')"
        ).fetchall()
    verdict.figures["mails"] = len(rows)
    for message_id, state, number in rows:
        verdict.figures[state] = verdict.figures.get(state, 0) + 1
        count = taken[message_id]
        right = {"sent": (1,), "unknown": (0, 1), "failed": (0,), "held": (0,), "queued": (0,)}.get(state, ())
        if count not in right:
            verdict.faults.append(f"{number} is {state}, and the relay took {count} mails of it.")
    known = {row[0] for row in rows}
    strangers = [
        one for one in lines if one["id"] not in known and any(to.startswith("chaos-") for to in one["to"])
    ]
    if strangers:
        verdict.faults.append(f"{len(strangers)} mails that no delivery knows.")
