"""What the manual names is there: its links, its pictures, commands of the shell, requests of the API."""

import json
import re
import shlex
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import resolve
from jsonschema import Draft202012Validator

from blackgem.api import api
from blackgem.manual import contents
from devtools import manual
from devtools.embedded.runtime import CHECKOUT
from tests.support.manual import bodies, leads_nowhere, links, pictures

PAGES = sorted((manual.DOCS / "manual").rglob("*.md"))
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_ROUTE = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/api/[^`]+)`\n\n```json\n(.*?)```", re.DOTALL)
TARGETS = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
#: What an operator's machine has, and what is not ours to look for.
TOOLS = {"docker", "curl", "python", ".venv/bin/python", "make"}


def blocks(language: str) -> list[tuple[str, str]]:
    return [
        (page.name, text)
        for page in PAGES
        for _, found, text in _BLOCK.findall(page.read_text())
        if found == language
    ]


def commands() -> list[tuple[str, str]]:
    """(page, line) for every line that a reader types."""
    return [(page, line.strip()) for page, text in blocks("sh") for line in text.splitlines() if line.strip()]


def test_it_is_built_without_a_warning():
    """As it stands: a build that is not as new as its pages is made anew, and raises where Sphinx warns."""
    manual.build()
    assert json.loads((manual.BUILT / "contents.json").read_text()).keys() == contents().keys()


def test_each_reader_has_a_chapter():
    assert contents()[""]["pages"] == [
        "managers/",
        "investors/",
        "administrators/",
        "operators/",
        "developers/",
        "glossary/",
    ]
    assert all(contents()[chapter]["pages"] for chapter in contents()[""]["pages"][:-1])


def test_every_link_leads_somewhere():
    within = [(page, link) for page, link in links() if link.startswith("/help/")]
    assert len(within) > 100
    assert [(page, link) for page, link in within if leads_nowhere(link)] == []


def test_links_to_the_site_open_pages_of_it():
    outside = {link for _, link in links() if link.startswith("/") and not link.startswith("/help/")}
    assert {link: resolve(link).func for link in outside}.keys() == outside != set()


def test_every_picture_is_there_and_says_what_it_shows():
    shown = pictures()
    assert len(shown) > 10
    known = {f"/help/_images/{file.name}" for file in (manual.BUILT / "_images").iterdir()}
    assert [(page, picture) for page, picture in shown if picture not in known] == []
    mute = re.compile(r'<img (?![^>]*alt="[^"]+")')
    assert [page for page, body in bodies().items() if mute.search(body)] == []


@pytest.mark.parametrize(("page", "line"), commands())
def test_every_command_exists(page, line):
    words = shlex.split(line)
    assert words[0] in TOOLS
    if words[0] == "make":
        assert set(words[1:]) <= TARGETS
    if "manage.py" in words:
        assert words[words.index("manage.py") + 1] in get_commands()
    for script in (word for word in words if word.endswith(".py") and word != "manage.py"):
        assert Path(CHECKOUT, script).exists()
    for url in (word for word in words if word.startswith("https://capital.example")):
        resolve(url.removeprefix("https://capital.example"))


def test_commands_named_in_a_sentence_exist_too():
    said = " ".join(page.read_text() for page in PAGES)
    assert set(re.findall(r"`(?:python )?manage\.py (\w+)", said)) <= set(get_commands())
    assert set(re.findall(r"`make ([a-z-]+)", said)) <= TARGETS
    assert [
        path for path in re.findall(r"`((?:docs|tests|blackgem)/[\w/.-]+)`", said) if not_there(path)
    ] == []


def test_every_word_of_the_glossary_is_one_of_the_pages():
    """The glossary explains what people read, by the same words."""
    terms = re.findall(r'<dt id="term-[^"]+">([^<]+)', bodies()["/help/glossary/"])
    code = [file for app in ("funds", "capital", "distributions") for file in (CHECKOUT / app).rglob("*.py")]
    files = [*(CHECKOUT / "templates").rglob("*.html"), *code]
    words = " ".join(re.sub(r"<[^>]*>|\s+", " ", file.read_text()) for file in files).lower()
    assert len(terms) > 50
    assert [term for term in terms if term.lower() not in words] == []


def not_there(path: str) -> bool:
    return not (CHECKOUT / path).exists()


def test_every_request_of_the_api_is_one_that_it_takes():
    schema = api.get_openapi_schema()
    found = [one for page in PAGES for one in _ROUTE.findall(page.read_text())]
    assert len(found) >= 2
    assert len(found) == len(blocks("json"))
    for verb, path, body in found:
        asked = schema["paths"][path][verb.lower()]["requestBody"]["content"]["application/json"]["schema"]
        described = {**asked, "components": schema["components"]}
        assert list(Draft202012Validator(described).iter_errors(json.loads(body))) == []
