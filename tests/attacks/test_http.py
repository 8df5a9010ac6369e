"""I. HTTP, headers, injection, configuration: on every page. docs/attacks.md names the other tests."""

import re
import socket
from contextlib import nullcontext, suppress

import pytest
from django.db import connection
from django.test import Client

from tests.support.api import problem
from tests.support.contract import document
from tests.support.web import WebProcess

from .pages import browser_of, nothing_changed, open_all

pytestmark = pytest.mark.django_db

INJECTIONS = (
    "' OR 1=1--",
    "1;DROP TABLE payments",
    "1) UNION SELECT password FROM users--",
    "%27%20OR%201=1",
)
#: One of them goes through every page and every answer; the others do so where there is time.
EVERYWHERE = [INJECTIONS[0], *(pytest.param(one, marks=pytest.mark.deep) for one in INJECTIONS[1:])]
#: What its own page shows in a frame.
A_LETTER = re.compile(r"portal/documents/[^/]+\.pdf")
PARAMETERS = ("q", "fund", "status", "type", "sort", "page", "date_from", "date_to", "investor", "currency")
PARAMETERS += ("next", "as_of", "kind", "state", "x' OR 1=1--")
INSIDE = (b"Traceback (most recent", b"syntax error at", b"psycopg", b"SECRET_KEY", b"site-packages")


@pytest.fixture
def site(two_investors):
    return two_investors


@pytest.mark.parametrize("injection", EVERYWHERE)
def test_no_parameter_reaches_a_query(site, injection):
    """As value and as name of whatever a page may read from its address: no fault of ours, nothing moved."""
    query = "?" + "&".join(f"{name}={injection}" for name in PARAMETERS)
    headers = {
        "X-Request-ID": injection,
        "Accept-Language": injection,
        "Referer": f"http://testserver/{injection}",
    }
    browser = browser_of(site, "manager", **headers)
    with nothing_changed():
        for route, response, content in open_all(site, browser, query):
            assert response.status_code < 500 or route.path == "healthz", route
            assert not any(word in content for word in INSIDE), route
            assert injection not in response.headers.get("X-Request-ID", "")


@pytest.mark.parametrize("injection", EVERYWHERE)
def test_no_parameter_of_the_api_reaches_a_query(ids, api, injection):
    kept = {f"{name}_id": value for name, value in ids.items()}
    with nothing_changed():
        for path, operations in document()["paths"].items():
            asked = [one for one in operations.get("get", {}).get("parameters", ()) if one["in"] == "query"]
            for one in asked:
                address = path.removeprefix("/api").format(**kept)
                problem(api.get(f"{address}?{one['name']}={injection.replace(';', '%3B')}"), 422)


def test_no_key_of_a_body_reaches_a_query(api):
    with nothing_changed():
        for name in (*INJECTIONS[:2], "name__startswith", "investor__user__password", "$where", "name->>'x'"):
            told = problem(api.post("/deals", {"name": "x", name: 1}), 422, "field.unknown")
            assert told["errors"][0]["field"] == name


