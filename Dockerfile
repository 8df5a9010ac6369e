# One image for web, worker, scheduler and the one-off commands; docker-compose.yml says which does what.
# A base image is named with its digest: a tag alone can be moved by others, and production refuses what was built on one.
ARG BASE_IMAGE=python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b

# The manual at /help/, built from docs/ with packages that the application does without.
FROM ${BASE_IMAGE} AS manual
WORKDIR /manual
COPY requirements-manual.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-manual.lock
COPY docs docs
RUN python -m sphinx -q -W --keep-going -n -b manual -c docs/manual docs built \
    && rm -rf built/.doctrees built/_static built/_sources built/environment.pickle

FROM ${BASE_IMAGE}
ARG BASE_IMAGE
ENV BASE_IMAGE=${BASE_IMAGE}

RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /home/blackgem blackgem \
    && install --directory --owner=999 --group=999 --mode=0755 /certificates

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    XDG_CACHE_HOME=/tmp/cache \
    BLACKGEM_ENV=production

WORKDIR /app

COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY manage.py pyproject.toml ./
COPY blackgem blackgem
COPY funds funds
COPY capital capital
COPY distributions distributions
COPY fees fees
COPY closings closings
COPY banking banking
COPY evidence evidence
COPY dashboard dashboard
COPY portal portal
COPY templates templates
COPY static static
COPY docs/manual/glossary.md docs/manual/
COPY --from=manual /manual/built manual

# Collecting static files needs settings, not services: these values end with the command.
RUN SECRET_KEY=used-for-nothing-but-this-one-command-of-the-build-of-the-image \
    DATA_KEYS=nor-is-this-which-encrypts-nothing-but-is-asked-for-by-the-settings \
    DATABASE_URL="postgres://build:build@localhost/build?sslmode=verify-full" \
    REDIS_URL=rediss://:build@localhost EMAIL_URL=smtp+tls://localhost SITE_URL=https://localhost \
    ALLOWED_HOSTS=localhost DEFAULT_FROM_EMAIL=build@localhost.example \
    python manage.py collectstatic --noinput \
    && python -m compileall -q blackgem funds capital distributions fees banking closings evidence dashboard portal

USER blackgem
EXPOSE 8000

# The web process. It says healthy only while database and worker are up as well.
CMD ["gunicorn", "blackgem.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=32", \
     "--timeout=120", "--max-requests=20000", "--max-requests-jitter=2000", "--worker-tmp-dir=/dev/shm", \
     "--no-control-socket", "--logger-class=blackgem.logs.ServerLogger"]

HEALTHCHECK --interval=15s --timeout=6s --start-period=60s --retries=4 CMD ["python", "-m", "blackgem.probe", "web"]
