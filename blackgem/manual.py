"""The manual at /help/: pages that Sphinx built from `docs/`, shown in the site's own frame to whoever is signed in.

Each kind of reader begins at a chapter of its own. Who works here may read them all; an investor what is about using
the site, not how it is kept and what was tried against it.
"""

import json
from collections.abc import Callable
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from blackgem.lib.access import person_page
from blackgem.lib.manual_pages import page_of
from blackgem.manual_search import find_pages

MANAGERS, INVESTORS, ADMINISTRATORS = "managers/", "investors/", "administrators/"
#: What an investor may read: pages that begin so.
OPEN_TO_INVESTORS = (INVESTORS, MANAGERS, "glossary/", "developers/api/")


class SearchForm(forms.Form):
    q = forms.CharField(max_length=100)


def contents() -> dict[str, dict[str, Any]]:
    """Address of a page → its file, its title, the pages below it. Empty where the manual was not built."""
    file = settings.MANUAL_ROOT / "contents.json"
    return _read(file, file.stat().st_mtime_ns) if file.exists() else {}


@lru_cache(maxsize=1)
def _read(file: Path, changed_at: int) -> dict[str, Any]:
    return json.loads(file.read_text())


def chapter_for(user) -> str:
    """Where this reader begins."""
    if _is_investor(user):
        return INVESTORS
    return ADMINISTRATORS if user.is_staff else MANAGERS


def _is_investor(user) -> bool:
    return getattr(user, "only_invests", False)


def link_to(page: str) -> str:
    """The address of a page of the manual, by its name."""
    name, _, anchor = page.partition("#")
    address = reverse("manual_page", args=[name.rstrip("/")]) if name else reverse("manual")
    return f"{address}#{anchor}" if anchor else address


def help_for(request: HttpRequest) -> str:
    """The address of what the manual says of the page that is open: else, where this reader begins."""
    match = request.resolver_match
    return link_to((match and page_of(match.view_name)) or chapter_for(request.user))


def _open_to_all(view: Callable) -> Callable:
    """For everybody who is signed in, also before a second factor is set up: how that is done stands here too."""
    guarded = person_page(require_safe(view))
    guarded.without_second_factor = True
    return guarded


@_open_to_all
def manual_page(request: HttpRequest, page: str = "") -> HttpResponse:
    """One page, with the other pages of its chapter."""
    address, known = f"{page}/" if page else "", contents()
    if "q" in request.GET:
        return _found_in_manual(request, known)
    if not address and _is_investor(request.user):
        return redirect("manual_page", INVESTORS.rstrip("/"))
    if address not in known or not _may_read(request.user, address):
        raise Http404
    chapter = address if known[address]["pages"] else _chapter_of(address, known)

    def entry(one: str) -> dict[str, Any]:
        return {
            "title": known[one]["title"],
            "link": link_to(one),
            "is_open": one == address,
            "is_start": not one,
        }

    built = json.loads((settings.MANUAL_ROOT / known[address]["file"]).read_text())
    entries = [entry(one) for one in known[chapter]["pages"]]
    return render(
        request,
        "manual/page.html",
        {"page": built, "title": known[address]["title"], "chapter": entry(chapter), "pages": entries},
    )


def _may_read(user, address: str) -> bool:
    return not _is_investor(user) or address.startswith(OPEN_TO_INVESTORS)


def _found_in_manual(request: HttpRequest, known: dict[str, dict[str, Any]]) -> HttpResponse:
    """The pages that this reader may read and that have what is looked for."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    pages = (
        (address, one["title"], settings.MANUAL_ROOT / one["file"])
        for address, one in known.items()
        if _may_read(request.user, address)
    )
    found = find_pages(words, pages, chapter=chapter_for(request.user)) if words else []
    found = [(link_to(one.page), one) for one in found]
    return render(request, "manual/search.html", {"words": words, "found": found})


def _chapter_of(address: str, known: dict[str, dict[str, Any]]) -> str:
    return next((name for name, one in known.items() if address in one["pages"]), "")


@_open_to_all
def manual_picture(request: HttpRequest, name: str) -> HttpResponse:
    """A picture of the manual; `name` has no folder."""
    file = settings.MANUAL_ROOT / "_images" / name
    if not file.is_file():
        raise Http404
    response = HttpResponse(file.read_bytes(), content_type=guess_type(name)[0])
    patch_cache_control(response, private=True, max_age=3600)
    return response
