"""What clients send about bank statements."""

import binascii
from base64 import b64decode
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from blackgem.http.pagination import Paged
from blackgem.http.schemas import Body, Id, text
from blackgem.lib.errors import InvalidInput


def _bytes(value: object) -> bytes:
    """What is written in base64, without line breaks."""
    try:
        if isinstance(value, bytes):
            return value
        if isinstance(value, str):
            return b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        pass  # no base64, as what is no text
    raise InvalidInput("content.invalid", "Send the file’s bytes in base64, without line breaks.")


#: The bytes of a file, in base64.
FileContent = Annotated[
    bytes,
    BeforeValidator(_bytes),
    WithJsonSchema({"type": "string", "contentEncoding": "base64", "examples": ["OjIwOlMxCg=="]}),
]


class BankStatementFilter(Paged):
    fund_id: Id = None


class StatementFileBody(Body):
    """A file as the bank gave it: camt.053, MT940, OFX or BAI2; a table (CSV) with the `accountId` whose columns were
    named. A body has at most 1 MB, so the file has at most 750 kB; larger ones are uploaded on the page."""

    fund_id: Id
    name: text(200, least=1)
    content: FileContent
    account_id: Id | None = None
