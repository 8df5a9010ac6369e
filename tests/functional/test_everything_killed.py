"""Clients at work while web, worker, broker, database and mail relay are killed at random: a minute of the drill."""

import os
import subprocess
import sys

import pytest

from devtools.embedded import runtime


@pytest.mark.deep
def test_nothing_is_lost_or_doubled_while_everything_is_killed(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    command = [sys.executable, "manage.py", "chaos_drill", "--minutes=1", "--clients=8", f"--keep={tmp_path}"]
    done = subprocess.run(command, cwd=runtime.CHECKOUT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing lost, nothing doubled" in done.stdout
