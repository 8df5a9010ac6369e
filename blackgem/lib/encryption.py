"""Secrets at rest: what is encrypted before it goes into the database, and opened when it comes back.

AES-256-GCM under data keys, which lie in the table `data_keys`, each encrypted ("wrapped") under a master key. Master
keys come from the environment alone (DATA_KEYS): the first one wraps, those after it still unwrap. So another master
key means that a few data keys are wrapped anew, and no row of anything else is touched.

What is encrypted looks like `enc1.<data key>.<bytes>`, in base64, and opens in the column alone that it was written
for. Where it is matched or unique, a fourth part follows: a keyed hash of the plain text, its blind index, which is
bound to the bytes before it. As bytes it is `enc1`, the data key and the bytes.
"""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

MARK = "enc1"
#: What PostgreSQL matches an encrypted text by; the blind index is there or not.
PATTERN = r"^enc1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{38,}$"
INDEXED_PATTERN = r"^enc1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{38,}\.[A-Za-z0-9_-]{22}$"
#: Bytes before what is encrypted: the mark and the key.
BYTES_MARK = MARK.encode()
_NONCE = 12
ENCRYPTS, INDEXES = "encrypts", "indexes"


class CannotDecrypt(RuntimeError):
    """A key is not there, or what is stored is not what was encrypted for this place."""


class _Keys:
    """The data keys that this process has unwrapped, by name; of each database which one is the newest, and which that
    of its blind indexes."""

    def __init__(self):
        self.forget()

    def forget(self) -> None:
        self.known: dict[str, AESGCM] = {}
        self.newest: dict[str, str] = {}
        self.indexes: dict[str, bytes] = {}

    def of(self, name: str, connection) -> AESGCM:
        if name not in self.known:
            self.load(connection)
        if name not in self.known:
            raise CannotDecrypt(f"The data key {name} is not in the database.")
        return self.known[name]

    def to_write(self, connection) -> tuple[str, AESGCM]:
        database = _name(connection)
        if database not in self.newest:
            self.load(connection)
        if database not in self.newest:
            raise CannotDecrypt("The database has no data key. Run: manage.py migrate")
        name = self.newest[database]
        return name, self.known[name]

    def to_index(self, connection) -> bytes:
        database = _name(connection)
        if database not in self.indexes:
            self.load(connection)
        return self.indexes[database]

    def load(self, connection) -> None:
        """Past Django's own cursors, so that no page is charged for what a process reads once; and as the role that
        signed in, whatever lesser one a transaction took on."""
        connection.ensure_connection()
        run = connection.connection.execute
        role = run("SELECT current_setting('role')").fetchone()[0]
        if role != "none":
            run("SET LOCAL ROLE NONE")
        rows = run("SELECT name, purpose, wrapped FROM data_keys ORDER BY id").fetchall()
        if role != "none":
            run("SELECT set_config('role', %s, true)", [role])
        for name, purpose, wrapped in rows:
            key = unwrapped(name, wrapped)
            if purpose == INDEXES:
                self.indexes[_name(connection)] = key
            else:
                self.known[name], self.newest[_name(connection)] = AESGCM(key), name


def _name(connection) -> str:
    return connection.settings_dict["NAME"]


_KEYS = _Keys()
forget_keys = _KEYS.forget


# ---------------------------------------------------------------- text and bytes


def encrypted(text: str, place: str, connection, *, indexed: bool = False) -> str:
    """Text as it is stored in a column; nothing stays nothing."""
    if not text:
        return text
    name, key = _KEYS.to_write(connection)
    index = blind_index(text, connection) if indexed else ""
    said = _encode(_sealed(key, text.encode(), f"{place}.{index}"))
    return ".".join((MARK, name, said, index) if indexed else (MARK, name, said))


def decrypted(stored: str, place: str, connection) -> str:
    """The text again. Raises CannotDecrypt."""
    if not stored:
        return stored
    mark, name, said, index = [*stored.split("."), "", "", ""][:4]
    if mark != MARK:
        raise CannotDecrypt(f"What is stored in {place} is not encrypted.")
    return _opened(_KEYS.of(name, connection), _decode(said), f"{place}.{index}").decode()


