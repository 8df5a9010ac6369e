"""What the project is made of, and what is known against it."""

import json

import pytest

from devtools.advisories import ROOT, affecting, kept, locked

#: Advisories that concern a locked version and are lived with, each with its reason.
LIVED_WITH: dict[str, str] = {}


def test_nothing_is_known_against_what_is_locked():
    found = {one.id: (one.package, one.summary) for one in affecting(locked(), kept())}
    assert found.keys() == LIVED_WITH.keys(), found


@pytest.mark.parametrize(
    ("package", "version", "is_known"),
    [
        ("django", "4.2.14", True),
        ("django", "4.2.15", False),
        ("django", "5.0.7", True),
        ("pillow", "9.0.0", True),
    ],
)
def test_what_is_known_is_found(package, version, is_known):
    found = {alias for one in affecting({package: version}, kept()) for alias in one.aliases}
    assert bool(found & {"CVE-2024-42005", "CVE-2022-45198"}) == is_known


def test_the_bill_of_materials_is_that_of_the_lock():
    bill = json.loads((ROOT / "docs/sbom.json").read_text())
    assert bill["specVersion"] == "1.6"
    named = {one["name"]: one["version"] for one in bill["components"]}
    production = (ROOT / "requirements.lock").read_text()
    assert named == {
        name: version for name, version in locked().items() if f"\n{name}=={version} " in f"\n{production}"
    }
