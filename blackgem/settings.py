"""Settings, one file. What differs between machines comes from the environment, read here at the top.

Locally nothing needs to be set: the embedded services' addresses come from `var/runtime.json`. With
BLACKGEM_ENV=production (the Docker image sets it) a missing value stops the start with a hint.
`docs/operations.md` has the table of variables.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from blackgem.connections import broker_tls, database
from blackgem.hardening import check_production
from blackgem.schedule import schedule

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

ENVIRONMENT = env.str("BLACKGEM_ENV", "local")
if ENVIRONMENT not in {"local", "test", "production"}:
    raise ImproperlyConfigured(f"BLACKGEM_ENV is {ENVIRONMENT!r}; it can be local, test or production.")
PRODUCTION = ENVIRONMENT == "production"


def read(name, hint, *, local, cast=str):
    """One variable: required in production, else `local` (a function, called only when needed)."""
    if env.str(name, ""):
        return env.get_value(name, cast=cast)
    if PRODUCTION:
        raise ImproperlyConfigured(f"{name} is not set. {hint}")
    return local()


def embedded():
    """Ports and passwords of the embedded services. Production has none, and not the package either."""
    from devtools.embedded import runtime

    return runtime


def local_port(service, otherwise):
    """Where the service listens, whether or not it is running."""
    return embedded().read().get(service, {}).get("port", otherwise)


def local_url(role):
    """The embedded cluster's address."""
    password, port = embedded().secret(role), local_port("postgres", 5432)
    return f"postgres://{role}:{password}@127.0.0.1:{port}/blackgem"


def local_redis_url():
    return f"redis://:{embedded().secret('valkey')}@127.0.0.1:{local_port('valkey', 6379)}/0"


DEBUG = env.bool("DEBUG", False)
SECRET_KEY = read(
    "SECRET_KEY",
    'Draw one with: python -c "import secrets; print(secrets.token_urlsafe(50))"',
    local=lambda: embedded().secret("secret_key"),
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DATA_KEYS = read(
    "DATA_KEYS",
    "What account numbers are encrypted under; draw one as SECRET_KEY is drawn. Earlier ones follow it, with commas.",
    local=lambda: [embedded().secret("data_key")],
    cast=list,
)
DATABASE_URL = read(
    "DATABASE_URL",
    "For example postgres://blackgem_app:…@db:5432/blackgem, the lesser role.",
    local=lambda: local_url("blackgem_app"),
)
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", "") or (
    DATABASE_URL if env.str("DATABASE_URL", "") else local_url("blackgem_owner")
)
DATABASE_POOL_MAX = env.int("DATABASE_POOL_MAX", 0)
DATABASE_CONN_MAX_AGE = env.int("DATABASE_CONN_MAX_AGE", 0)
# Seconds; 0 waits for ever, as a migration or an import may.
DATABASE_LOCK_TIMEOUT = env.int("DATABASE_LOCK_TIMEOUT", 0)
DATABASE_STATEMENT_TIMEOUT = env.int("DATABASE_STATEMENT_TIMEOUT", 0)
REDIS_URL = read("REDIS_URL", "For example redis://redis:6379/0.", local=local_redis_url)
EMAIL_URL = read(
    "EMAIL_URL",
    "For example smtp+tls://user:password@mail.example:587.",
    local=lambda: f"smtp://127.0.0.1:{local_port('mail', 1025)}",
)
SITE_URL = read(
    "SITE_URL",
    "The address people type, for links in mail: https://capital.example.",
    local=lambda: f"http://127.0.0.1:{env.int('PORT', local_port('web', 8000))}",
).rstrip("/")
ALLOWED_HOSTS = read(
    "ALLOWED_HOSTS",
    "The host names this site answers to, separated by commas: capital.example.",
    local=lambda: ["127.0.0.1", "localhost", "[::1]", "testserver"],
    cast=list,
)
DEFAULT_FROM_EMAIL = read(
    "DEFAULT_FROM_EMAIL", "The sender of notices: capital@fund.example.", local=lambda: "capital@demo.example"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SECURE = SITE_URL.startswith("https://")
if PRODUCTION:
    check_production(
        secret_key=SECRET_KEY,
        data_keys=DATA_KEYS,
        database_url=DATABASE_URL,
        redis_url=REDIS_URL,
        email_url=EMAIL_URL,
        site_url=SITE_URL,
        allowed_hosts=ALLOWED_HOSTS,
        debug=DEBUG,
        base_image=env.str("BASE_IMAGE", ""),
        plain_allowed=env.bool("ALLOW_PLAIN_CONNECTIONS", False),
    )
# A proxy ends TLS in front of the site; it must set X-Forwarded-Proto itself, whatever the client sent.
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", SECURE)

# Requests a user may make, and bad tokens an address may send, in any minute; 0 is no limit. Tests set their own.
_GENEROUS = {"production": (600, 30), "local": (60_000, 60_000), "test": (0, 0)}[ENVIRONMENT]
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", _GENEROUS[0])
API_BAD_TOKENS_PER_MINUTE = env.int("API_BAD_TOKENS_PER_MINUTE", _GENEROUS[1])

# -- Django --------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    # First, so that our own admin comes after theirs and can take its pages away.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "blackgem",
    "portal",
    "dashboard",
    "evidence",
    "closings",
    "banking",
    "fees",
    "capital",
    "distributions",
    "funds",
    "blackgem.admin_app.BlackGemAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "csp",
    "django_fsm",
    "django_htmx",
    "template_partials",
]
INSTALLED_APPS += [] if PRODUCTION else ["devtools"]  # demo, embedded services, benchmark, drills
MIDDLEWARE = [
    "blackgem.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "blackgem.compressed.Compressed",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "blackgem.refusals.RefusalsRecorded",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "blackgem.middleware.DomainErrors",
    "blackgem.identity.middleware.KnownSessions",
    "blackgem.identity.middleware.SecondFactorDemanded",
    "blackgem.taken.FilesRecorded",
]
ROOT_URLCONF = "blackgem.urls"
WSGI_APPLICATION = "blackgem.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "blackgem.identity.context.layout",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
SITE_NAME = "BlackGem"

