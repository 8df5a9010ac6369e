"""Names of files in an archive: readable in any script, safe on every system, and no two of them alike."""

import re
import unicodedata

#: Of one part of a path, in bytes of UTF-8: what every file system takes, with room for a number.
LONGEST = 120
_UNSAFE = re.compile(r'[<>:"/\\|?*\s]+')
#: Control and format characters (those that turn the direction of writing), lone surrogates, private and unassigned.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
}


def safe_name(text: str) -> str:
    """One part of a path: no separator, no hidden character, no name of a device, nothing at its ends that a system
    drops or a program takes for an option; "Unnamed" where nothing is left."""
    plain = _UNSAFE.sub(" ", unicodedata.normalize("NFC", text))
    plain = "".join(one for one in plain if unicodedata.category(one) not in _HIDDEN)
    short = plain.strip(" .-~").encode()[:LONGEST].decode(errors="ignore").rstrip(" .")
    if short.partition(".")[0].casefold() in _DEVICES:
        return f"_{short}"
    return short or "Unnamed"


class Paths:
    """The paths of an archive. Two that differ by case or by a spelling of the same character are one to many systems:
    the second has a number."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, folder: str, name: str, ending: str) -> str:
        base = f"{safe_name(folder)}/{safe_name(name)}"
        path, number = f"{base}{ending}", 1
        while (key := unicodedata.normalize("NFKC", path).casefold()) in self._taken:
            number += 1
            path = f"{base} ({number}){ending}"
        self._taken.add(key)
        return path
