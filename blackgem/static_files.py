"""One style sheet and one script for every page, joined from the many that they are written in.

Joined wherever static files are looked for: by `collectstatic`, and by WhiteNoise where nothing was collected.
"""

import os
from collections.abc import Iterator
from pathlib import Path

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
        "portal",
    ),
    *("forms", "charts", "waterfall", "palette", "print"),
)
#: A file → the files that it is made of, in their order.
JOINED = {
    "joined/site.css": [f"css/{name}.css" for name in SHEETS],
    "joined/site.js": ["django_htmx/htmx-2.min.js", "js/app.js", "js/palette.js", "js/shortcuts.js"],
    "joined/passkeys.js": [
        *("mfa/js/webauthn-json.js", "mfa/js/webauthn.js", "account/js/onload.js"),
        "js/passkeys.js",
    ],
}


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
    parts = [Path(finders.find(part)).read_text() for part in JOINED[name]]
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
