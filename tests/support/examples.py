"""How many made-up examples a law is tried on: `LIVES` times as many as a short run has time for."""

import os

from hypothesis import settings

LIVES = int(os.environ.get("LIVES", "1"))


def examples(count: int) -> settings:
    return settings(max_examples=count * LIVES)
