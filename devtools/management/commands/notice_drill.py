import contextlib
import tempfile
from pathlib import Path

from celery import current_app
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings
from django.utils import timezone

from blackgem.lib.mail import Relay
from devtools import drill
from devtools.benchmark.scratch import scratch, use
from devtools.embedded import valkey
from funds.models import Notice, NoticeDocument
from funds.services.delivering import deliver_next
from funds.services.rendering import letter_html, render_next

GOAL = 0.9
WARM_UP = 3


class Command(BaseCommand):
    help = (
        "Sends a call's notices while the workers are killed (SIGKILL) again and again, against a mail server that "
        "remembers, in a scratch database that is dropped in the end. Fails when a partner got two mails or was lost."
    )

    def add_arguments(self, parser):
        parser.add_argument("--lps", type=int, default=500)
        parser.add_argument("--kills", type=int, default=40)
        parser.add_argument("--sample", type=int, default=40, help="notices to time beside WeasyPrint alone")
        parser.add_argument("--database-url", default="", help="an administrator of DATABASE_URL's server")

    def handle(self, *, lps, kills, sample, database_url, **options):
        with (
            scratch(database_url) as databases,
            tempfile.TemporaryDirectory(prefix="blackgem-drill-") as name,
            drill.RememberingServer(Path(name) / "relay.log") as mail,
            self.broker(Path(name)) as broker,
        ):
            use(databases.template)
            self.time_each(mail, sample)
            self.kill(drill.Workers(Path(name), broker, mail), lps, kills)

    @contextlib.contextmanager
    def broker(self, folder):
        """A broker of the drill's own, which this process wakes the workers through, too."""
        kept = valkey.start(folder)
        current_app.conf.broker_url = valkey.url(folder)
        try:
            yield valkey.url(folder)
        finally:
            kept.stop()

    def time_each(self, mail, sample):
        """One notice by WeasyPrint alone, one rendered, stored and mailed by us, in turns."""
        drill.write_to(sample + WARM_UP, name="Timed")
        press, alone, ours = drill.Press(), drill.Stopwatch(), drill.Stopwatch()
        with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=mail.port), Relay() as relay:
            for number, notice in enumerate(Notice.objects.order_by("pk")):
                html = letter_html(notice)
                with alone.running(counts=number >= WARM_UP):
                    press.print(html)
                with ours.running(counts=number >= WARM_UP):
                    render_next(at=timezone.now())
                    deliver_next(relay=relay, at=timezone.now())
        if mail.received.total() != sample + WARM_UP:
            raise CommandError("Not every timed notice was mailed.")
        self.say("                             by the clock   processor")
        self.say(f"WeasyPrint alone             {alone.each(sample)} a notice")
        self.say(f"rendered, stored and mailed  {ours.each(sample)} a notice")
        ratios = f"{alone.clock / ours.clock:9.2f}    {alone.processor / ours.processor:9.2f}"
        self.say(f"ratio                        {ratios}    (goal {GOAL})")

    def kill(self, workers, lps, kills):
        workers.mail.received.clear()
        timed = NoticeDocument.objects.count()
        call_id = drill.write_to(lps, name="Drill")
        try:
            course = drill.run_killing(workers, call_id, kills=kills)
            self.report(workers, call_id, lps, course, NoticeDocument.objects.count() - timed)
            drill.ask_the_relay(workers, call_id)
        finally:
            workers.stop()
        self.say("once the relay's log was asked by Message-ID:")
        states = drill.states(call_id)
        self.say(
            f"  {self.listed(states)}; {workers.mail.received.total()} mails to {len(workers.mail.received)} partners"
        )
        self.refuse_faults(workers, call_id)
        if states != {"sent": lps} or len(workers.mail.received) != lps:
            raise CommandError("Not every partner has exactly one mail.")
        self.say("Every partner has exactly one mail.")

    def report(self, workers, call_id, lps, course, documents):
        mails = workers.mail.received
        twice = sum(count > 1 for count in mails.values())
        self.say(
            f"\n{lps} partners, workers killed {course.kills} times, {course.worst} of them between the relay's yes"
        )
        self.say(
            f"and its being written down; {course.seconds:.0f} s, {lps / course.seconds:.1f} notices a second"
        )
        self.say(f"  {documents} PDFs; {self.listed(drill.states(call_id))}")
        self.say(f"  {mails.total()} mails; {twice} partners got two; {len(drill.lost(call_id, mails))} lost")
        self.refuse_faults(workers, call_id)

    def refuse_faults(self, workers, call_id):
        twice = [address for address, count in workers.mail.received.items() if count > 1]
        lost = drill.lost(call_id, workers.mail.received)
        if twice or lost:
            raise CommandError(
                f"Two mails: {', '.join(twice) or 'nobody'}. Lost: {', '.join(lost) or 'nobody'}."
            )

    @staticmethod
    def listed(states):
        return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()
