"""Notices per second, beside WeasyPrint alone on the same documents."""

import multiprocessing
import os
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import connections
from django.utils import timezone
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from funds.models import NoticeDocument, NoticeRendering
from funds.services.rendering import letter_html, render_next

from .figures import Figure, at_least
from .scratch import Scratch, use

HEADINGS = ("notices", "per second", "WeasyPrint alone", "ratio", "goal", "")
GOAL = 0.9
WARM_UP = 3


def measure(scratch: Scratch, *, quick: bool, demo: str) -> Iterator[Figure]:
    """`demo` is a database whose notices wait to be made."""
    database = scratch.clone("notices", of=demo)
    use(database)
    count = 8 if quick else 40
    ours, alone = _take_turns(count)
    one = at_least(GOAL, alone / ours)
    yield Figure(
        "one core: claimed, made, hashed, stored", f"{count / ours:.2f}", f"{count / alone:.2f}", **one
    )
    if not quick:
        cores = os.cpu_count() or 1
        yield Figure(f"{cores} processes, {cores} cores", f"{_together(cores):.2f}")
    use(scratch.template)
    scratch.drop(database)


def _take_turns(count: int) -> tuple[float, float]:
    """Seconds for `count` notices by our worker's function and by WeasyPrint alone, in turns, so that both meet the
    same moments of a shared machine."""
    press = WeasyPrintAlone()
    ours = alone = 0.0
    for number in range(-WARM_UP, count):
        waiting = NoticeRendering.objects.select_related("notice").order_by("attempts", "due_at", "notice_id")
        html = letter_html(waiting.first().notice)
        began = time.perf_counter()
        press.print(html)
        middle = time.perf_counter()
        render_next(at=timezone.now())
        if number >= 0:
            alone += middle - began
            ours += time.perf_counter() - middle
    return ours, alone


class WeasyPrintAlone:
    """WeasyPrint as anybody would use it well: fonts and rules parsed once."""

    def __init__(self):
        self.fonts = FontConfiguration()
        css = settings.BASE_DIR / "static" / "css" / "fonts-pdf.css"
        rules = settings.BASE_DIR / "templates" / "notices" / "notices.css"
        self.styles = [CSS(filename=str(file), font_config=self.fonts) for file in (css, rules)]

    def print(self, html: str) -> bytes:
        options = {"pdf_variant": "pdf/ua-1", "custom_metadata": True}
        return HTML(string=html).write_pdf(stylesheets=self.styles, font_config=self.fonts, **options)


def _together(processes: int) -> float:
    """What as many workers as cores make per second of what is left."""
    left = NoticeRendering.objects.count()
    connections.close_all()
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_render_all) for _ in range(processes)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    taken = time.perf_counter() - began
    if NoticeRendering.objects.exists() or NoticeDocument.objects.count() < left:
        raise RuntimeError("Not every notice was made.")
    return left / taken


def _render_all() -> None:
    while render_next(at=timezone.now()):
        pass
    connections.close_all()
    os._exit(0)
