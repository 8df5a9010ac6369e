"""Between services: who proves to be who, and what a client refuses."""

import asyncio
import contextlib
import ssl
import stat
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread
from urllib.parse import urlsplit

import pytest
from celery import Celery

from blackgem.certificates import RENEWED_BEFORE, VALID, write_certificates
from blackgem.connections import broker_tls

NOW = datetime.now(UTC)


@pytest.fixture
def folder(tmp_path):
    assert write_certificates(tmp_path, ["localhost", "redis"], at=NOW)
    return tmp_path


def shake_hands(folder, *, shows: str, asked: str) -> str:
    """The TLS version that a client agrees on who asks for `asked` and is shown the certificate of `shows`."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / f"{shows}.crt", folder / f"{shows}.key")
    client = ssl.create_default_context(cafile=folder / "ca.crt")
    here, there = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(here, there, server_hostname=asked),
        server.wrap_bio(there, here, server_side=True),
    )
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return ends[0].version()


@contextmanager
def ending_tls(folder, url: str) -> Iterator[int]:
    """A port on which what speaks TLS reaches the service at `url`, which speaks none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "localhost.crt", folder / "localhost.key")
    behind, listening = urlsplit(url).port, Future()

    async def copy(source, target):
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
        target.close()

    async def connect(reader, writer):
        back, forth = await asyncio.open_connection("127.0.0.1", behind)
        await asyncio.gather(copy(reader, forth), copy(back, writer))

    async def listen():
        stop = asyncio.Event()
        async with await asyncio.start_server(connect, "127.0.0.1", 0, ssl=context) as server:
            port = server.sockets[0].getsockname()[1]
            listening.set_result((port, partial(asyncio.get_running_loop().call_soon_threadsafe, stop.set)))
            await stop.wait()

    thread = Thread(target=lambda: asyncio.run(listen()))
    thread.start()
    port, stop = listening.result(10)
    try:
        yield port
    finally:
        stop()
        thread.join()


def test_a_service_proves_to_be_itself_and_no_other(folder):
    assert shake_hands(folder, shows="redis", asked="redis") == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake_hands(folder, shows="localhost", asked="redis")


def test_only_its_owner_reads_a_key(folder):
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.glob("*.key")} == {0o600}
    assert {file.name for file in folder.iterdir()} == {
        "ca.crt",
        *("localhost.crt", "localhost.key"),
        *("redis.crt", "redis.key"),
    }


def test_they_are_kept_and_renewed_in_time(folder):
    before = (folder / "ca.crt").read_bytes()
    assert not write_certificates(
        folder, ["localhost", "redis"], at=NOW + VALID - RENEWED_BEFORE - timedelta(1)
    )
    assert (folder / "ca.crt").read_bytes() == before
    assert write_certificates(folder, ["localhost", "redis"], at=NOW + VALID - RENEWED_BEFORE)
    assert (folder / "ca.crt").read_bytes() != before
    assert write_certificates(folder, ["localhost", "redis", "new"], at=NOW)


def test_the_worker_speaks_tls_to_the_broker_and_to_no_other_one(folder, valkey, tmp_path_factory):
    """The broker behind an end of TLS: tasks are published through it, and not to one with another authority."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write_certificates(elsewhere, ["localhost"], at=NOW)
    with ending_tls(folder, valkey) as port:
        for authority, heard in ((folder, True), (elsewhere, False)):
            password = valkey.split("@")[0].split(":")[-1]
            url = f"rediss://:{password}@localhost:{port}/0?ssl_ca_certs={authority / 'ca.crt'}"
            app = Celery(broker=url, broker_transport="blackgem.broker:Transport")
            app.conf.broker_use_ssl = broker_tls(url)
            app.conf.broker_connection_timeout = 5
            with app.connection_for_write() as connection:
                if heard:
                    connection.ensure_connection(max_retries=1)
                    connection.default_channel.client.ping()
                else:
                    with pytest.raises(Exception, match="certificate verify failed"):
                        connection.default_channel.client.ping()
