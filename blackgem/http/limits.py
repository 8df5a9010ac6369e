"""How often a user may ask, and how often an address may send a bad token; and when to come back.

One count in the broker for all processes, kept by the generic cell rate algorithm (ITU-T I.371): of each key the moment
is kept at which all that it has used up is free again. A minute's worth may come at once. Time is the broker's.
"""

import logging
import time
from functools import cache

import redis
from django.conf import settings
from django.http import HttpRequest

from blackgem.lib.errors import TooManyRequests

PREFIX = "blackgem:limit:"
#: How many refusals of one address a minute are recorded one by one.
REFUSALS_PER_MINUTE = 60
#: Seconds for which a broker that did not answer is not asked again.
PAUSE = 5
logger = logging.getLogger("blackgem.api")

# KEYS[1] what is counted, ARGV[1] how many a minute. Answers 0, or the microseconds until one more is let through;
# what is refused is not counted. What stands there otherwise, and more than a minute ahead, nobody here has written.
_SPEND = """
local now = redis.call('TIME')
now = now[1] * 1000000 + now[2]
local minute = 60000000
local each = minute / ARGV[1]
local held = redis.pcall('GET', KEYS[1])
local free = type(held) == 'string' and tonumber(held) or 0
if not (free >= now and free <= now + minute + 1) then free = now end
local wait = free + each - now - minute
if wait > 1 then return math.ceil(wait) end
free = free + each
redis.call('SET', KEYS[1], string.format('%.0f', free), 'PX', math.ceil((free - now) / 1000) + 1)
return 0
"""
_away_until = 0.0


def count_request(user) -> None:
    """Raise TooManyRequests where this user has used up its minute, whatever token or browser it asks with."""
    wait = _spend(f"user:{user.pk}", settings.API_REQUESTS_PER_MINUTE)
    _refuse(wait, "rate.requests", "These are too many requests.")


def count_bad_token(request: HttpRequest) -> None:
    """Raise TooManyRequests where this address has sent too many bad tokens.

    A good one is let through all the same: whoever shares the address is not locked out, and nobody guesses 256 bits.
    """
    wait = _spend(f"address:{address_of(request)}", settings.API_BAD_TOKENS_PER_MINUTE)
    _refuse(wait, "rate.bad_tokens", "Too many bad tokens came from this address.")


def may_record_refusal(request: HttpRequest) -> bool:
    """Whether a refusal from this address is still recorded as an event of its own in this minute."""
    return not _spend(f"refused:{address_of(request)}", REFUSALS_PER_MINUTE)


def address_of(request: HttpRequest) -> str:
    """Who is at the other end: what the outermost proxy that we trust saw, else whoever speaks to us."""
    chain = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted = settings.TRUSTED_PROXY_COUNT
    seen = chain[-trusted] if 0 < trusted <= len(chain) else ""
    return seen[:64] or request.META.get("REMOTE_ADDR", "")


def _refuse(microseconds: int, code: str, message: str) -> None:
    if microseconds:
        seconds = -(-microseconds // 1_000_000)
        raise TooManyRequests(code, f"{message} Come back in {seconds} s.", retry_after=seconds)


def _spend(key: str, per_minute: int) -> int:
    """Microseconds to wait, 0 for none. Nothing is limited while the broker is away, and nobody waits for it."""
    global _away_until
    if not per_minute or time.monotonic() < _away_until:
        return 0
    try:
        return _script(settings.REDIS_URL)(keys=[PREFIX + key], args=[per_minute])
    except redis.RedisError as error:
        _away_until = time.monotonic() + PAUSE
        logger.warning("The broker does not answer, nothing is limited for %s s: %s", PAUSE, error)
        return 0


@cache
def _script(url: str):
    client = redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5)
    return client.register_script(_SPEND)
