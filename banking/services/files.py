"""Uploading a file of statements: it is kept as it came, and a worker reads it."""

import logging
from hashlib import sha256

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from banking.models import BankAccount, StatementFile
from banking.readers import Refused, kind_of
from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from blackgem.lib.text import without_forbidden
from funds.access import MANAGE, check_may
from funds.services.inputs import problems_of

log = logging.getLogger(__name__)

WAKE_TASK = "banking.tasks.read_statements"
MOST_ATTEMPTS = 3


@service
def upload_statement(
    *, fund_id, name: str, content: bytes, account_id=None, ctx: WriteContext
) -> StatementFile:
    """Keep a file and have it read. A table (CSV) needs its `account_id`, whose columns are remembered.

    Raises Conflict("file.known") for bytes that were imported already, InvalidInput for what is no file of statements
    by how it begins, or a table whose account has no columns named.
    """
    check_may(ctx.by, fund_id, MANAGE)
    mapping = _mapping_of(fund_id, account_id)
    try:
        kind = kind_of(content, mapped=mapping is not None)
    except Refused as refusal:
        raise InvalidInput(
            refusal.code, f"{refusal.gist[0].upper()}{refusal.gist[1:]}.", field="file"
        ) from refusal
    digest = sha256(content).hexdigest()
    if StatementFile.objects.filter(fund=fund_id, sha256=digest).exclude(is_whole=False).exists():
        raise Conflict(
            "file.known", "This file was imported already. Nothing of it is imported again.", field="file"
        )
    file = StatementFile(
        fund_id=fund_id,
        mapping=mapping if kind == "csv" else None,
        name=without_forbidden(name).strip()[:200] or "statement",
        content=content,
        sha256=digest,
        size=len(content),
        uploaded_at=ctx.at,
        uploaded_by=ctx.by,
    )
    raise_if(problems_of(file, ("name",)))
    file.save(force_insert=True)
    audit.record(
        verb="upload_statement", ctx=ctx, subject=file, fund_id=fund_id, changes={"size": [None, file.size]}
    )
    transaction.on_commit(wake_readers)
    return file


def _mapping_of(fund_id, account_id):
    if account_id is None:
        return None
    account = BankAccount.objects.filter(pk=account_id, fund=fund_id).first()
    if account is None:
        raise NotFound("not_found", "There is no such account.")
    return account.mappings.order_by("-version").first()


def wake_readers() -> None:
    """Ask for a worker. The broker only wakes: what is not read now is found by the next sweep."""
    try:
        current_app.send_task(WAKE_TASK, expires=60)
    except OperationalError as error:
        log.warning("The broker is away; statements wait for the next sweep", extra={"reason": str(error)})