# -- Database ------------------------------------------------------------------------------------------------

DATABASES = {
    # The application's role owns nothing. The owner's connection is for migrations.
    "default": database(
        DATABASE_URL,
        pool_max=DATABASE_POOL_MAX,
        max_age=DATABASE_CONN_MAX_AGE,
        lock_timeout=DATABASE_LOCK_TIMEOUT,
        statement_timeout=DATABASE_STATEMENT_TIMEOUT,
    ),
    "owner": database(DATABASE_OWNER_URL),
}
DATABASE_APP_ROLE = DATABASES["default"].get("USER") or "blackgem_app"

# Counts of attempts: shared by all processes, and still there after a restart.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
    # What one process remembers of what it worked out: a few large entries.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20},
    },
}

# -- Accounts and security -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "blackgem.User"
AUTHENTICATION_BACKENDS = ["blackgem.accounts.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if ENVIRONMENT == "test":  # A slow hash guards real passwords; tests make people by the thousand.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", PRODUCTION)
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", 15 if PRODUCTION else 0)
# How many proxies of ours add to X-Forwarded-For; what stands further left in it anybody could have written.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 1 if BEHIND_TLS_PROXY else 0)
INVITATION_DAYS = env.int("INVITATION_DAYS", 7)
REQUEST_DAYS = env.int("REQUEST_DAYS", 30 if PRODUCTION else 36_500)
BANK_DETAILS_REST_HOURS = env.int("BANK_DETAILS_REST_HOURS", 72 if PRODUCTION else 0)
ACCOUNT_REST_HOURS = env.int("ACCOUNT_REST_HOURS", 72)  # never less than 24: the database counts too
CSRF_FAILURE_VIEW = "blackgem.middleware.csrf_failure"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

