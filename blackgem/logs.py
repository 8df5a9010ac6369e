"""Logging: one line per event on standard error, for people locally and as JSON in production.

An address may hold a secret: the token of an invitation or of a new password in its path, whatever somebody put into
its query. No line holds an address: a request is told by its route and by the numbers of the rows in it.
"""

import logging.config
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from gunicorn.glogging import Logger

access = structlog.stdlib.get_logger("blackgem.access")


def name_of(request: HttpRequest) -> dict:
    """A request by its verb, its route and the numbers in its address; never by the address."""
    match = request.resolver_match
    if match is None:
        return {"request": f"{request.method} (no route)"}
    rows = {name: int(value) for name, value in match.kwargs.items() if str(value).isdecimal()}
    return {"request": f"{request.method} /{match.route}"} | ({"rows": rows} if rows else {})


def name_request(logger, method_name, event: dict) -> dict:
    """The request of a line by its name, its address taken out of the words."""
    event.pop(
        "message", None
    )  # the same words once more, where another handler has formatted the line before
    request = event.get("request")
    if isinstance(request, HttpRequest):
        for address in (request.get_full_path(), request.path):
            for written in (address, address.encode("unicode_escape").decode("ascii")):  # as Django writes it
                event["event"] = str(event["event"]).replace(written, "")
        event.update(name_of(request))
    return event


def log_answer(request: HttpRequest, answer: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """What `answer(request)` answers; a line says what was asked for, how it ended, and after how long. None for a
    file of the site's own."""
    began = time.monotonic()
    response = answer(request)
    took = round(1000 * (time.monotonic() - began))
    if request.resolver_match or response.status_code >= 400:
        access.info("answered", **name_of(request), status=response.status_code, ms=took)
    return response


class ServerLogger(Logger):
    """Gunicorn's own lines, without the address or the bytes of what it could not handle."""

    def exception(self, msg, *args, **kwargs):
        if msg.startswith("Error handling request"):
            msg, args = "Error handling a request", ()
        super().exception(msg, *args, **kwargs)

    def warning(self, msg, *args, **kwargs):
        if msg.startswith("Invalid request from ip="):
            msg = msg.split(": ")[0]
        super().warning(msg, *args, **kwargs)


SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    name_request,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(options: dict) -> None:
    """Called by Django with settings.LOGGING: `level` and `json`."""
    # Plain tracebacks: the values of variables are nobody's business, and colouring them takes a second each.
    plain = structlog.dev.plain_traceback
    last = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
    if options["json"]:
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": options["level"]},
            # WeasyPrint and fontTools tell at INFO what nobody acts on.
            "loggers": {
                name: {"level": "WARNING"} for name in ("weasyprint", "fontTools", "asyncio", "mail.log")
            },
        }
    )
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
