"""Known vulnerabilities of what the locks name: kept in `docs/advisories.json`, so that checking needs no network.

`python -m devtools.advisories [SOURCE]` renews the file from the Python Packaging Authority's advisory database (format
OSV 1.x): its archive on the net, or a folder of its YAML files. What the file says of the locked versions is a test.
"""

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.request import urlopen

import yaml
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "docs/advisories.json"
LOCKS = ("requirements.lock", "requirements-demo.lock", "requirements-dev.lock")
SOURCE = "https://github.com/pypa/advisory-database/archive/refs/heads/main.zip"
_PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Advisory:
    """One vulnerability of one package. `ranges` are pairs of the first version that has it and the first that has it
    no more (empty: none yet); `versions` are single ones."""

    id: str
    package: str
    aliases: list[str]
    summary: str
    ranges: list[list[str]]
    versions: list[str]

    def affects(self, version: str) -> bool:
        return version in self.versions or any(_lies_in(version, *one) for one in self.ranges)


def locked() -> dict[str, str]:
    """Package → version, of everything that any lock names."""
    return {
        name: version
        for lock in LOCKS
        for name, version in _PINNED.findall((ROOT / lock).read_text(encoding="utf-8"))
    }


def kept() -> list[Advisory]:
    return [Advisory(**one) for one in json.loads(KEPT.read_text())["advisories"]]


def affecting(packages: dict[str, str], advisories: list[Advisory]) -> list[Advisory]:
    """Those that one of these packages has in this version."""
    return [one for one in advisories if one.package in packages and one.affects(packages[one.package])]


def renew(source: str) -> int:
    """Write the file anew with all that `source` knows of the locked packages; how many those are."""
    names, found, newest = set(locked()), [], ""
    for text in _documents(source):
        document = yaml.safe_load(text)
        newest = max(newest, str(document["modified"]))
        if not document.get("withdrawn"):
            found += [one for one in _advisories(document) if one.package in names]
    found.sort(key=lambda one: (one.package, one.id))
    content = {"source": SOURCE, "newest": newest, "advisories": [asdict(one) for one in found]}
    KEPT.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return len(found)


def _documents(source: str) -> Iterator[str]:
    if Path(source).is_dir():
        yield from (file.read_text(encoding="utf-8") for file in sorted(Path(source).rglob("*.yaml")))
        return
    with urlopen(source) as answer:  # noqa: S310 - the address is ours, or whoever runs the command named it
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    for name in sorted(archive.namelist()):
        if name.endswith(".yaml") and "/vulns/" in name:
            yield archive.read(name).decode()


def _advisories(document: dict) -> Iterator[Advisory]:
    for one in document["affected"]:
        yield Advisory(
            id=document["id"],
            package=re.sub(r"[-_.]+", "-", one["package"]["name"]).lower(),
            aliases=document.get("aliases", []),
            summary=" ".join(document.get("details", "").split())[:200],
            ranges=[
                pair
                for each in one.get("ranges", [])
                if each["type"] == "ECOSYSTEM"
                for pair in _pairs(each["events"])
            ],
            versions=[] if one.get("ranges") else list(map(str, one.get("versions", []))),
        )


def _pairs(events: list[dict]) -> Iterator[list[str]]:
    introduced = None
    for event in events:
        if "introduced" in event:
            introduced = str(event["introduced"])
        elif introduced is not None and "fixed" in event:
            yield [introduced, str(event["fixed"])]
            introduced = None
    if introduced is not None:
        yield [introduced, ""]


def _lies_in(version: str, introduced: str, fixed: str) -> bool:
    try:
        is_before = bool(fixed) and Version(version) >= Version(fixed)
        return Version(version) >= Version(introduced) and not is_before
    except InvalidVersion:
        return False


if __name__ == "__main__":
    print(f"{renew(sys.argv[1] if len(sys.argv) > 1 else SOURCE)} advisories are kept in {KEPT.name}.")
