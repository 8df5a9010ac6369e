"""What the addresses of the services become for the libraries that speak to them."""

import ssl
from urllib.parse import parse_qs, urlsplit

import environ


def database(url, *, pool_max=0, max_age=0, lock_timeout=0, statement_timeout=0):
    """A PostgreSQL connection: a pool of at most `pool_max` per process, or connections kept `max_age` seconds.

    It waits `lock_timeout` seconds for what somebody else holds and `statement_timeout` for any statement; 0: for ever.
    No statement is compiled first (`jit`): what several reads in one statement cost is estimated far too high, and most
    are done sooner than that would take.
    """
    settings = environ.Env.db_url_config(url)
    settings["ENGINE"] = "django.db.backends.postgresql"
    settings["CONN_MAX_AGE"] = 0 if pool_max else max_age
    settings["CONN_HEALTH_CHECKS"] = True
    options = settings.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 10)
    limits = {"lock_timeout": lock_timeout, "statement_timeout": statement_timeout}
    given = [options["options"]] if "options" in options else []
    if any(limits.values()):
        given += [f"-c {name}={seconds}s" for name, seconds in limits.items()]
    options["options"] = " ".join([*given, "-c jit=off"])
    if pool_max:
        options["pool"] = {"min_size": min(2, pool_max), "max_size": pool_max, "timeout": 20}
    return settings


def broker_tls(url: str) -> dict | None:
    """How Celery speaks to a broker at `rediss://`: it has to show a certificate of `?ssl_ca_certs=`, a file, or where
    none is named of an authority that this machine knows. None without TLS."""
    parts = urlsplit(url)
    if parts.scheme != "rediss":
        return None
    [authorities] = parse_qs(parts.query).get("ssl_ca_certs", [None])
    return {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_ca_certs": authorities}
