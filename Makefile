# `make demo` and `make test` are all a newcomer needs; both work from a fresh clone.
PYTHON ?= python3
PORT ?= 8000
PYTEST_WORKERS ?= 2
export PYTHON PORT RESET

.PHONY: demo test setup setup-test lint pytest lock

demo: setup
	@exec .venv/bin/python manage.py demo

test: setup-test lint pytest

setup:
	@bash blackgem/bootstrap.sh

setup-test:
	@bash blackgem/bootstrap.sh test

lint:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/mypy
	.venv/bin/python manage.py makemigrations --check --dry-run

pytest:
	.venv/bin/python -m pytest -n $(PYTEST_WORKERS) $(ARGS)

# Renews both locks; they name no package index.
lock: setup-test
	.venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-find-links \
		--custom-compile-command "make lock" requirements.in -o requirements.lock
	.venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-find-links \
		--custom-compile-command "make lock" requirements-dev.in -c requirements.lock -o requirements-dev.lock
