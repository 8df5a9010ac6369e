# `make demo` and `make test` are all a newcomer needs; both work from a fresh clone.
PYTHON ?= python3
PORT ?= 8000
PYTEST_WORKERS ?= 3
export PYTHON PORT RESET

# macOS looks for Homebrew's Pango only where it is told to.
LIBRARIES := $(if $(filter Darwin,$(shell uname -s)),DYLD_FALLBACK_LIBRARY_PATH=/opt/homebrew/lib:/usr/local/lib)

.PHONY: demo test test-deep setup setup-test manual checks lint style types models pytest lock sbom advisories

demo: setup manual
	@exec env $(LIBRARIES) .venv/bin/python manage.py demo

test: setup-test
	@$(MAKE) --no-print-directory -j2 checks
	@$(MAKE) --no-print-directory pytest

# Long random lives, wide searches and every picture: an hour or more.
test-deep: setup-test
	$(LIBRARIES) .venv/bin/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal -m deep $(ARGS)
	$(LIBRARIES) LIVES=20 .venv/bin/python -m pytest -n $(PYTEST_WORKERS) -m "not deep" \
		tests/invariants/test_waterfall*.py tests/invariants/test_workbook_at_random.py

setup:
	@bash devtools/bootstrap.sh

setup-test:
	@bash devtools/bootstrap.sh test

# The pages at /help/, where something in docs/ has changed.
manual:
	.venv/bin/python -m devtools.manual

checks: manual lint

lint: style types models

style:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports

types:
	.venv/bin/mypy

models:
	.venv/bin/python manage.py makemigrations --check --dry-run

pytest:
	$(LIBRARIES) .venv/bin/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal -m "not deep" $(ARGS)

# Renews the four locks, each on the one before; they name no package index.
COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-find-links \
	--custom-compile-command "make lock" $(UPGRADE)

lock: UPGRADE = --upgrade
lock: setup-test
	$(COMPILE) requirements.in -o requirements.lock
	$(COMPILE) requirements-manual.in -c requirements.lock -o requirements-manual.lock
	$(COMPILE) requirements-demo.in -c requirements.lock -c requirements-manual.lock -o requirements-demo.lock
	$(COMPILE) requirements-dev.in -c requirements-demo.lock -o requirements-dev.lock
	$(MAKE) sbom

# What production is made of, as CycloneDX.
sbom:
	.venv/bin/cyclonedx-py requirements requirements.lock --output-reproducible --spec-version 1.6 -o docs/sbom.json

# Renews what is known against the locked packages; the tests say what of it concerns them.
advisories:
	.venv/bin/python -m devtools.advisories
