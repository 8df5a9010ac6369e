"""The operations page, the composition and the image tell the same story as the settings."""

import re

import yaml
from django.conf import settings

from blackgem.celery import app
from devtools.embedded import runtime

ROOT = runtime.CHECKOUT
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PAGE = (ROOT / "docs/operations.md").read_text()
SETTINGS = (ROOT / "blackgem/settings.py").read_text()
ONE_OFF = {"prepare", "migrate"}
#: Writes files and reads no settings.
WITHOUT_SETTINGS = {"certificates"}
OURS = {
    name: service
    for name, service in COMPOSE["services"].items()
    if service.get("image") == "blackgem" and name not in WITHOUT_SETTINGS
}


def variables_read():
    names = re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS)
    return set(names + re.findall(r'\bread\(\s*"([A-Z_]+)"', SETTINGS))


def required():
    return set(re.findall(r'\bread\(\s*"([A-Z_]+)"', SETTINGS))


def test_every_variable_is_explained():
    explained = set(re.findall(r"`([A-Z_]+)`", PAGE))
    assert variables_read() - explained == set()


def test_the_composition_sets_what_production_requires():
    for service in OURS.values():
        assert required() - set(service["environment"]) == set()


def test_only_one_off_services_know_the_owner_and_the_administrator():
    knowing = {
        name
        for name, service in OURS.items()
        if {"DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"} & set(service["environment"])
    }
    assert knowing == ONE_OFF


def test_every_lasting_service_has_a_health_check():
    for name, service in COMPOSE["services"].items():
        if name not in ONE_OFF | WITHOUT_SETTINGS | {"web"}:  # the image itself has web's
            assert service["healthcheck"]["test"], name
    assert "HEALTHCHECK" in DOCKERFILE


def test_the_image_runs_as_an_ordinary_user_and_holds_every_app():
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["blackgem"]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    for source in " ".join(copied).split():
        assert (ROOT / source).exists(), source
    assert {
        "blackgem",
        "funds",
        "capital",
        "distributions",
        "fees",
        "closings",
        "dashboard",
        "portal",
        "templates",
        "static",
    } <= set(copied)


def test_what_builds_the_manual_stays_out_of_the_image():
    """A stage builds it from hash-locked packages; only what was built goes on."""
    building, running = re.split(r"^FROM .+$", DOCKERFILE, flags=re.MULTILINE)[1:]
    assert "--require-hashes -r requirements-manual.lock" in building
    assert "COPY --from=manual /manual/built manual" in running
    assert "requirements-manual" not in running
    assert "sphinx" not in (ROOT / "requirements.lock").read_text()


def test_ports_are_open_on_this_machine_only():
    for service in COMPOSE["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_every_password_has_to_be_given():
    text = (ROOT / "docker-compose.yml").read_text()
    for name in (
        "SECRET_KEY",
        "DATA_KEYS",
        "POSTGRES_PASSWORD",
        "OWNER_PASSWORD",
        "APP_PASSWORD",
        "REDIS_PASSWORD",
    ):
        assert f"${{{name}:?" in text


def test_what_production_requires_has_no_default_in_the_composition():
    for name in required() - {"DATABASE_URL", "REDIS_URL"}:
        assert COMPOSE["x-environment"][name] == f"${{{name}:?Put {name} into .env}}"


def test_every_image_is_named_with_its_digest():
    named = [one["image"] for one in COMPOSE["services"].values() if one["image"] != "blackgem"]
    for image in [*named, re.search(r"^ARG BASE_IMAGE=(.+)$", DOCKERFILE, re.MULTILINE)[1]]:
        assert re.fullmatch(r"[\w./:-]+@sha256:[0-9a-f]{64}", image), image


def test_every_service_is_fenced_in():
    """No privileges, a limit for everything, TLS between services, and no network that it does not need."""
    for name, one in COMPOSE["services"].items():
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert {"mem_limit", "cpus", "pids_limit"} <= set(one), name
    on = {name: set(one.get("networks", [])) for name, one in COMPOSE["services"].items()}
    assert on == {
        "certificates": set(),
        "postgres": {"database"},
        "redis": {"broker"},
        "prepare": {"database"},
        "migrate": {"database"},
        "web": {"outside", "database", "broker"},
        "worker": {"outside", "database", "broker"},
        "scheduler": {"broker"},
        "mail": {"outside"},
    }
    assert {name for name, one in COMPOSE["networks"].items() if one} == {"database", "broker"}
    text = (ROOT / "docker-compose.yml").read_text()
    verified = text.count("?sslmode=verify-full&sslrootcert=/certificates/ca.crt")
    assert text.count("postgres://") == verified == 4


def test_what_runs_by_the_clock_exists():
    app.loader.import_default_modules()
    app.autodiscover_tasks(force=True)
    assert {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()} <= app.tasks.keys()
