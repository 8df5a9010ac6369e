"""Files in a body: their bytes in base64."""

import binascii
from base64 import b64decode
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

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