def is_encrypted(value: object) -> bool:
    return isinstance(value, str) and value.startswith(f"{MARK}.")


def encrypted_bytes(content: bytes, place: str, connection) -> bytes:
    name, key = _KEYS.to_write(connection)
    return BYTES_MARK + bytes.fromhex(name) + _sealed(key, content, place)


def decrypted_bytes(stored: bytes, place: str, connection) -> bytes:
    """The bytes again. Raises CannotDecrypt."""
    if stored[:4] != BYTES_MARK:
        raise CannotDecrypt(f"What is stored in {place} is not encrypted.")
    return _opened(_KEYS.of(stored[4:8].hex(), connection), stored[8:], place)


def blind_index(text: str, connection) -> str:
    """The keyed hash by which equal texts are found to be equal, in 22 characters; of nothing it is nothing."""
    if not text:
        return ""
    return _encode(hmac.new(_KEYS.to_index(connection), text.encode(), sha256).digest()[:16])


def converted(document, names: frozenset[str], convert: Callable[[str], str], inside: bool = False):
    """JSON with every text converted that stands under one of these names, however deep."""
    if isinstance(document, dict):
        return {
            key: converted(value, names, convert, inside or key in names) for key, value in document.items()
        }
    if isinstance(document, list):
        return [converted(value, names, convert, inside) for value in document]
    return convert(document) if inside and isinstance(document, str) else document


def _sealed(key: AESGCM, content: bytes, place: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + key.encrypt(nonce, content, place.encode())


def _opened(key: AESGCM, said: bytes, place: str) -> bytes:
    try:
        return key.decrypt(said[:_NONCE], said[_NONCE:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotDecrypt(f"What is stored is not what was encrypted for {place}.") from error


def _encode(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


# ---------------------------------------------------------------- keys


def draw_keys(owner) -> None:
    """As the owner: the first data key of a database, and the key of its blind indexes; nothing where it has them."""
    with owner.cursor() as cursor:
        for purpose in (ENCRYPTS, INDEXES):
            cursor.execute("SELECT 1 FROM data_keys WHERE purpose = %s", [purpose])
            if cursor.fetchone() is None:
                draw(cursor, purpose)
    _KEYS.forget()


def draw(cursor, purpose: str) -> str:
    """Another data key, wrapped; its name."""
    name, key = os.urandom(4).hex(), os.urandom(32)
    cursor.execute(
        "INSERT INTO data_keys (name, purpose, wrapped) VALUES (%s, %s, %s)",
        [name, purpose, wrapped_key(name, key)],
    )
    return name


def wrapped_key(name: str, key: bytes) -> str:
    """A data key under the master key of today."""
    first = settings.DATA_KEYS[0]
    return f"{_id_of(first)}.{_encode(_sealed(_master(first), key, f'data_keys.{name}'))}"


def unwrapped(name: str, wrapped: str) -> bytes:
    """A data key again, by whichever master key wrapped it. Raises CannotDecrypt."""
    wrapped_by, _, said = wrapped.partition(".")
    secret = next((one for one in settings.DATA_KEYS if _id_of(one) == wrapped_by), None)
    if secret is None:
        raise CannotDecrypt(
            f"DATA_KEYS does not have the master key that the data key {name} is wrapped under."
        )
    return _opened(_master(secret), _decode(said), f"data_keys.{name}")


def is_of_today(wrapped: str) -> bool:
    """Whether a data key is wrapped under the master key that wraps now."""
    return wrapped.partition(".")[0] == _id_of(settings.DATA_KEYS[0])


def require_keys(connection) -> None:
    """What a process that serves asks before it starts: that it can unwrap every data key. Raises CannotDecrypt."""
    for name, wrapped in connection.execute("SELECT name, wrapped FROM data_keys ORDER BY id").fetchall():
        unwrapped(name, wrapped)


def _master(secret: str) -> AESGCM:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"blackgem.data_keys").derive(secret.encode())
    return AESGCM(derived)


def _id_of(secret: str) -> str:
    return sha256(b"blackgem.data_keys.id:" + secret.encode()).hexdigest()[:8]
