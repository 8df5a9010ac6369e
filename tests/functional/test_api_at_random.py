"""Schemathesis against the running site: no failure of ours, no answer that the document lacks, no way past a token.

All checks, on examples and on made-up requests; the deep run also at the edges and along the document's links.
"""

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from blackgem.models import User
from tests.support.api import token_of
from tests.support.invariants import violations

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("phases", "examples"),
    [
        ("examples,fuzzing", 1),
        pytest.param("examples,coverage,fuzzing,stateful", 20, marks=pytest.mark.deep),
    ],
)
def test_whatever_is_asked_is_answered_as_the_document_says(live_stack, tmp_path, phases, examples):
    call_command("load_demo", "--only=search", "--no-documents", stdout=StringIO())
    token = token_of(User.objects.get(email="manager@demo.example"))
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        f"--config-file={CONFIGURATION}",
        "--no-color",
        "run",
    ]
    command += [f"{live_stack.url}/api/openapi.json", f"--header=Authorization: Bearer {token}"]
    command += ["--checks=all", f"--phases={phases}", f"--max-examples={examples}", "--continue-on-failure"]
    command += ["--suppress-health-check=all", "--generation-deterministic", "--no-shrink"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Selected: (\d+)/\1\b", done.stdout), done.stdout
    assert violations() == []
