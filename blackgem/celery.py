"""The Celery application. Its broker only wakes workers: what is to be done stands in the database."""

import contextlib
import os
import threading

import redis
from celery import Celery
from celery.signals import setup_logging, worker_ready, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blackgem.settings")

app = Celery("blackgem")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

HEARTBEAT_KEY = "blackgem:worker-heartbeat"
HEARTBEAT_SECONDS = 3
HEARTBEAT_EXPIRES_SECONDS = 15
_stopping = threading.Event()


@setup_logging.connect
def keep_django_logging(**_):
    """Having a receiver here keeps Celery from configuring logging itself."""


@worker_ready.connect
def start_heartbeat(**_):
    """While the worker lives, a key in the broker says so; it expires by itself."""
    threading.Thread(target=beat, args=[app.conf.broker_url], daemon=True, name="heartbeat").start()


@worker_shutting_down.connect
def stop_heartbeat(**_):
    _stopping.set()


def beat(broker_url: str) -> None:
    """Renew the key until the worker shuts down; a broker that is away for a while is no reason to stop."""
    client = redis.Redis.from_url(broker_url, socket_connect_timeout=2, socket_timeout=2)
    while True:
        with contextlib.suppress(redis.RedisError):
            client.set(HEARTBEAT_KEY, os.getpid(), ex=HEARTBEAT_EXPIRES_SECONDS)
        if _stopping.wait(HEARTBEAT_SECONDS):
            client.close()
            return


def worker_is_alive(broker_url: str) -> bool:
    """Whether a worker renewed its heartbeat lately. Asks the broker, for at most a second or two."""
    try:
        with redis.Redis.from_url(broker_url, socket_connect_timeout=1, socket_timeout=1) as client:
            return client.get(HEARTBEAT_KEY) is not None
    except redis.RedisError:
        return False
