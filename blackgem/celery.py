"""The Celery application. Its broker only wakes workers: what is to be done stands in the database."""

import contextlib
import os
import socket
import threading

import redis
from celery import Celery
from celery.signals import (
    after_task_publish,
    beat_init,
    setup_logging,
    worker_init,
    worker_ready,
    worker_shutting_down,
)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blackgem.settings")

app = Celery("blackgem")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

HEARTBEAT_KEY = "blackgem:worker-heartbeat"
HEARTBEAT_SECONDS = 3
HEARTBEAT_EXPIRES_SECONDS = 15
SCHEDULER_KEY = "blackgem:scheduler-heartbeat"
SCHEDULER_EXPIRES_SECONDS = 90
_stopping = threading.Event()


@setup_logging.connect
def keep_django_logging(**_):
    """Having a receiver here keeps Celery from configuring logging itself."""


@worker_init.connect
def refuse_outdated_sql(**_):
    """A worker serves as a web process does: on the views and triggers of its own version, or not at all."""
    from blackgem.lib.sql_files import require_current_or_away

    require_current_or_away()


@worker_ready.connect
def start_heartbeat(**_):
    """While the worker lives, two keys in the broker say so, one for all workers and one with its host's name."""
    threading.Thread(target=beat, args=[app.conf.broker_url], daemon=True, name="heartbeat").start()


@worker_shutting_down.connect
def stop_heartbeat(**_):
    _stopping.set()


@beat_init.connect
def watch_publishing(**_):
    """The scheduler is alive as long as it publishes; the sweep is due every few seconds."""
    after_task_publish.connect(note_publishing)


def note_publishing(**_):
    with contextlib.suppress(redis.RedisError), broker(app.conf.broker_url) as client:
        client.set(SCHEDULER_KEY, os.getpid(), ex=SCHEDULER_EXPIRES_SECONDS)


def beat(broker_url: str) -> None:
    """Renew the keys until the worker shuts down; a broker that is away for a while is no reason to stop."""
    with broker(broker_url) as client:
        while True:
            with contextlib.suppress(redis.RedisError):
                for key in (HEARTBEAT_KEY, host_key()):
                    client.set(key, os.getpid(), ex=HEARTBEAT_EXPIRES_SECONDS)
            if _stopping.wait(HEARTBEAT_SECONDS):
                return


def broker(url: str) -> redis.Redis:
    """The broker, for questions that must not take long."""
    return redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)


def host_key() -> str:
    return f"{HEARTBEAT_KEY}:{socket.gethostname()}"


def has_key(broker_url: str, key: str) -> bool:
    try:
        with broker(broker_url) as client:
            return client.get(key) is not None
    except redis.RedisError:
        return False


def worker_is_alive(broker_url: str) -> bool:
    """Whether any worker renewed its heartbeat lately. Asks the broker, for at most a second or two."""
    return has_key(broker_url, HEARTBEAT_KEY)
