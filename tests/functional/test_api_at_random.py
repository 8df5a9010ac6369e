"""Schemathesis against the running site: no failure of ours, no answer that the document lacks, no way past a token.

All checks, on examples, on made-up requests and along the document's links, a few of each. To look further, run it
with SCHEMATHESIS_EXAMPLES=100 and SCHEMATHESIS_PHASES=examples,coverage,fuzzing,stateful.
"""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from blackgem.lib.invariants import violations
from blackgem.models import User
from tests.support.api import token_of

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "1")
PHASES = os.environ.get("SCHEMATHESIS_PHASES", "examples,fuzzing,stateful")
SECONDS = 300 if EXAMPLES == "1" else None


@pytest.mark.django_db(transaction=True)
def test_whatever_is_asked_is_answered_as_the_document_says(live_stack, tmp_path):
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
    command += ["--checks=all", f"--phases={PHASES}", f"--max-examples={EXAMPLES}", "--continue-on-failure"]
    command += ["--suppress-health-check=all", "--generation-deterministic", "--no-shrink"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Selected: 86/86" in done.stdout
    assert violations() == []
