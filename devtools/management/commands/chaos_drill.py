import subprocess
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from devtools.chaos import judge
from devtools.chaos.clients import Client, Line, found
from devtools.chaos.parts import House, Killer
from devtools.embedded import demo

MANAGER = "manager@demo.example"
SHARED = 4


class Command(BaseCommand):
    help = (
        "Clients at work while web, worker, broker, database and mail relay are killed (SIGKILL) at random, in a "
        "system of its own that is removed in the end. Fails when anything is lost, doubled, or unknown and not shown."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--minutes", type=float, default=10)
        parser.add_argument("--clients", type=int, default=16)
        parser.add_argument("--seed", type=int, default=20260301)
        parser.add_argument("--keep", help="a folder to run in, which is not removed")

    def handle(self, *, minutes, clients, seed, keep, **options):
        with tempfile.TemporaryDirectory(prefix="blackgem-chaos-") as made:
            folder = Path(keep or made)
            folder.mkdir(parents=True, exist_ok=True)
            house = House(folder)
            try:
                house.open()
                self.drill(house, minutes, clients, seed)
            finally:
                house.close()

    def drill(self, house, minutes, clients, seed):
        line, today = Line(house.port, self.token(house)), timezone.localdate()
        shared = found(line, "Chaos shared", today)
        books = [shared if n < SHARED else found(line, f"Chaos {n}", today) for n in range(clients)]
        done = threading.Event()
        crowd = [
            Client(n, Line(house.port, line.token), told, done, alone=told is not shared, today=today)
            for n, told in enumerate(books)
        ]
        killer, health = Killer(house, seed), judge.Health(house, done)
        self.say(f"{clients} clients begin.")
        for thread in (*crowd, killer, health):
            thread.start()
        self.wait(minutes, killer)
        killer.done.set()
        killer.join()
        time.sleep(30)  # all is up: health has to say so
        done.set()
        for thread in (*crowd, health):
            thread.join()
        judge.wait_until_mailed(house, 180)
        verdict = judge.judge(house, line, [shared, *(told for told in books if told is not shared)])
        self.report(house, killer, health, crowd, verdict)

    def wait(self, minutes, killer):
        until = time.monotonic() + minutes * 60
        while time.monotonic() < until and killer.is_alive():
            time.sleep(0.5)
        if killer.fault:
            raise CommandError(f"A part did not come up again: {killer.fault}") from killer.fault

    def token(self, house):
        made = subprocess.run(
            [*demo.MANAGE, "api_token", MANAGER],
            env=house.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return made.stdout.split()[-1]

    def report(self, house, killer, health, crowd, verdict):
        kills = ", ".join(f"{part.name} {part.kills}" for part in house.parts.values())
        statuses = sum((client.line.statuses for client in crowd), Counter())
        broken = sum(client.line.broken for client in crowd)
        self.say(f"killed: {kills} ({killer.children_killed} of them one process of many)")
        self.say(f"answers: {dict(sorted(statuses.items()))}; {broken} connections broke; all asked again")
        self.say(f"in the end: {verdict.figures}")
        self.say(f"health: {dict(health.seen)}")
        faults = [*(fault for client in crowd for fault in client.faults), *health.faults, *verdict.faults]
        if faults:
            raise CommandError("\n".join([f"{len(faults)} faults:", *faults[:40]]))
        self.say("Nothing lost, nothing doubled, every figure as it was told.")

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()
