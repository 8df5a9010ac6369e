"""What production may not be started without: each value that would otherwise lose security in silence.

A password or TLS that is forgotten is found at the start, with a hint, and never by whoever looks for it first.
`ALLOW_PLAIN_CONNECTIONS=true` says that connections without TLS are meant, as where all services share one host.
"""

from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured

#: Characters of a secret key: what `secrets.token_urlsafe(50)` draws has 67.
SHORTEST_KEY = 50
#: What of libpq's modes encrypts and knows whom it speaks to.
VERIFIED = {"verify-ca", "verify-full"}


def check_production(
    *,
    secret_key: str,
    data_keys: list[str],
    database_url: str,
    redis_url: str,
    email_url: str,
    site_url: str,
    allowed_hosts: list[str],
    debug: bool,
    base_image: str,
    plain_allowed: bool,
) -> None:
    """Raise ImproperlyConfigured with every reason why these values are no production's."""
    wrong = [
        *_secrets(secret_key, database_url, redis_url),
        *_data_keys(data_keys, secret_key),
        *([] if plain_allowed else _plain_connections(database_url, redis_url, email_url, site_url)),
    ]
    if "*" in allowed_hosts:
        wrong.append("ALLOWED_HOSTS names every host. Name those of this site.")
    if debug:
        wrong.append("DEBUG is on: its pages show settings and variables to whoever finds an error.")
    if base_image and "@sha256:" not in base_image:
        wrong.append(
            f"The image was built on {base_image}, a tag that others can move. Name it with its digest."
        )
    if wrong:
        raise ImproperlyConfigured(" ".join(wrong))


def _secrets(secret_key: str, database_url: str, redis_url: str) -> list[str]:
    wrong = []
    if len(secret_key) < SHORTEST_KEY:
        wrong.append(f"SECRET_KEY is shorter than {SHORTEST_KEY} characters.")
    for name, url in (("DATABASE_URL", database_url), ("REDIS_URL", redis_url)):
        if not urlsplit(url).password:
            wrong.append(f"{name} has no password.")
    return wrong


def _data_keys(data_keys: list[str], secret_key: str) -> list[str]:
    wrong = []
    if any(len(key) < SHORTEST_KEY for key in data_keys):
        wrong.append(f"One of DATA_KEYS is shorter than {SHORTEST_KEY} characters.")
    if secret_key in data_keys:
        wrong.append("SECRET_KEY is among DATA_KEYS. Draw another one.")
    return wrong


def _plain_connections(database_url: str, redis_url: str, email_url: str, site_url: str) -> list[str]:
    mode = parse_qs(urlsplit(database_url).query).get("sslmode", [""])[0]
    asked = {
        "SITE_URL does not begin with https://.": site_url.startswith("https://"),
        "REDIS_URL does not begin with rediss://.": urlsplit(redis_url).scheme == "rediss",
        "EMAIL_URL begins with neither smtp+tls:// nor smtp+ssl://.": urlsplit(email_url).scheme
        in {"smtp+tls", "smtp+ssl"},
        "DATABASE_URL has no ?sslmode=verify-full (with sslrootcert= where the authority is your own).": mode
        in VERIFIED,
    }
    wrong = [reason for reason, holds in asked.items() if not holds]
    if wrong:
        wrong.append("Where plain connections are meant, set ALLOW_PLAIN_CONNECTIONS=true.")
    return wrong