def test_plain_http_is_led_away_and_cookies_never_travel_on_it(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    plain = Client().get("/sign-in/")
    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/sign-in/")
    answer = Client().get("/sign-in/", secure=True)
    assert answer["Strict-Transport-Security"].startswith("max-age=31536000")
    for cookie in answer.cookies.values():
        assert cookie["secure"]
        assert cookie["samesite"] == "Lax"
    assert settings.SESSION_COOKIE_HTTPONLY
    allowed = dict(one.split("=") for one in answer["Permissions-Policy"].split(", "))
    assert {name for name, whom in allowed.items() if whom != "()"} == {
        "clipboard-write",
        "publickey-credentials-create",
        "publickey-credentials-get",
    }
    assert {"camera", "geolocation", "payment"} <= set(allowed)


CODE = re.compile(
    rb"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son[a-z]+=[\"']|javascript:|\sstyle=|<style|src=[\"']data:text",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    "who",
    [
        "manager",
        "anonymous",
        *(pytest.param(one, marks=pytest.mark.deep) for one in ("lp_b", "admin", "auditor")),
    ],
)
def test_every_page_fences_itself_in_and_changes_nothing(site, who):
    """No frame, no code in it, nobody else's scripts, nothing of the inside, no file taken; whoever asks, whatever is
    answered. No row is another afterwards, but for what an investor has read."""
    browser = browser_of(site, who, Origin="https://evil.example")
    with nullcontext() if who == "lp_b" else nothing_changed():
        opened = list(fenced(open_all(site, browser)))
    assert who in ("lp_b", "anonymous") or len(opened) > 100


def fenced(answers):
    for route, response, content in answers:
        assert response["X-Content-Type-Options"] == "nosniff", route
        assert "Access-Control-Allow-Origin" not in response, route
        framed = A_LETTER.fullmatch(route.path) and response.status_code == 200
        assert response["X-Frame-Options"] == ("SAMEORIGIN" if framed else "DENY"), route
        ancestors = "self" if framed else "none"
        policy = response["Content-Security-Policy"]
        for rule in (
            f"frame-ancestors '{ancestors}'",
            "object-src 'none'",
            "base-uri 'none'",
            "script-src 'self'",
        ):
            assert rule in policy, route
        assert "unsafe" not in policy
        assert not any(word in content for word in INSIDE), route
        if response["Content-Type"].startswith("text/html"):
            found = CODE.search(content)
            assert found is None, (route, found)
        assert b'type="file"' not in content, route
        assert b"multipart/form-data" not in content, route
        yield route


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/api/schema/",
        "/__debug__/",
        "/metrics",
        "/silk/",
        "/static/../manage.py",
        "/static/%2e%2e/blackgem/settings.py",
        "/server-status",
        "/debug/",
        "/phpinfo.php",
    ],
)
def test_addresses_that_scanners_ask_for(path):
    answer = Client().get(path)
    assert answer.status_code == 404
    assert not any(word in answer.content for word in INSIDE)


def test_a_change_would_be_seen(site):
    """The negative control."""
    assert site.ids
    with pytest.raises(AssertionError), nothing_changed(), connection.cursor() as cursor:
        cursor.execute("UPDATE deals SET description = 'x'")


# ---------------------------------------------------------------- I6: what the web server refuses before us


@pytest.fixture(scope="module")
def web(tmp_path_factory, django_db_setup):
    started = WebProcess(tmp_path_factory.mktemp("web") / "web.log").start()
    yield started
    started.stop()


SMUGGLED = b"GET /healthz/ HTTP/1.1\r\nHost: testserver\r\n\r\n"
RAW = {
    "CL and TE": b"POST /api/deals HTTP/1.1\r\nHost: testserver\r\nContent-Length: 4\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two CL": b"POST /api/deals HTTP/1.1\r\nHost: testserver\r\nContent-Length: 4\r\nContent-Length: 60\r\n\r\nabcd",
    "odd TE": b"POST /api/deals HTTP/1.1\r\nHost: testserver\r\nTransfer-Encoding: xchunked\r\n\r\n"
    + SMUGGLED,
    "100 kB header": b"GET / HTTP/1.1\r\nHost: testserver\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n",
    "10,000 headers": b"GET / HTTP/1.1\r\nHost: testserver\r\n" + b"X-H: 1\r\n" * 10_000 + b"\r\n",
    "long line": b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: testserver\r\n\r\n",
    "space in a name": b"GET / HTTP/1.1\r\nHost: testserver\r\nX-A : 1\r\n\r\n",
}


@pytest.mark.parametrize("sent", RAW.values(), ids=RAW)
def test_what_could_be_read_in_two_ways_is_read_in_none(web, sent):
    with socket.create_connection(("127.0.0.1", web.port), timeout=20) as connection:
        with suppress(OSError):  # it may have heard enough, and hung up
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
        heard = b""
        try:
            while block := connection.recv(65536):
                heard += block
        except OSError:
            assert not heard or heard.startswith(b"HTTP/1.1 4")
    assert not heard or re.match(rb"HTTP/1.1 (4\d\d|501) ", heard), heard[:200]
    assert heard.count(b"HTTP/1.1 ") <= 1
