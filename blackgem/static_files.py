"""One style sheet and one script for every page, joined from the many that they are written in.

Joined wherever static files are looked for: by `collectstatic`, and by WhiteNoise where nothing was collected.
"""

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage

SHEETS = (
    *(
        "fonts",
        "tokens",
        "base",
        "shell",
        "alone",
        "layout",
        "components",
        "stories",
        "account",
        "actions",
        "tables",
        "lists",
        "lists-phone",
        "portal",
    ),
    *("forms", "charts", "waterfall", "palette", "print"),
)
#: The sheets of Django's admin with ours among them, and its scripts: for every page, and for a form in which
#: one searches, or chooses many; their own come between jQuery and what hides it from others.
ADMIN_SHEETS = (
    *(f"admin/css/{name}.css" for name in ("base", "dark_mode", "nav_sidebar")),
    *("css/fonts.css", "css/admin.css"),
    *(f"admin/css/{name}.css" for name in ("dashboard", "changelists", "widgets", "forms")),
    *(f"admin/css/{name}.css" for name in ("unusable_password_field", "responsive")),
)
_JQUERY = ("js/admin_words.js", "admin/js/vendor/jquery/jquery.min.js")
_SELECT2 = "admin/js/vendor/select2"
_ADMIN_SCRIPTS = tuple(
    f"admin/js/{name}.js"
    for name in (
        *("jquery.init", "core", "admin/RelatedObjectLookups", "actions", "filters", "inlines"),
        *("nav_sidebar", "cancel", "unusable_password_field"),
    )
)
#: A file → the files that it is made of, in their order.
JOINED = {
    "joined/admin.css": ADMIN_SHEETS,
    "joined/admin.js": (*_JQUERY, *_ADMIN_SCRIPTS),
    "joined/admin_choosing.css": ("admin/css/vendor/select2/select2.min.css", "admin/css/autocomplete.css"),
    "joined/admin_choosing.js": (
        *_JQUERY,
        *(f"{_SELECT2}/select2.full.min.js", f"{_SELECT2}/i18n/en.js"),
        *_ADMIN_SCRIPTS,
        *(f"admin/js/{name}.js" for name in ("autocomplete", "SelectBox", "SelectFilter2")),
    ),
    "joined/site.css": [f"css/{name}.css" for name in SHEETS],
    "joined/site.js": [
        "django_htmx/htmx-2.min.js",
        "js/app.js",
        "js/palette.js",
        "js/desk.js",
        "js/shortcuts.js",
    ],
    "joined/passkeys.js": [
        *("mfa/js/webauthn-json.js", "mfa/js/webauthn.js", "account/js/onload.js"),
        "js/passkeys.js",
    ],
}

_IMPORT = re.compile(r"@import url\('[\w.]+'\);\n")
_PICTURE = re.compile(r"url\((\.\./img/[\w-]+\.svg)\)")


class JoinedFiles(finders.BaseFinder):
    """Finds the joined files, and writes them."""

    def __init__(self):
        self.storage = FileSystemStorage(location=_folder())

    def check(self, **kwargs):
        return []

    def list(self, ignore_patterns) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in JOINED:
            _join(name)
            yield name, self.storage

    def find(self, path, find_all=False, **kwargs):
        if path not in JOINED:
            return []
        return [_join(path)] if find_all or kwargs.get("all") else _join(path)


def _folder() -> Path:
    return settings.BASE_DIR / "var" / "static"


def _join(name: str) -> str:
    """Write the file anew where it is not what its parts are now; whoever reads it meanwhile reads the one before."""
    parts = [_text_of(part) for part in JOINED[name]]
    between = (
        ";\n" if name.endswith(".js") else "\n"
    )  # a script may end without the semicolon that the next one needs
    joined, file = between.join(parts), _folder() / name
    if not file.exists() or file.read_text() != joined:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.write_text(joined)
        draft.replace(file)
    return str(file)


def _text_of(part: str) -> str:
    """A part as it stands in the joined file: a sheet with its small pictures in it, each of which would be a request.
    What it imports is a part of its own."""
    text = Path(finders.find(part)).read_text()
    if not part.endswith(".css"):
        return text
    return _IMPORT.sub("", _PICTURE.sub(lambda found: f"url({_as_data(part, found[1])})", text))


def _as_data(part: str, name: str) -> str:
    picture = Path(finders.find(posixpath.normpath(posixpath.join(posixpath.dirname(part), name))))
    # As text, which packs better than base64 does: much of one picture stands in the next.
    return f'"data:image/svg+xml,{quote(" ".join(picture.read_text().split()), safe=" <>=/:;,")}"'
