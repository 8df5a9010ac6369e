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
OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("image") == "blackgem"}


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
        if name not in ONE_OFF | {"web"}:  # the image itself has web's
            assert service["healthcheck"]["test"], name
    assert "HEALTHCHECK" in DOCKERFILE


def test_the_image_runs_as_an_ordinary_user_and_holds_every_app():
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["blackgem"]
    copied = re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE)
    for source in " ".join(copied).split():
        assert (ROOT / source).exists(), source
    assert {
        "blackgem",
        "funds",
        "capital",
        "distributions",
        "dashboard",
        "portal",
        "templates",
        "static",
    } <= set(copied)


def test_ports_are_open_on_this_machine_only():
    for service in COMPOSE["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_every_password_has_to_be_given():
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD"):
        assert f"${{{name}:?" in text


def test_what_runs_by_the_clock_exists():
    app.loader.import_default_modules()
    app.autodiscover_tasks(force=True)
    assert {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()} <= app.tasks.keys()
