"""Logging: one line per event on standard error, for people locally and as JSON in production."""

import logging.config

import structlog


def name_request(logger, method_name, event: dict) -> dict:
    """A request by verb and path alone: what follows may hold a token that somebody put into the address."""
    request = event.get("request")
    if hasattr(request, "path"):
        event["request"] = f"{request.method} {request.path}"
    return event


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
