"""Health checks of the containers: `python -m blackgem.probe web | worker | scheduler`. Exits 0 when healthy."""

import os
import sys
import urllib.error
import urllib.request

from blackgem.celery import SCHEDULER_KEY, has_key, host_key


def web_is_healthy() -> bool:
    """Asks this container's own web server. The host name must be one it answers to."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    port = os.environ.get("PORT", "8000")
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz/", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - our own address
            return answer.status == 200
    except urllib.error.HTTPError as error:
        sys.stderr.write(error.read(500).decode(errors="replace"))
        error.close()
    except OSError as error:
        sys.stderr.write(str(error))
    return False


def worker_is_healthy() -> bool:
    """The worker of this host renewed its heartbeat in the broker within the last seconds."""
    return has_key(os.environ["REDIS_URL"], host_key())


def scheduler_is_healthy() -> bool:
    """The scheduler published something in the last minute and a half."""
    return has_key(os.environ["REDIS_URL"], SCHEDULER_KEY)


CHECKS = {"web": web_is_healthy, "worker": worker_is_healthy, "scheduler": scheduler_is_healthy}

if __name__ == "__main__":
    sys.exit(0 if CHECKS[sys.argv[1]]() else 1)
