"""Who did what, when: recorded in the transaction of the change itself, and read back as a timeline."""

import json
from collections.abc import Iterable
from contextvars import ContextVar
from decimal import Decimal

from django.apps import apps
from django.db import connection, transaction

from blackgem.lib.context import WriteContext
from blackgem.lib.opened import opened

#: The request under way, set by the middleware; empty in a worker or a shell.
request_id: ContextVar[str] = ContextVar("request_id", default="")
#: The network address that it came from.
address: ContextVar[str] = ContextVar("address", default="")


#: That a file was taken is on the trail, and in nobody's way on the page of what it is about.
READINGS = ("open_document", "take_file")
_OF_EACH = ("verb", "object_label", "subjects", "fund_id", "changes", "reason")
_WRITE = "SELECT write_events(%s, %s, %s, %s, %s::jsonb)"


def record(*, verb, ctx: WriteContext, subject, also=(), fund_id=None, changes=None, reason="", label=""):
    """Write one event. `changes`: field → [old, new]; `also`: further objects on whose timeline it belongs, or their
    names by `name`. Without a `subject` it is on nobody's, and `label` says what it is about."""
    event = _event(ctx, verb, subject, also, fund_id=fund_id, changes=changes, reason=reason, label=label)
    with transaction.atomic(savepoint=False), opened(ctx):
        event.save(force_insert=True)
    return event


def record_all(events: Iterable[dict], *, ctx: WriteContext) -> None:
    """Write several events of one moment in one statement; each is what `record` takes. Thousands of rows are made by
    the database from one parameter sooner than Django writes a parameter for each of their columns."""
    rows = [_event(ctx, **event) for event in events]
    if not rows:
        return
    said = [{name: getattr(row, name) for name in _OF_EACH} for row in rows]
    of_all = [ctx.at, None if ctx.by is None else ctx.by.pk, rows[0].request_id, rows[0].address]
    with transaction.atomic(savepoint=False), opened(ctx), connection.cursor() as cursor:
        cursor.execute(_WRITE, [*of_all, json.dumps(said)])


def _event(ctx, verb, subject, also=(), *, fund_id=None, changes=None, reason="", label=""):
    about = [one for one in (subject, *also) if one is not None]
    return _events().model(
        happened_at=ctx.at,
        actor=ctx.by,
        verb=verb,
        object_label=str(label if subject is None else subject)[:300],
        subjects=[one if isinstance(one, str) else key(one) for one in about],
        fund_id=fund_id,
        changes={field: [_plain(value) for value in pair] for field, pair in (changes or {}).items()},
        reason=reason,
        request_id=request_id.get(),
        address=address.get(),
    )


def changed(instance, fields: dict) -> dict:
    """Set `fields` on an instance; answer {field: [old, new]} for those that differ."""
    differing = {
        name: [getattr(instance, name), value]
        for name, value in fields.items()
        if getattr(instance, name) != value
    }
    for name, (_, value) in differing.items():
        setattr(instance, name, value)
    return differing


def differences(before: dict, after: dict) -> dict[str, list]:
    """What is no longer, or not yet, or otherwise than before: name → [old, new]."""
    return {
        name: [before.get(name), after.get(name)]
        for name in before | after
        if before.get(name) != after.get(name)
    }


def timeline(subject, *, with_readings=False):
    """The events of an object, newest first: what was done with it, and where asked, who took a file of it."""
    events = _events().filter(subjects__contains=[key(subject)]).select_related("actor").order_by("-id")
    return events if with_readings else events.exclude(verb__in=READINGS)


def done_by(person):
    """The events of what somebody did, newest first."""
    return _events().filter(actor=person).select_related("actor").order_by("-id")


def timeline_of_any(subjects):
    """The events of several objects, newest first."""
    return _events().filter(subjects__overlap=[key(one) for one in subjects]).order_by("-id")


def key(subject) -> str:
    """An object's name in the events: "capital.capitalcall:3"."""
    return name(subject, subject.pk)


def name(model, pk) -> str:
    """The same of a row that is not fetched."""
    return f"{model._meta.label_lower}:{pk}"


def _events():
    return apps.get_model("blackgem", "AuditEvent").objects


def _plain(value):
    if value is None or isinstance(value, str | int | bool | list | dict):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
