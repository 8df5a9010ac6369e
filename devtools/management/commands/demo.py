import os
import time
from pathlib import Path

from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandError

from devtools.embedded import EmbeddedError, demo, processes, runtime

PASSWORD = "capital-demo-2026"  # noqa: S105 - printed on purpose; the demo answers on this machine only
MOST_ENDS_A_MINUTE = 5
PEOPLE = {
    "manager@demo.example": "raises calls, records payments",
    "approver@demo.example": "approves what others submit",
    "analyst@demo.example": "reads, drafts",
    "auditor@demo.example": "reads everything",
    "admin@demo.example": "Django admin",
    "john.anderson@demo.example": "an LP; so are jane.williams@…, acme.ventures@…",
}


class Command(BaseCommand):
    help = "Starts everything on this machine, with a demo fund; Ctrl-C stops it. Respects PORT and RESET."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument(
            "--reset", action="store_true", default=os.environ.get("RESET", "") not in ("", "0")
        )
        parser.add_argument("--empty", action="store_true", help="no demo fund, no one to sign in")

    def handle(self, *, port, reset, empty, **options):
        self.began, self.empty = time.monotonic(), empty
        try:
            with demo.quiet_signals() as was_asked_to_stop:
                try:
                    with demo.only_one(runtime.folder()):
                        self.run(runtime.folder(), port, reset)
                except KeyboardInterrupt:
                    pass
                self.say("Stopped." if was_asked_to_stop() else "")
        except EmbeddedError as error:
            raise CommandError(str(error)) from None

    def say(self, text):
        if text:
            self.stdout.write(text)
            self.stdout.flush()

    def run(self, var: Path, port: int, reset: bool):
        """Services, data, web and worker; then wait until somebody or something ends it."""
        if not runtime.is_free(port):
            raise EmbeddedError(f"Port {port} is taken. Choose another one:  make demo PORT={port + 1}")
        if reset:
            demo.start_over(var)
        url = f"http://127.0.0.1:{port}"
        runtime.update("web", {"url": url, "port": port, "pid": os.getpid()}, var)
        self.say("Starting PostgreSQL, Valkey and the mail catcher …")
        with demo.services(var, self.say) as environment:
            environment |= {"SITE_URL": environment.get("SITE_URL") or url, "PORT": str(port)}
            environment["STATIC_ROOT"] = str(var / "staticfiles")
            self.prepare_data(environment)
            self.serve(var, environment, port, url)

    def prepare_data(self, environment):
        demo.manage(environment, "collectstatic", "--noinput", "--verbosity=0")
        self.say("Migrating …")
        demo.manage(environment, "migrate", "--verbosity=0")
        if "load_demo" in get_commands() and not self.empty:
            self.say("Loading the demo fund, where it is missing …")
            demo.manage({**environment, "DEMO_PASSWORD": PASSWORD}, "load_demo")

    def serve(self, var, environment, port, url):
        def log_of(name):
            return var / f"{name}.log"

        starts = {
            "web": lambda: demo.start_web(environment, port, log_of("web")),
            "worker": lambda: demo.start_worker(environment, log_of("worker")),
        }
        running: dict[str, processes.Kept] = {}
        try:
            running.update((name, start()) for name, start in starts.items())
            demo.wait_until_healthy(url, list(running.values()), log_of)
            self.announce(var, environment, url)
            self.keep_running(running, starts, log_of)
        finally:
            demo.stop_all(list(running.values()))

    def keep_running(self, running, starts, log_of):
        """Start again what ends, and nothing else with it; give up on what ends again and again."""
        ends: dict[str, list[float]] = {name: [] for name in running}
        while True:
            time.sleep(0.2)
            for name in [name for name, kept in running.items() if not kept.is_running()]:
                now = time.monotonic()
                ends[name] = [*(end for end in ends[name] if end > now - 60), now]
                if len(ends[name]) > MOST_ENDS_A_MINUTE:
                    raise EmbeddedError(f"The {name} ends again and again.{processes.tail(log_of(name))}")
                self.say(f"The {name} ended and is started again; {log_of(name)} says why.")
                running[name] = starts[name]()

    def announce(self, var, environment, url):
        width = max(map(len, PEOPLE))
        people = "\n".join(f"    {address:{width}}  {role}" for address, role in PEOPLE.items())
        mail = environment.get("MAIL_PAGE") or environment["EMAIL_URL"].rsplit("@", 1)[-1]
        self.say(
            f"\nBlackGem is up after {time.monotonic() - self.began:.0f} s.\n\n"
            f"  Site      {url}/\n"
            f"  Mail      {mail}\n"
            f"  API token .venv/bin/python manage.py api_token manager@demo.example\n"
            f"  Logs      {var}\n\n"
            f"  Sign in with the password  {PASSWORD}  as\n{people}\n\n"
            "Ctrl-C stops it and keeps the data.\n"
        )