PASSWORD_RESET_TIMEOUT = 2 * 60 * 60

ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
ACCOUNT_ADAPTER = "blackgem.identity.adapters.AccountAdapter"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# People are entered by administrators or invited; nobody signs up, and an address is proved by the invitation.
ACCOUNT_EMAIL_VERIFICATION = "none"
# The same time passes and the same page is answered, whether or not somebody has this address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_FORMS = {
    "request_login_code": "blackgem.identity.forms.MailedCodeForm",
    "reset_password": "blackgem.identity.forms.ForgottenPasswordForm",
    "user_token": "blackgem.identity.forms.ResetTokenForm",
}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "blackgem.identity.protection.ResetTokens"  # noqa: S105 - the path of a class, no secret
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    # The key is the address together with where the attempt comes from: a stranger locks out nobody but himself.
    "login_failed": "30/10m/ip,5/5m/key",
    "request_login_code": "20/10m/ip,5/10m/key",
    "reset_password": "20/10m/ip,5/10m/key",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
MFA_ADAPTER = "blackgem.identity.adapters.SecondFactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    f"{verb}_webauthn": f"blackgem.identity.passkeys.{verb.capitalize()}Form"
    for verb in ("add", "authenticate", "login", "reauthenticate")
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
# A clock may be half a minute off; a code is good once.
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
# With this prefix a browser takes them from this host alone, over TLS, and no neighbouring host can set them.
COOKIE_PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = SECURE and not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^healthz/?$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **{f"{kind}-src": [SELF] for kind in ("default", "script", "style", "font", "connect")},
        "img-src": [SELF, "data:"],
        "form-action": [SELF],
        **{kind: [NONE] for kind in ("object-src", "base-uri", "frame-ancestors")},
    },
}

# -- Static files --------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
_finders = ("staticfiles.finders.FileSystemFinder", "staticfiles.finders.AppDirectoriesFinder")
STATICFILES_FINDERS = [*(f"django.contrib.{one}" for one in _finders), "blackgem.static_files.JoinedFiles"]
# Collected for the image and for the demonstration; elsewhere WhiteNoise serves the sources.
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else env.str("STATIC_ROOT", "") or None
WHITENOISE_USE_FINDERS = not STATIC_ROOT
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
_storage = "whitenoise.storage.CompressedManifest" if STATIC_ROOT else "django.contrib.staticfiles.storage."
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": f"{_storage}StaticFilesStorage"},
}

# What Sphinx built from `docs/`: in the image a stage does it, elsewhere `python -m devtools.manual`.
MANUAL_ROOT = BASE_DIR / ("manual" if PRODUCTION else "var/manual")

# -- Mail ----------------------------------------------------------------------------------------------------

_mail = environ.Env.email_url_config(EMAIL_URL)
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _mail.get("EMAIL_HOST") or "localhost", _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 20)

# -- Celery --------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_USE_SSL = broker_tls(REDIS_URL)
CELERY_BROKER_TRANSPORT = "blackgem.broker:Transport"
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", 2)
# WeasyPrint's memory creeps from 64 to 81 MB over 120 documents.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# The broker only wakes workers: who cannot be woken now is found by the next sweep, so publishing gives up soon.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # What a killed worker held is offered again when nobody can be at it any more; the sweep finds it sooner.
    "visibility_timeout": CELERY_TASK_TIME_LIMIT + 30,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
}
CELERY_BEAT_SCHEDULE = schedule(sweep_seconds=env.int("NOTICE_SWEEP_SECONDS", 15))
EVIDENCE_ANCHOR_FILE = env.str("EVIDENCE_ANCHOR_FILE", "")  # where the newest seal is kept
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# -- Logging -------------------------------------------------------------------------------------------------

LOGGING_CONFIG = "blackgem.logs.configure"
LOGGING = {"level": env.str("LOG_LEVEL", "INFO"), "json": env.bool("LOG_JSON", PRODUCTION)}

# -- Notices -----------------------------------------------------------------------------------------------------------

# Dotted path of a callable(message_id) -> True, False or None that asks the relay whether it took a mail.
MAIL_RELAY_LOOKUP = env.str("MAIL_RELAY_LOOKUP", "")
# How long a worker may hold a mail before its fate counts as unknown.
NOTICE_LEASE_SECONDS = env.int("NOTICE_LEASE_SECONDS", 300)
NOTICE_LATE_SECONDS = env.int("NOTICE_LATE_SECONDS", 900)  # a letter that waits longer: the site is not well
